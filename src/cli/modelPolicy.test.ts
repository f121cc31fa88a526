/** `--policy llm:…` on the command line, with the real searcher and a scripted server. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { makeRepository } from '../../test/fakes/gitRepository.ts';
import { startModelServer, type ModelScript, type ModelServer } from '../../test/fakes/modelServer.ts';
import { createSearcher } from '#node/searcher.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-model-policy-')));
const out = join(base, 'results.jsonl');
const servers: ModelServer[] = [];
let commit: string;

beforeAll(() => {
  mkdirSync(join(base, 'repos/one'), { recursive: true });
  const commits = makeRepository(join(base, 'repos/one/web'), [
    { 'retry.js': 'export function withBackoff(task) {\n  return task();\n}\n', 'upload.js': 'upload();\n' },
  ]);
  commit = commits[0]!;
});
afterEach(async () => {
  rmSync(out, { force: true });
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function serve(script: ModelScript): Promise<ModelServer> {
  const server = await startModelServer(script, { key: 'the-key' });
  servers.push(server);
  return server;
}

/** Searches for what the question does not say, and answers with what it found. */
const SENSIBLE: ModelScript = ({ body }) => {
  const number = /\[(\d+)\] retry\.js/.exec(JSON.stringify(body.messages))?.[1];
  return number === undefined
    ? { calls: [{ name: 'search', arguments: { query: 'withBackoff' } }] }
    : { calls: [{ name: 'answer', arguments: { documents: [Number(number)] } }] };
};

const run = (argv: readonly string[], env: Record<string, string> = { SPOOR_MODEL_KEY: 'the-key' }): Promise<CliRun> =>
  runInMemory(argv, {
    cwd: base,
    env,
    createSearcher: (options) => createSearcher({ storage: join(base, 'storage'), ...options }),
  });
const ask = (policy: string, env?: Record<string, string>): Promise<CliRun> =>
  run(['ask', 'who uploads again?', '--json', '--workspace', 'repos/one/web', '--policy', policy], env);

async function batch(policy: string): Promise<{ run: CliRun; rows: Record<string, unknown>[] }> {
  const questions = join(base, 'questions.jsonl');
  const row = { id: 'a', repo: 'one/web', commit, question: 'who uploads again?' };
  writeFileSync(questions, JSON.stringify(row));
  const ran = await run(['batch', questions, '--repos', 'repos', '--out', out, '--policy', policy]);
  const lines = readFileSync(out, 'utf8').split('\n').filter(Boolean);
  return { run: ran, rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('spoor ask --policy llm:', () => {
  it('has the model search, with the key of the environment, which stands nowhere', async () => {
    const server = await serve(SENSIBLE);
    const { code, stdout, stderr } = await ask(`llm:${server.url}#tiny`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(stdout) as { citations: { path: string }[]; notes: string[] };
    expect(answer.citations[0]!.path).toBe('retry.js');
    expect(answer.notes.join()).not.toContain('without the model');
    expect(stdout).not.toContain('the-key');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer the-key'));
  });

  it('answers without the model where it fails, and says so', async () => {
    const server = await serve(SENSIBLE);
    const { stdout } = await ask(`llm:${server.url}#tiny`, {});
    const answer = JSON.parse(stdout) as { notes: string[] };
    expect(answer.notes).toEqual([
      expect.stringMatching(
        /asks for a key, and none is set \(401\)\. Set the key\. .*The search went on without the model\./,
      ),
    ]);
  });

  it.each([
    ['llm:nowhere', /There is no folder/],
    ['hybrid:http://127.0.0.1:1/v1', /Name the model behind the address/],
  ])('refuses %s with a sentence', async (policy, sentence) => {
    const { code, stderr, stdout } = await ask(policy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

describe('spoor batch --policy llm:', () => {
  it.each(['llm', 'hybrid'])('measures it under its name: %s', async (kind) => {
    const server = await serve(SENSIBLE);
    const policy = `${kind}:${server.url}#tiny`;
    const measured = await batch(policy);
    expect(measured.run.code).toBe(0);
    expect(measured.rows).toMatchObject([{ id: 'a', policy, stopReason: 'answered', found: true }]);
    expect(measured.rows[0]!['files']).toEqual(['retry.js', 'upload.js']);
    expect(measured.run.stderr).toMatch(/citations verified: (\d+) of \1\n/);
  });

  it('does not count as the model’s what was found without it', async () => {
    const server = await serve(() => ({ status: 500, body: 'down' }));
    const { run: ran, rows } = await batch(`llm:${server.url}#tiny`);
    expect(ran.code).toBe(1);
    expect(rows).toEqual([{ id: 'a', error: expect.stringContaining('failed (500)') }]);
  });
});
