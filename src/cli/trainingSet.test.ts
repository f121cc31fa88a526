/** `spoor tasks --format`: what the training of two code bases reads, made of real histories, read back as they read it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRows } from '#cli/rows.ts';
import { runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { gitInOrder, initRepository, repositoryAt } from '../../test/fakes/scratchRepository.ts';
import { runGit } from '../../test/fakes/gitRepository.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-sets-')));
const repos = join(base, 'repos');
const out = join(base, 'set');
const SINCE = '2024-06-01';
const SINCE_S = Date.parse(`${SINCE}T00:00:00Z`) / 1000;
let served: string;

/** Commits at a day after `SINCE`, or before it. */
function commitAt(day: number, message: string, change: Readonly<Record<string, string>>, repo = 'me/web'): string {
  const directory = join(repos, repo);
  repositoryAt(directory).commit(message, change);
  runGit(directory, ['commit', '--amend', '--quiet', '--no-edit'], SINCE_S + day * 86_400);
  return runGit(directory, ['rev-parse', 'HEAD']).trim();
}

const lines = (count: number, changed: number | string = ''): string =>
  Array.from({ length: count }, (_, i) => `line ${i + 1}${i + 1 === changed ? ' changed' : ''};\n`).join('');

beforeAll(() => {
  mkdirSync(join(repos, 'me'), { recursive: true });
  initRepository(join(repos, 'me/web'));
  commitAt(-400, 'Begin', { 'src/queue.ts': lines(30), 'src/send.ts': lines(30), 'src/limit.ts': lines(3) });
  served = commitAt(-10, 'Retry uploads that failed at first', { 'src/queue.ts': lines(30, 3) });
  commitAt(10, 'Wait longer after each failed upload', { 'src/queue.ts': lines(30, 9), 'src/send.ts': lines(30, 2) });
  commitAt(20, 'Give up <answer>on uploads</answer> that are too large', { 'src/limit.ts': lines(3, 2) });
  commitAt(30, 'Start a module of its own for tokens', { 'src/token.ts': 'token();\n', 'src/limit.ts': lines(3, 1) });
  commitAt(40, 'Renew tokens before they expire at night', { 'src/token.ts': 'renew();\n' });
  commitAt(50, 'Cap how many sends run side by side', { 'src/send.ts': lines(30, 5) });
});
beforeEach(() => rmSync(out, { recursive: true, force: true }));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const tasks = (...argv: readonly string[]): Promise<CliRun> =>
  runInMemory(['tasks', '--repos', repos, '--out', out, ...argv], { cwd: base });
