import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseTaskLine } from '#core/agent/taskLine.ts';
import { createLineFile } from '#cli/lineFile.ts';
import { readRows } from '#cli/rows.ts';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { runGit } from '../../test/fakes/gitRepository.ts';
import { gitInOrder, initRepository } from '../../test/fakes/scratchRepository.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-tasks-cli-')));
const repos = join(base, 'repos');
const out = join(base, 'tasks.jsonl');
const LETTERS = 'abcdefghijkl';
let newest: string;

beforeAll(() => {
  mkdirSync(join(repos, 'one'), { recursive: true });
  const web = initRepository(join(base, 'web'));
  for (const letter of LETTERS)
    newest = web.commit(`Retry uploads of kind${letter} (#1)`, { 'a.ts': `x("${letter}");\n` });
  gitInOrder(base, ['clone', '--quiet', '--bare', 'web', 'repos/one/web']);
  const api = initRepository(join(repos, 'two/api'));
  const git = (day: number, ...args: string[]): string =>
    runGit(join(repos, 'two/api'), args, 1_700_000_000 + day * 86_400);
  api.commit('Begin', { 'main.go': 'a\n' });
  for (const [day, text] of [
    [1, 'Retry failed uploads'],
    [500, 'Limit large uploads'],
  ] as const) {
    writeFileSync(join(repos, 'two/api/main.go'), `${text}\n`);
    git(day, 'commit', '--quiet', '-am', text);
  }
});
beforeEach(() => rmSync(out, { force: true }));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const tasks = (...argv: readonly string[]): Promise<CliRun> =>
  runInMemory(['tasks', '--repos', repos, '--out', out, ...argv], { cwd: base });
const lines = (): string[] => readFileSync(out, 'utf8').split('\n').slice(0, -1);
const parsed = () => lines().map((line) => JSON.parse(line));

function writeCorpus(value: unknown): string {
  writeFileSync(join(base, 'corpus.json'), JSON.stringify(value));
  return 'corpus.json';
}

