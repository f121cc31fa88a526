import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliEnvironment } from '#cli/environment.ts';
import { makeRepository, runGit } from '../../test/fakes/gitRepository.ts';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { scriptedSearchers } from '../../test/fakes/scriptedSearcher.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-batch-')));
const temp = join(base, 'tmp');
const questions = join(base, 'questions.jsonl');
const out = join(base, 'results.jsonl');
const { TMPDIR } = process.env;
let web: string[];
let api: string[];

beforeAll(() => {
  mkdirSync(temp);
  process.env['TMPDIR'] = temp;
  web = makeRepository(join(base, 'clones/web'), [
    { 'a.js': 'upload\n' },
    { 'b.js': 'upload();\n// x\n' },
    { 'a.js': null },
  ]);
  api = makeRepository(join(base, 'clones/api'), [{ 'main.go': 'package upload\n\nfunc main() {}\n' }]);
  mkdirSync(join(base, 'repos/one'), { recursive: true });
  symlinkSync(join(base, 'clones/web'), join(base, 'repos/one/web'));
  runGit(base, ['clone', '--quiet', '--bare', 'clones/api', 'repos/one/api']);
});
beforeEach(() => rmSync(out, { force: true }));
afterAll(() => {
  process.env['TMPDIR'] = TMPDIR;
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  rmSync(base, { recursive: true, force: true });
});

const row = (id: string, repo: string, commit: string, question = 'where is upload') => ({
  id,
  repo,
  commit,
  question,
});
const standardRows = () => [
  row('w3', 'one/web', web[2]!),
  row('api', 'one/api', api[0]!),
  row('w1', 'one/web', web[0]!),
  row('w2', 'one/web', web[1]!),
];