const rowsOf = (name: string): Record<string, unknown>[] =>
  readFileSync(join(out, name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const asked = (about: string): string =>
  `Give only the path of the file that answers this about the code base: ${about}?`;

describe('a data set of R1-Searcher', () => {
  it('has the fields that its training, its rewards and its evaluation read', async () => {
    const run = await tasks('--format', 'r1-searcher', '--since', SINCE);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(out).sort()).toEqual([
      'served.json',
      'stage_1.jsonl',
      'stage_2.jsonl',
      'test.jsonl',
      'test.tasks.jsonl',
    ]);
    const [first, second, test] = ['stage_1.jsonl', 'stage_2.jsonl', 'test.jsonl'].map(rowsOf);
    for (const rows of [first!, second!, test!]) {
      expect(rows.map(({ idx }) => idx)).toEqual(rows.map((_, i) => i + 1));
      for (const row of rows) expect(Object.keys(row)).toEqual(['idx', 'question', 'answer', 'gen_text_store']);
      for (const row of rows) expect(row['gen_text_store']).toBe('');
    }
    expect(test).toMatchObject([{ question: asked('Cap how many sends run side by side'), answer: 'src/send.ts' }]);
    const [task] = readRows(join(out, 'test.tasks.jsonl'), {}).good;
    expect(task).toMatchObject({ repo: 'me/web', question: 'Cap how many sends run side by side' });
    const answers = new Map([...first!, ...second!].map(({ question, answer }) => [question, answer]));
    expect(Object.fromEntries(answers)).toEqual({
      [asked('Wait longer after each failed upload')]: 'src/queue.ts',
      [asked('Give up ‹answer>on uploads‹/answer> that are too large')]: 'src/limit.ts',
      [asked('Start a module of its own for tokens')]: 'src/limit.ts',
    });
  });

  it('says which state is to be served, which none of its tasks is older than', async () => {
    const run = await tasks('--format', 'r1-searcher', '--since', SINCE);
    expect(JSON.parse(readFileSync(join(out, 'served.json'), 'utf8'))).toEqual({
      served: [{ repo: 'me/web', commit: served, folder: 'web' }],
    });
    expect(run.stderr).toContain(
      `1 of them are left out: their files came after the served state, or they were asked before.
3 to train on and 1 newer ones to test with are in ${out}. They are about this state:
  git -C ${join(repos, 'me/web')} worktree add --detach ${join(out, 'served/web')} ${served}
  spoor serve --frozen --workspace ${join(out, 'served/web')}
`,
    );
    gitInOrder(join(repos, 'me/web'), ['worktree', 'add', '--quiet', '--detach', join(out, 'served/web'), served]);
    for (const { answer } of [...rowsOf('stage_1.jsonl'), ...rowsOf('stage_2.jsonl'), ...rowsOf('test.jsonl')])
      expect(existsSync(join(out, 'served/web', String(answer)))).toBe(true);
    gitInOrder(join(repos, 'me/web'), ['worktree', 'remove', '--force', join(out, 'served/web')]);
  });

  it('is about a state whose commands can be typed, whatever the folder is called', async () => {
    const argv = [
      'tasks',
      '--repos',
      repos,
      '--out',
      join(base, 'my set'),
      '--format',
      'r1-searcher',
      '--since',
      SINCE,
    ];
    const { stderr } = await runInMemory(argv, { cwd: base });
    const folder = `'${join(base, 'my set/served/web')}'`;
    expect(stderr).toContain(`worktree add --detach ${folder} ${served}`);
    expect(stderr).toContain(`spoor serve --frozen --workspace ${folder}`);
    rmSync(join(base, 'my set'), { recursive: true });
  });

  it('names paths as a workspace of several folders does', async () => {
    mkdirSync(join(repos, 'you'), { recursive: true });
    gitInOrder(base, ['clone', '--quiet', '--bare', 'repos/me/web', 'repos/you/web']);
    const run = await tasks('--format', 'r1-searcher', '--since', SINCE);
    rmSync(join(repos, 'you'), { recursive: true });
    // The same questions again are left out.
    expect(run.stderr).toContain('6 of them are left out');
    expect(run.stderr).toContain(`--workspace ${join(out, 'served/web')} --workspace ${join(out, 'served/web-2')}\n`);
    expect(rowsOf('test.jsonl')).toMatchObject([{ answer: 'web/src/send.ts' }]);
  });

  it('names paths as a workspace of one folder does where only one repository can be read', async () => {
    initRepository(join(repos, 'a/web'));
    const run = await tasks('--format', 'r1-searcher', '--since', SINCE);
    rmSync(join(repos, 'a'), { recursive: true });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('a/web: The repository at');
    expect(run.stderr).toContain(`spoor serve --frozen --workspace ${join(out, 'served/web')}\n`);
    expect(rowsOf('test.jsonl')).toMatchObject([{ answer: 'src/send.ts' }]);
  });
});

describe('a data set of Search-R1', () => {
  const parquet = async (name: string) => {
    const bytes = readFileSync(join(out, name));
    return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
  };

  it('has the columns that verl reads, with lists and structs', async () => {
    expect((await tasks('--format', 'search-r1', '--since', SINCE)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['served.json', 'test.parquet', 'test.tasks.jsonl', 'train.parquet']);
    const rows = await parquet('train.parquet');
    expect(rows).toHaveLength(3);
    for (const [i, row] of rows.entries()) {
      expect(Object.keys(row)).toEqual(['data_source', 'prompt', 'ability', 'reward_model', 'extra_info']);
      expect(row).toMatchObject({ data_source: 'nq', ability: 'fact-reasoning' });
      expect(row['extra_info']).toEqual({ index: BigInt(i), split: 'train' });
      expect(row['prompt']).toEqual([{ content: expect.any(String), role: 'user' }]);
      expect(row['reward_model']).toEqual({ ground_truth: { target: expect.any(Array) }, style: 'rule' });
    }
    expect(await parquet('test.parquet')).toMatchObject([
      { extra_info: { index: 0n, split: 'test' }, reward_model: { ground_truth: { target: ['src/send.ts'] } } },
    ]);
  });

  it('counts files as right, and lines where they are those of the served state', async () => {
    await tasks('--format', 'search-r1', '--since', SINCE);
    const rows = (await parquet('train.parquet')) as unknown as readonly {
      readonly prompt: readonly { readonly content: string }[];
      readonly reward_model: { readonly ground_truth: { readonly target: readonly string[] } };
    }[];
    const targets = new Map(
      rows.map(({ prompt, reward_model: { ground_truth } }) => [
        /code base: (.*)\?\n$/.exec(prompt[0]!.content)![1],
        ground_truth.target,
      ]),
    );
    expect(Object.fromEntries(targets)).toEqual({
      'Wait longer after each failed upload': [
        'src/queue.ts',
        'src/send.ts',
        'src/queue.ts:3',
        'src/queue.ts:9',
        'src/send.ts:2',
      ],
      'Give up ‹answer>on uploads‹/answer> that are too large': ['src/limit.ts', 'src/limit.ts:2'],
      // The file was changed between the served state and the one that the commit changed.
      'Start a module of its own for tokens': ['src/limit.ts'],
    });
    // The reward takes the last answer of the whole text: in the prompt there is none but that of the example.
    for (const { prompt } of rows)
      expect([...prompt[0]!.content.matchAll(/<answer>(.*?)<\/answer>/gs)].at(-1)![1]).toBe(' folder/file.ext ');
  });
});

describe('spoor tasks with a format', () => {
  it.each<[string[], number, string]>([
    [['--format', 'parquet'], 2, 'There is no format "parquet". There are spoor, r1-searcher, search-r1.'],
    [['--format', 'search-r2', '--since', SINCE], 2, 'There is no format "search-r2". Did you mean search-r1?'],
    [
      ['--format', 'search-r1'],
      2,
      '--format search-r1 needs --since DATE: the model searches the state before that day and is asked about what came after it.',
    ],
    [
      ['--format', 'search-r1', '--pairs', '--since', SINCE],
      2,
      '--format is about tasks. Leave it out, or leave out --pairs.',
    ],
    [['--pairs', '--since', SINCE], 2, '--since is about tasks. Leave it out, or leave out --pairs.'],
    [['--since', '2024-6-1'], 2, '--since takes a day like 2024-12-31, not "2024-6-1".'],
  ])('refuses %j', async (argv, code, message) => {
    expect(await tasks(...argv)).toEqual({ code, stdout: '', stderr: `spoor: ${message}\n` });
    expect(existsSync(out)).toBe(false);
  });

  it('leaves out what is older than a day in the own format too', async () => {
    await tasks('--since', SINCE);
    expect(readFileSync(out, 'utf8').match(/"question":"[^"]*/g)).toHaveLength(5);
  });

  it('does not write over what is there', async () => {
    mkdirSync(out);
    expect(await tasks('--format', 'search-r1', '--since', SINCE)).toMatchObject({
      code: 1,
      stderr: `spoor: There is ${out} already. Name another folder by --out, or delete it.\n`,
    });
  });

  it('says so where the history is too young, and leaves nothing', async () => {
    const run = await tasks('--format', 'search-r1', '--since', '2020-01-01');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('me/web: The repository at');
    expect(run.stderr).toContain('spoor: None of the repositories can be learned from: it is said above why.\n');
    expect(existsSync(out)).toBe(false);
  });

  it('says so where there is no task since that day, and leaves nothing', async () => {
    const run = await tasks('--format', 'search-r1', '--since', '2024-08-01');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('spoor: There are no tasks since that day. Choose an earlier --since.\n');
    expect(existsSync(out)).toBe(false);
  });

  it('says so where every task is about a newer file, and leaves nothing', async () => {
    initRepository(join(repos, 'me/new'));
    commitAt(-10, 'Begin', { 'src/limit.ts': lines(3) }, 'me/new');
    commitAt(10, 'Start a module of its own for tokens', { 'src/token.ts': 'token();\n' }, 'me/new');
    commitAt(20, 'Renew tokens before they expire at night', { 'src/token.ts': 'renew();\n' }, 'me/new');
    const run = await tasks('--repo', 'me/new', '--format', 'search-r1', '--since', SINCE);
    rmSync(join(repos, 'me/new'), { recursive: true });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('spoor: None of these tasks can be learned from: their files came after');
    expect(existsSync(out)).toBe(false);
  });
});
