import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import {
  startModelServer,
  type ModelScript,
  type ModelServer,
  type ModelServerOptions,
} from '../../test/fakes/modelServer.ts';
import type { CliEnvironment } from '#cli/environment.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-ask-model-')));
const cwd = join(base, 'project');
const servers: ModelServer[] = [];

beforeAll(() => {
  for (const folder of ['project', 'no-model']) mkdirSync(join(base, folder));
  writeFileSync(join(cwd, 'a.ts'), 'const upload = 1;\n');
  writeFileSync(join(cwd, 'b.ts'), 'upload();\n');
});
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function serve(script: ModelScript, options?: ModelServerOptions): Promise<ModelServer> {
  const server = await startModelServer(script, options);
  servers.push(server);
  return server;
}

const ask = (argv: readonly string[], given: Partial<CliEnvironment> = {}): Promise<CliRun> =>
  runInMemory(['ask', 'where is upload', ...argv], { cwd, ...given });

const modelAt = ({ url }: ModelServer): string => `${url}#tiny`;
const REPLY =
  'It is set in `a.ts` [1]. It is called in b.ts [2]! Perhaps elsewhere.\n\n- one [1]\n- two [7]\n\n```ts\nupload();\n```\n[2]\n\nDone [1].';

describe('prose', () => {
  it('stands below the answer, with its numbers', async () => {
    const server = await serve([{ text: REPLY }]);
    const [plain, run] = [await ask([]), await ask(['--model', modelAt(server)])];
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.slice(0, plain.stdout.length)).toBe(plain.stdout);
    expect(run.stdout.slice(plain.stdout.length)).toBe(`
tiny wrote:

It is set in \`a.ts\` [1]. It is called in b.ts [2]! Perhaps elsewhere [?].

- one [1]
- two [?]

    upload();
    [2]

Done [1].

[?] rests on no cited place.
Note: A number that is of no cited place was taken out.
`);
  });

  it('says which code is copied from a place, and which is not', async () => {
    const server = await serve([{ text: '```\nupload();\n```\n\n```\nmadeUp();\n```' }]);
    const { stdout } = await ask(['--model', modelAt(server)]);
    expect(stdout.slice(stdout.indexOf('tiny wrote'))).toBe(`tiny wrote:

    upload();
    [2]

    madeUp();
    [?]

[?] rests on no cited place.
`);
  });

  it('is in the JSON object', async () => {
    const server = await serve([{ text: 'It is in a.ts [1].' }]);
    const { prose, answer } = JSON.parse((await ask(['--json', '--model', modelAt(server)])).stdout);
    expect(answer).toBe('It is in a.ts [1].');
    const sentences = [{ text: 'It is in a.ts.', citations: [1] }];
    expect(prose).toEqual({ model: 'tiny', sentences, state: 'done', notes: [] });
  });

  it('is written to a terminal sentence by sentence, below the answer', async () => {
    const stdout = memorySink({ isTTY: true, columns: 40 });
    const stderr = memorySink({ isTTY: true, columns: 40 });
    const seen: string[] = [];
    const before = async (piece: number): Promise<void> => {
      // The second sentence is sent when the first one is on the terminal, and the first when the answer is.
      const [count, awaited] = piece < 0 ? [0, 'Searched 2 turns'] : [piece, piece === 2 ? 'It is set in' : ''];
      await expect.poll(() => stdout.written.join('')).toContain(awaited);
      seen[count] = stdout.written.join('');
    };
    const text = [
      'It is set in a.ts [1]. ',
      'Then ',
      'it is called in b.ts, a file that is long enough [2]. ',
      'Done [1].',
    ];
    const server = await serve([{ text, before }]);
    const run = await ask(['--model', modelAt(server)], { stdout, stderr });
    expect(seen[2]).not.toContain('called');
    expect(run.stderr).toContain(`asking ${server.url}#tiny`);
    expect(run.stdout.slice(run.stdout.indexOf('\ntiny wrote'))).toBe(`
tiny wrote:

It is set in a.ts [1]. Then it is
called in b.ts, a file that is long
enough [2]. Done [1].
`);
  });

  it('says so when what was shown was only thinking', async () => {
    const stdout = memorySink({ isTTY: true, columns: 80 });
    const server = await serve([{ text: 'Is it here? Perhaps there. No.\n</think>\nIt is in a.ts [1].' }]);
    const run = await ask(['--model', modelAt(server)], { stdout });
    expect(run.stdout).toContain(
      '\n\nThe model had only thought so far. It writes:\n\ntiny wrote:\n\nIt is in a.ts [1].\n',
    );
  });

  it('is not asked for when nothing was found', async () => {
    const server = await serve([{ text: REPLY }]);
    const run = await runInMemory(['ask', 'where is zebra', '--model', modelAt(server)], { cwd });
    expect(run).toMatchObject({ code: 3, stderr: '' });
    expect(run.stdout).toMatch(/\nNote: The model was not asked: no places were found that it could write about\.\n$/);
    expect(server.requests).toHaveLength(0);
  });
});