describe('spoor tasks', () => {
  it('writes what batch and train read, of all repositories there are', async () => {
    const run = await tasks();
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toBe(
      `  one/web  11 commit\n  two/api  2 commit\n13 tasks of 2 repositories: 13 commit\nleft out of 15 commits:\n          2  no source changed\n`,
    );
    const rows = readRows(out, {});
    expect([rows.good.length, rows.bad, rows.doubles]).toEqual([13, [], []]);
    for (const line of lines()) expect(parseTaskLine(line)).toMatchObject({ source: 'commit' });
    expect(parsed().find(({ fix_commit }) => fix_commit === newest)).toMatchObject({
      repo: 'one/web',
      question: 'Retry uploads of kindl',
      language: 'typescript',
      gold_files: ['a.ts'],
      gold_spans: [{ path: 'a.ts', start: 1, end: 1 }],
    });
  });

  it('obeys its options', async () => {
    await tasks('--repo', 'one/web', '--per-repo', '3', '--seed', '4');
    const first = lines();
    expect(first).toHaveLength(3);
    rmSync(out);
    writeFileSync(join(base, 'left-out'), `${parsed_(first[0]!).fix_commit}\n${JSON.stringify(parsed_(first[1]!))}\n`);
    await tasks('--repo', 'one/web', '--seed', '4', '--exclude', 'left-out');
    expect(lines()).toHaveLength(9);
    expect(lines()[0]).toBe(first[2]);
    rmSync(out);
    await tasks('--repo', 'two/api', '--until', '2023-12-31');
    expect(parsed().map(({ question }) => question)).toEqual(['Retry failed uploads']);
    rmSync(out);
    await tasks('--repo', 'two/api', '--leave-newest', '365');
    expect(parsed().map(({ question }) => question)).toEqual(['Retry failed uploads']);
    rmSync(out);
    expect(await tasks('--pairs', '--repo', 'two/api')).toMatchObject({ code: 0 });
    expect(
      parsed()
        .map(({ source, text }) => `${source}: ${text}`)
        .sort(),
    ).toEqual(['commit: Limit large uploads', 'commit: Retry failed uploads']);
  });

  const parsed_ = (line: string): { fix_commit: string } => JSON.parse(line);

  it('takes commits and days from a corpus, whatever the option says', async () => {
    const commit = gitInOrder(join(repos, 'one/web'), ['--git-dir=.', 'rev-parse', `${newest}~8`]).trim();
    const entries = [{ repo: 'one/web', commit }, { repo: 'two/api', leaveNewestDays: 365 }, { repo: 'no/where' }];
    const run = await tasks('--corpus', writeCorpus({ repositories: entries }), '--leave-newest', '0');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`no/where: There is no git repository at ${join(repos, 'no/where')}.\n`);
    expect(run.stderr).toMatch(/1 repository could not be read\.\n$/);
    expect(parsed().map(({ repo }) => repo)).toEqual(['one/web', 'one/web', 'one/web', 'two/api']);
  });

  it('makes nothing of what results are measured on', async () => {
    const said = (repo: string): string =>
      `${repo} is one of the repositories that results are measured on, so nothing may be learned from it.`;
    expect(await tasks('--repo', 'one/web', '--repo', 'Redis/Redis')).toEqual({
      code: 1,
      stdout: '',
      stderr: `spoor: ${said('Redis/Redis')} Leave it out.\n`,
    });
    const corpus = writeCorpus({ repositories: [{ repo: 'one/web' }], neverTrainOn: ['One/Web'] });
    expect((await tasks('--corpus', corpus)).stderr).toBe(`spoor: ${said('one/web')} Leave it out.\n`);
    expect((await tasks('--corpus', writeCorpus({ repositories: [{ repo: 'gin-gonic/gin' }] }))).code).toBe(1);
    expect(existsSync(out)).toBe(false);
    gitInOrder(base, ['clone', '--quiet', '--bare', 'web', 'repos/gin-gonic/gin']);
    const run = await tasks();
    rmSync(join(repos, 'gin-gonic'), { recursive: true });
    expect(run.stderr).toContain(`${said('gin-gonic/gin')} It is left out.\n`);
    expect(new Set(parsed().map(({ repo }) => repo))).toEqual(new Set(['one/web', 'two/api']));
  });

  it.each<[string[], number, string]>([
    [['extra'], 2, 'spoor tasks takes options only, not "extra". "spoor tasks --help" lists them.'],
    [['--repo', '../one'], 2, '--repo takes a name of the form owner/name, not "../one".'],
    [['--until', '2024-02-30'], 2, '--until takes a day like 2024-12-31, not "2024-02-30".'],
    [
      ['--until', '2024-01-01', '--leave-newest', '3'],
      2,
      '--until and --leave-newest say the same thing in two ways. Give one of them.',
    ],
    [['--pairs', '--with-paths'], 2, '--with-paths is about questions, and pairs have none. Leave it out.'],
    [['--per-repo', '0'], 2, '--per-repo takes a whole number from 1 to 1000000, not "0".'],
    [
      ['--corpus', 'none.json'],
      1,
      `The list of repositories cannot be read from ${join(base, 'none.json')}. There is no such file.`,
    ],
  ])('refuses %j', async (argv, code, message) => {
    expect(await tasks(...argv)).toEqual({ code, stdout: '', stderr: `spoor: ${message}\n` });
    expect(existsSync(out)).toBe(false);
  });

  it('needs a list of commits that it can trust', async () => {
    writeFileSync(join(base, 'notes'), 'leave out the newest\n');
    expect((await tasks('--exclude', 'notes')).stderr).toMatch(/^spoor: Line 1 of .*notes is no commit id/);
  });

  it('does not write over a file', async () => {
    writeFileSync(out, 'my notes');
    expect(await tasks()).toMatchObject({
      code: 1,
      stderr: `spoor: There is ${out} already. Name another file by --out, or delete it.\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('my notes');
  });

  it('leaves no file and a failure where there is nothing', async () => {
    expect((await tasks('--repo', 'two/api', '--until', '2023-11-14')).code).toBe(1);
    expect(existsSync(out)).toBe(false);
    mkdirSync(join(base, 'empty'), { recursive: true });
    const run = await runInMemory(['tasks', '--repos', 'empty', '--out', out], { cwd: base });
    expect(run.stderr).toBe(
      `spoor: There is no repository to make tasks of in ${join(base, 'empty')}. They are expected at owner/name.\n`,
    );
  });

  it('leaves whole lines when it is stopped', async () => {
    const stopping = new AbortController();
    const stderr = memorySink();
    const progress = {
      ...stderr,
      isTTY: true,
      columns: 80,
      write: (text: string) => {
        // The bar says so when the second repository begins.
        if (text.includes('two/api')) stopping.abort();
        return stderr.write(text);
      },
    };
    const argv = ['tasks', '--repos', repos, '--out', out];
    const run = await runInMemory(argv, { cwd: base, stderr: progress, signal: stopping.signal });
    expect(run.code).toBe(130);
    expect(lines()).toHaveLength(11);
    for (const line of lines()) expect(parseTaskLine(line)).toBeTypeOf('object');
  });
});

describe('a file of lines', () => {
  it('holds whole lines whenever it is looked at', () => {
    const file = createLineFile(out);
    const line = 'é'.repeat(1000);
    for (let i = 0; i < 200; i++) {
      file.append(line);
      expect(lines().every((text) => text === line)).toBe(true);
    }
    expect(lines().length).toBeGreaterThan(100);
    file.flush();
    expect(lines()).toHaveLength(200);
    file.append('last');
    file.close();
    file.close();
    expect(lines().at(-1)).toBe('last');
    expect(file.lines).toBe(201);
  });
});