async function batch(
  rows: readonly unknown[],
  argv: readonly string[] = [],
  given: Partial<CliEnvironment> = {},
): Promise<CliRun> {
  writeFileSync(questions, rows.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'));
  const run = await runInMemory(['batch', questions, '--repos', join(base, 'repos'), '--out', out, ...argv], {
    cwd: base,
    ...given,
  });
  expect(readdirSync(temp)).toEqual([]);
  return run;
}

const results = (): Record<string, unknown>[] =>
  readFileSync(out, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('a batch', () => {
  it('answers each row at its commit, by repository, oldest commit first', async () => {
    const run = await batch(standardRows());
    expect(results().map(({ id, files }) => [id, files])).toEqual([
      ['w1', ['a.js']],
      ['w2', ['a.js', 'b.js']],
      ['w3', ['b.js']],
      ['api', ['main.go']],
    ]);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toMatch(
      /^4 answered; a question took .*, at the 95th percentile .*\ncitations verified: 5 of 5\n$/,
    );
  });

  it('writes what the measuring needs', async () => {
    await batch([row('api', 'one/api', api[0]!)]);
    expect(results()).toEqual([
      {
        id: 'api',
        files: ['main.go'],
        citations: [{ path: 'main.go', start: 1, end: 3 }],
        answer: 'It is in main.go.',
        ms: expect.any(Number),
        searches: 1,
        turns: 2,
        confidence: 0.75,
        found: true,
        stopReason: 'answered',
        policy: 'learned',
      },
    ]);
  });

  it('asks a searcher for each commit, ready and warmed up, with the options', async () => {
    const log: string[] = [];
    const opened: object[] = [];
    const make = scriptedSearchers(log);
    const createSearcher: CliEnvironment['createSearcher'] = (options) => (opened.push(options), make(options));
    const rows = [
      row('x', 'one/web', web[0]!, 'first upload'),
      row('y', 'one/web', web[0]!, 'second upload'),
      row('z', 'one/web', web[1]!),
    ];
    await batch(rows, ['--no-history', '--turns', '2', '--storage', 'kept'], { createSearcher });
    const start = [
      'open 1',
      'ready',
      'ask Where does the program start?',
      'ask first upload',
      'ask second upload',
      'close',
    ];
    expect(log).toEqual([...start, 'open 1', 'ready', 'ask where is upload', 'close']);
    expect(opened[0]).toMatchObject({ docs: true, history: false, storage: join(base, 'kept') });
    expect(results()[0]).toMatchObject({ policy: 'learned', options: '--turns 2 --no-history' });
  });

  it('gives a bad row an error line and goes on', async () => {
    const rows = [
      '{"id": "half',
      row('no-repo', 'one/nothing', web[0]!),
      row('no-commit', 'one/web', 'f'.repeat(40)),
      row('escape', '../clones', web[0]!),
      row('w1', 'one/web', web[0]!),
      row('w1', 'one/web', web[1]!),
      { ...row('boom', 'one/web', web[1]!), question: 'boom' },
    ];
    const plain = scriptedSearchers();
    const createSearcher: CliEnvironment['createSearcher'] = async (options) => {
      const searcher = await plain(options);
      return {
        ...searcher,
        ask: (question) => (question === 'boom' ? Promise.reject(new Error('Boom.')) : searcher.ask(question)),
      };
    };
    const run = await batch(rows, [], { createSearcher });
    const byId = Object.fromEntries(results().map((result) => [result['id'], result['error'] ?? result['files']]));
    expect(byId).toEqual({
      'line 1': 'The line is not JSON.',
      escape: 'The row\'s "repo" is not of the form owner/name.',
      'no-repo': `There is no git repository at ${join(base, 'repos/one/nothing')}.`,
      'no-commit': expect.stringContaining('git could not lay out the commit: '),
      boom: 'Boom.',
      w1: ['a.js'],
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      `1 answered, 5 failed (their lines in ${out} say why), 1 left out because their id came before`,
    );
  });

  it('goes on after a stop in the middle of a line', async () => {
    await batch(standardRows());
    const whole = readFileSync(out, 'utf8');
    const lines = whole.split('\n');
    writeFileSync(out, `${lines[0]}\n${lines[1]!.slice(0, 40)}`);
    const log: string[] = [];
    const run = await batch(standardRows(), [], { createSearcher: scriptedSearchers(log) });
    expect(run.stderr).toContain('3 answered, 1 answered before');
    expect(log.filter((entry) => entry === 'ask where is upload')).toHaveLength(3);
    const withoutTimes = (text: string): string => text.replaceAll(/"ms":[\d.]+/g, '');
    expect(withoutTimes(readFileSync(out, 'utf8'))).toBe(withoutTimes(whole));
    expect(await batch(standardRows())).toMatchObject({
      code: 0,
      stderr: '0 answered, 4 answered before\ncitations verified: 0 of 0\n',
    });
  });

  it('gives the same results with several jobs', async () => {
    await batch(standardRows());
    const found = () =>
      results()
        .map(({ id, files }) => JSON.stringify([id, files]))
        .sort();
    const alone = found();
    rmSync(out);
    await batch(standardRows(), ['--jobs', '4']);
    expect(found()).toEqual(alone);
  });

  it('takes the rows of a split', async () => {
    const rows = standardRows().map((each, i) => ({ ...each, split: i < 3 ? 'validation' : 'train' }));
    await batch(rows, ['--only', 'validation', '--limit', '2']);
    expect(results().map(({ id }) => id)).toEqual(['w3', 'api']);
    const run = await batch(rows, ['--only', 'nonsense']);
    expect(run).toMatchObject({ code: 1, stderr: `spoor: No row of ${questions} has the split "nonsense".\n` });
  });

  it('refuses to go on where it would destroy or mix something', async () => {
    writeFileSync(out, 'my notes\nmore\n');
    expect(await batch(standardRows())).toMatchObject({ code: 1 });
    expect(readFileSync(out, 'utf8')).toBe('my notes\nmore\n');
    rmSync(out);
    await batch([standardRows()[0]]);
    expect(await batch(standardRows(), ['--policy', 'uniform'])).toMatchObject({ code: 1 });
    expect(await batch(standardRows(), ['--repos', join(base, 'nowhere')])).toMatchObject({ code: 2 });
  });

  it('stops when it is stopped, and writes nothing for what was not asked', async () => {
    const stopping = new AbortController();
    const createSearcher = scriptedSearchers([], (answer) => {
      if (answer.question === 'where is upload') stopping.abort();
      return answer;
    });
    const run = await batch(standardRows(), [], { createSearcher, signal: stopping.signal });
    expect(run.code).toBe(130);
    expect(existsSync(out) ? readFileSync(out, 'utf8') : '').toBe('');
  });

  it('ends at once when its results cannot be written', async () => {
    if (process.platform !== 'linux') return;
    const argv = ['batch', questions, '--repos', join(base, 'repos'), '--out', '/dev/full', '--jobs', '2'];
    await batch(standardRows());
    const run = await runInMemory(argv, { cwd: base });
    expect(run.code).toBe(1);
    expect(run.stderr).toBe(
      'spoor: A result could not be written to /dev/full. The disk is full. Make room and run the same command again.\n',
    );
    expect(readdirSync(temp)).toEqual([]);
  });
});

describe('the check of citations', () => {
  const violations: readonly [name: string, change: object, problem: string][] = [
    [
      'lines that were not read',
      { start: 2, end: 4, lines: ['', 'func main() {}', ''] },
      'was cited without having been read',
    ],
    ['a file that is not there', { path: 'main.c' }, 'is no file of the work tree'],
    ['a file outside', { path: '../../../../../../../../../../etc/passwd' }, 'is no file of the work tree'],
    ['a folder', { path: '.git' }, 'is no file of the work tree'],
    ['other text', { lines: ['package download', '', 'func main() {}'] }, 'differs from the file in line 1'],
    ['lines left out', { lines: ['package upload'] }, 'does not come with all of its lines'],
    ['no lines', { start: 0, end: 2 }, 'is no run of lines'],
  ];
  it.each(violations)('finds %s', async (_, change, problem) => {
    const createSearcher = scriptedSearchers([], (answer) => {
      const [first] = answer.citations;
      if (!first) return answer;
      const changed = { ...first, ...change };
      const read = 'path' in change ? { path: changed.path, start: 1, end: 3 } : { path: first.path, start: 1, end: 3 };
      const call = { tool: 'read', what: [], said: '', read, ms: 1 } as const;
      return { ...answer, citations: [changed], trail: [{ turn: 1, calls: [call], ms: 1 }] };
    });
    const run = await batch([row('api', 'one/api', api[0]!)], [], { createSearcher });
    expect(run.stderr).toContain(`${problem}.\n`);
    expect(run.stderr).toContain('citations verified: 0 of 1\n');
    expect(run.code).toBe(1);
  });

  it('finds lines beyond the end of the file', async () => {
    const createSearcher = scriptedSearchers([], (answer) => {
      const lines = ['package upload', '', 'func main() {}', ''];
      const read = { path: 'main.go', start: 1, end: 4 };
      const call = { tool: 'read', what: [], said: '', read, ms: 1 } as const;
      return {
        ...answer,
        citations: answer.citations.map((each) => ({ ...each, end: 4, lines })),
        trail: [{ turn: 1, calls: [call], ms: 1 }],
      };
    });
    const run = await batch([row('api', 'one/api', api[0]!)], [], { createSearcher });
    expect(run.stderr).toContain("api: main.go:1-4 goes beyond the file's 3 lines.\n");
  });
});

describe('progress', () => {
  it('is one changing line on a terminal', async () => {
    const stderr = memorySink({ isTTY: true, columns: 100 });
    const run = await batch(standardRows(), [], { stderr });
    expect(run.stderr).toContain('░ 0 of 4 · 0 % · one/web');
    expect(run.stderr).toMatch(/█{10}░{10} 2 of 4 · 50 % · .* left · one\/web/);
    expect(run.stderr).toContain('\r\x1b[K4 answered');
  });
});