describe('a key', () => {
  const env = { SPOOR_MODEL_KEY: 'sesame-7' };

  it('goes to the server', async () => {
    const server = await serve([{ text: 'It is [1].' }], { key: 'sesame-7' });
    expect(await ask(['--model', modelAt(server)], { env })).toMatchObject({ code: 0, stderr: '' });
  });

  it('is not told when it is wrong', async () => {
    const server = await serve([{ text: 'It is [1].' }], { key: 'another' });
    const run = await ask(['--model', modelAt(server)], { env });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^spoor: .*key/i) });
    expect(run.stdout + run.stderr).not.toContain('sesame');
  });
});

describe('a model that fails', () => {
  it.each([
    ['is told on standard error', { status: 500, body: 'boom' }, '', /^spoor: .*500.*\n$/],
    [
      'keeps what it wrote',
      { text: 'It is [1]. And', ends: 'cut' },
      '\ntiny wrote:\n\nIt is [1]. And [?]',
      /^spoor: .*\n$/,
    ],
  ] as const)('%s, and the answer stands', async (_, reply, written, told) => {
    const server = await serve([reply]);
    const [plain, run] = [await ask([]), await ask(['--model', modelAt(server)])];
    expect(run.code).toBe(0);
    expect(run.stdout.startsWith(plain.stdout + written)).toBe(true);
    expect(run.stdout.length > plain.stdout.length).toBe(written !== '');
    expect(run.stderr).toMatch(told);
  });

  it('is in the JSON object too', async () => {
    const server = await serve([{ status: 500, body: 'boom' }]);
    const run = await ask(['--json', '--model', modelAt(server)]);
    expect(JSON.parse(run.stdout)).toMatchObject({ found: true, prose: { state: 'failed', sentences: [] } });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^spoor: .*500.*\n$/) });
  });

  it('because its folder holds none is told below the answer', async () => {
    const run = await ask(['--model', '../no-model']);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('It is in a.ts [1].') });
    expect(run.stderr).toMatch(/^spoor: .*no-model.*\n$/);
  });
});

describe('a name of no model', () => {
  const example = 'http://localhost:11434/v1#qwen2.5-coder:7b';
  const folder = `Name the folder of an ONNX language model, or a server and its model: ${example}`;
  it.each([
    ['nowhere', `There is no folder "nowhere". ${folder}`],
    ['a.ts', `"a.ts" is a file, not the folder of a model. ${folder}`],
    ['ftp://x#y', `There is no folder "ftp://x#y". ${folder}`],
    ['http://localhost:1/v1', `Name the model behind the address, after a "#": ${example}`],
    ['http://localhost:1/v1#', `Name the model behind the address, after a "#": ${example}`],
    ['http://#x', `That is no address of a server. Write it like ${example}`],
    [
      'http://me:secret@localhost:1/v1#x',
      'Leave the name and the password out of the address, and give the key by SPOOR_MODEL_KEY.',
    ],
  ])('is refused before anything is searched: %s', async (name, message) => {
    expect(await ask(['--model', name])).toEqual({ code: 2, stdout: '', stderr: `spoor: ${message}\n` });
  });
});

it('asks no model when none is named', async () => {
  const server = await serve([{ text: REPLY }]);
  await ask([], { env: { SPOOR_MODEL_KEY: 'x', SPOOR_MODEL: modelAt(server) } });
  expect(server.requests).toHaveLength(0);
});
