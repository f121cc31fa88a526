import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '#core/agent/task.ts';
import { runGit } from '../../../test/fakes/gitRepository.ts';
import { gitInOrder, initRepository, type ScratchRepository } from '../../../test/fakes/scratchRepository.ts';
import { parseExcluded, type ExcludedCommits } from './excludedCommits.ts';
import { makeTasks, type Made, type MadeTask, type TaskOptions } from './makeTasks.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-tasks-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let count = 0;
let repository: ScratchRepository;
let directory: string;
beforeEach(() => {
  directory = join(base, String(count++));
  repository = initRepository(directory);
});

const DEFAULTS: TaskOptions = { perRepo: 50, seed: 0, exclude: new Map(), withPaths: false };

interface Ran {
  readonly tasks: readonly MadeTask[];
  readonly made: Made<string>;
}

async function run(
  options: Partial<TaskOptions> = {},
  at = directory,
  signal = new AbortController().signal,
): Promise<Ran> {
  const tasks: MadeTask[] = [];
  const made = await makeTasks({ program: 'git', signal }, at, 'o/n', { ...DEFAULTS, ...options }, (each) => {
    tasks.push(each);
  });
  if ('ok' in made) throw new Error(made.message);
  return { tasks, made };
}

const tasksOf = async (options: Partial<TaskOptions> = {}, at = directory): Promise<Task[]> =>
  (await run(options, at)).tasks.map(({ task }) => task);
const questions = async (options: Partial<TaskOptions> = {}): Promise<string[]> =>
  (await tasksOf(options)).map(({ question }) => question).sort();
const drops = async (options: Partial<TaskOptions> = {}): Promise<Record<string, number>> =>
  Object.fromEntries((await run(options)).made.drops);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const numbered = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i + 1};\n`).join('');
const headOf = (commit: string): string => repository.git('rev-parse', commit).trim();

describe('a task of a commit', () => {
  it('asks at the parent for the lines that were changed', async () => {
    repository.commit('Begin', { 'src/a.ts': numbered(9), 'src/b.ts': numbered(5), 'a.test.ts': 'x\n' });
    const text = numbered(9).replace('line 3;', 'other;').replace('line 7;\n', 'line 7;\nnew;\n');
    const fix = repository.commit('Retry failed uploads (#12)', {
      'src/a.ts': text,
      'a.test.ts': 'y\n',
      'src/c.ts': 'z\n',
    });
    const { tasks, made } = await run();
    expect(tasks).toEqual([
      {
        fixCommit: fix,
        timeS: Number(repository.git('log', '-1', '--format=%ct', fix)),
        heldBefore: new Map([['src/a.ts', headOf(`${fix}^:src/a.ts`)]]),
        task: {
          id: `o/n:${fix.slice(0, 12)}`,
          repo: 'o/n',
          commit: headOf(`${fix}^`),
          source: 'commit',
          question: 'Retry failed uploads',
          goldFiles: ['src/a.ts'],
          goldSpans: [
            { path: 'src/a.ts', start: 3, end: 3 },
            { path: 'src/a.ts', start: 7, end: 8 },
          ],
        },
      },
    ]);
    expect(made).toMatchObject({ commits: 2, notes: [] });
    expect(Object.fromEntries(made.bySource)).toEqual({ commit: 1 });
    expect(Object.fromEntries(made.drops)).toEqual({ 'no source changed': 1 });
  });

  it.each([
    ['at the beginning', `new;\n${numbered(3)}`, [1, 1]],
    ['in the middle', numbered(3).replace('line 2;\n', 'line 2;\nnew;\n'), [2, 3]],
    ['at the end', `${numbered(3)}new;\n`, [3, 3]],
  ])('marks the lines around what was put in %s', async (_, text, [start, end]) => {
    repository.commit('Begin', { 'a.ts': numbered(3) });
    repository.commit('Retry failed uploads', { 'a.ts': text });
    expect((await tasksOf())[0]!.goldSpans).toEqual([{ path: 'a.ts', start, end }]);
  });

  it('is made of few files and places', async () => {
    const files = (n: number, text: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}.ts`, text]));
    repository.commit('Begin', { ...files(7, 'old;\n'), 'long.ts': numbered(400) });
    repository.commit('Change seven uploading files', files(7, 'new;\n'));
    repository.commit('Change six uploading files', files(6, 'newer;\n'));
    const everyFifth = numbered(400).replace(/line \d*[05];/g, 'other;');
    repository.commit('Change eighty retrying places', { 'long.ts': everyFifth });
    expect(await questions()).toEqual(['Change six uploading files']);
    expect(await drops()).toEqual({ 'no source changed': 1, 'too many files': 1, 'too many places': 1 });
  });

  it('has no answer in files that are new, gone, generated, links or no sources', async () => {
    repository.commit('Begin', { 'gone.ts': 'x\n', 'README.md': 'x\n', 'dist/a.js': 'x\n', 'a.ts': 'x\n' });
    repository.git('update-index', '--add', '--cacheinfo', `120000,${headOf('HEAD:a.ts')},link.ts`);
    repository.git('commit', '--quiet', '-m', 'Add a linking file somewhere');
    repository.git('update-index', '--cacheinfo', `120000,${headOf('HEAD:README.md')},link.ts`);
    repository.git('commit', '--quiet', '--allow-empty', '-m', 'Change linking files somewhere');
    repository.git('rm', '--quiet', '--cached', 'link.ts');
    repository.commit('Move uploading code elsewhere', {
      'gone.ts': null,
      'new.ts': 'x\n',
      'README.md': 'y\n',
      'dist/a.js': 'y\n',
    });
    expect(await drops()).toEqual({ 'no source changed': 4 });
  });

  it('keeps what was renamed for two files', async () => {
    repository.commit('Begin', { 'old.ts': numbered(30), 'user.ts': 'old();\n' });
    repository.git('config', 'diff.renames', 'copies');
    repository.commit('Call failed uploads otherwise', {
      'old.ts': null,
      'new.ts': numbered(30),
      'user.ts': 'new();\n',
    });
    expect((await tasksOf()).map(({ goldFiles }) => goldFiles)).toEqual([['user.ts']]);
  });
});

describe('what is left out', () => {
  const change = (message: string, n: number): string =>
    repository.commit(message, { 'src/upload.ts': `upload(${n});\n` });

  it('is a commit that asks nothing, with the reason', async () => {
    change('Begin', 0);
    change('Revert "Retry failed uploads"', 1);
    change('Bump the version', 2);
    change('Fix typos', 3);
    change('docs: explain failed uploads', 4);
    change('ci: upload failed artifacts', 5);
    change('Fix it', 6);
    repository.git('checkout', '--quiet', '-b', 'side');
    change('Retry failed uploads', 7);
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '-m', 'Join uploads retrying branch', 'side');
    const { tasks, made } = await run();
    expect(tasks.map(({ task }) => task.question)).toEqual(['Retry failed uploads']);
    expect(Object.fromEntries(made.drops)).toEqual({
      'no source changed': 1,
      'a revert': 1,
      'a release or an update of versions': 1,
      'formatting, lint or typos': 1,
      'about documentation': 1,
      'about tests, builds or upkeep': 1,
      'too few words to search for': 1,
    });
  });

  it('is a question that names its file, unless paths are wanted', async () => {
    change('Begin', 0);
    change('Retry failures in upload.ts', 1);
    change('Retry failures in src/upload', 2);
    change('Retry failures in other.ts', 3);
    expect(await questions()).toEqual(['Retry failures in other.ts']);
    expect(await drops()).toMatchObject({ 'names a file that answers it': 2 });
    expect(await questions({ withPaths: true })).toHaveLength(3);
  });

  it('is the same question again', async () => {
    change('Begin', 0);
    change('Retry failed uploads (#1)', 1);
    change('Retry failed uploads (#2)', 2);
    expect(await questions()).toEqual(['Retry failed uploads']);
    expect(await drops()).toMatchObject({ 'asked before': 1 });
  });

  it('are commits that a list names, whole or in part', async () => {
    change('Begin', 0);
    const ids = ['Retry failed uploads', 'Limit large uploads', 'Cancel slow uploads'].map((text, i) =>
      change(text, i + 1),
    );
    const rows = [`{"id":"x","fix_commit":"${ids[0]}"}`, ids[1]!.slice(0, 9).toUpperCase(), '{"fix_commit":null}', ''];
    const exclude = parseExcluded(rows.join('\n')) as ExcludedCommits;
    expect(await questions({ exclude })).toEqual(['Cancel slow uploads']);
    expect(await drops({ exclude })).toMatchObject({ 'named by --exclude': 2 });
    expect(parseExcluded('0123456\nsomething else')).toBe(2);
    expect(parseExcluded('{"fix_commit":"--all"}')).toBe(1);
  });
});

describe('a range of the history', () => {
  const DAY_S = 86_400;
  let commits: string[];
  beforeEach(() => {
    const git = (day: number, ...args: string[]): string => runGit(directory, args, 1_700_000_000 + day * DAY_S);
    commits = ['Begin', 'Retry failed uploads', 'Limit large uploads', 'Cancel slow uploads'].map((text, i) => {
      writeFileSync(join(directory, 'a.ts'), `x(${i});\n`);
      git(i * 100, 'add', '-A');
      git(i * 100, 'commit', '--quiet', '-m', text);
      return git(0, 'rev-parse', 'HEAD').trim();
    });
    // Begun on an old day, joined on the newest.
    git(0, 'checkout', '--quiet', '-b', 'side', commits[1]!);
    writeFileSync(join(directory, 'b.ts'), 'x();\n');
    git(110, 'add', '-A');
    git(110, 'commit', '--quiet', '-m', 'Add something');
    writeFileSync(join(directory, 'b.ts'), 'y();\n');
    git(120, 'commit', '--quiet', '-am', 'Rename uploaded files');
    git(0, 'checkout', '--quiet', 'main');
    git(300, 'merge', '--quiet', '-m', 'Join', 'side');
  });

  it.each<[Partial<TaskOptions>, string[]]>([
    [{}, ['Cancel slow uploads', 'Limit large uploads', 'Rename uploaded files', 'Retry failed uploads']],
    [{ leaveNewestDays: 1 }, ['Limit large uploads', 'Retry failed uploads']],
    [{ leaveNewestDays: 100 }, ['Limit large uploads', 'Retry failed uploads']],
    [{ leaveNewestDays: 101 }, ['Retry failed uploads']],
    [{ untilS: 1_700_000_000 + 150 * DAY_S }, ['Retry failed uploads']],
    [{ untilS: 1_700_000_000 + 150 * DAY_S, leaveNewestDays: 1 }, ['Retry failed uploads']],
  ])('%j', async (options, expected) => expect(await questions(options)).toEqual(expected));

  it('may end at a commit', async () => {
    expect(await questions({ commit: commits[2]! })).toEqual(['Limit large uploads', 'Retry failed uploads']);
    expect(await questions({ commit: commits[2]!, leaveNewestDays: 50 })).toEqual(['Retry failed uploads']);
  });

  it.each<[Partial<TaskOptions>, RegExp]>([
    [{ commit: 'f'.repeat(40) }, /does not have the commit f+\. Fetch its newest history\./],
    [{ leaveNewestDays: 900 }, /no commit that is old enough/],
  ])('is refused with a sentence: %j', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
  });
});

describe('other kinds of questions', () => {
  it('are release notes and names of tests that the commit adds', async () => {
    repository.commit('Begin', {
      'a.py': 'x = 1\n',
      'CHANGES.rst': 'Changes\n=======\n',
      'tests/test_a.py': 'y = 1\n',
    });
    for (let i = 0; i < 26; i++)
      repository.commit(`Speed up uploading folders of size${LETTERS[i]}`, {
        'a.py': `x = ${i + 2}\n`,
        'CHANGES.rst': `Changes\n=======\n\n- Uploads of kind${LETTERS[i]} are retried.\n`,
        'tests/test_a.py': `def test_retry_upload_kind_${i}():\n    assert 1\n`,
      });
    const tasks = await tasksOf();
    const sources = Map.groupBy(tasks, ({ source }) => source);
    expect([...sources.keys()].sort()).toEqual(['changelog', 'commit', 'test']);
    expect(sources.get('changelog')![0]!.question).toMatch(/^Uploads of kind\w are retried\.$/);
    expect(sources.get('test')![0]!.question).toMatch(/^retry upload kind \d+$/);
    for (const { goldFiles } of tasks) expect(goldFiles).toEqual(['a.py']);
  });

  it('are comments put above what was there before', async () => {
    const code = [
      'package a',
      '',
      'func Upload(f File) error {',
      '\tsend(f)',
      '\treturn nil',
      '}',
      '',
      'func Other() {',
      '}',
      '',
    ];
    repository.commit('Begin', { 'a.go': code.join('\n') });
    const commented = [...code.slice(0, 2), '// Upload sends a file to the server.', ...code.slice(2)];
    repository.commit('docs: comments', { 'a.go': commented.join('\n') });
    const [task] = await tasksOf();
    expect(task).toMatchObject({ source: 'doc-comment', question: 'sends a file to the server.', goldFiles: ['a.go'] });
    expect(task!.goldSpans).toEqual([{ path: 'a.go', start: 3, end: 6 }]);
  });

  it('are docstrings, but not those of new definitions', async () => {
    const before = [
      'class A:',
      '    def upload(',
      '        self, file',
      '    ):',
      '        send(file)',
      '        return 1',
      '',
      'x = 1',
      '',
    ];
    repository.commit('Begin', { 'a.py': before.join('\n') });
    const after = [...before.slice(0, 4), '        """Send a file to the server."""', ...before.slice(4)];
    after.push('def new():', '    """Delete old files of a server."""', '    return 2', '');
    repository.commit('docs: docstrings', { 'a.py': after.join('\n') });
    expect(await tasksOf()).toMatchObject([
      {
        source: 'doc-comment',
        question: 'Send a file to the server.',
        goldSpans: [{ path: 'a.py', start: 2, end: 6 }],
      },
    ]);
  });
});

describe('a part of a history', () => {
  it('is its newest commits, merges not counted', async () => {
    repository.commit('Begin', { 'a.ts': 'x(0);\n' });
    for (const kind of ['ka', 'kb', 'kc', 'kd'])
      repository.commit(`Retry uploads of ${kind}`, { 'a.ts': `${kind};\n` });
    expect(await questions({ mostCommits: 2 })).toEqual(['Retry uploads of kc', 'Retry uploads of kd']);
    expect((await run({ mostCommits: 3 })).made.commits).toBe(3);
    expect((await questions({ mostCommits: 99 })).length).toBe(4);
  });

  it('is what was changed under some folders, whatever they are called', async () => {
    const odd = ':(top)*';
    repository.commit('Begin', { 'app/a.ts': 'old;\n', 'lib/b.ts': 'old;\n', [`${odd}/c.ts`]: 'old;\n' });
    repository.commit('Retry failed uploads', { 'app/a.ts': 'new;\n', 'lib/b.ts': 'new;\n' });
    repository.commit('Limit large uploads', { 'lib/b.ts': 'newer;\n' });
    repository.commit('Cancel slow uploads', { [`${odd}/c.ts`]: 'new;\n' });
    expect(await tasksOf({ under: ['app'] })).toMatchObject([
      { question: 'Retry failed uploads', goldFiles: ['app/a.ts'], goldSpans: [{ path: 'app/a.ts' }] },
    ]);
    expect(await questions({ under: [odd] })).toEqual(['Cancel slow uploads']);
    expect(await questions({ under: ['app', 'lib'], mostCommits: 1 })).toEqual(['Limit large uploads']);
    expect(await questions({ under: ['nothing'] })).toEqual([]);
  });
});

describe('hostile repositories', () => {
  it('may have any messages and any names', async () => {
    const names = [
      '--output=x.ts',
      'a b.ts',
      'quo"te\'s.ts',
      'tab\there.ts',
      'line\nbreak.ts',
      'ünï.ts',
      '$(touch x).ts',
    ];
    const files = (text: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, text]));
    repository.commit('Begin', files('old;\n'));
    for (const name of names)
      repository.commit(`Retry uploads of kind${LETTERS[names.indexOf(name)]}`, { [name]: 'new;\n' });
    repository.commit(
      'Retry \u0007uploads\u001b[2J \u202eagain\r\nand\u0000again'.replace('\u0000', ''),
      files('newer;\n'),
    );
    const tasks = await tasksOf();
    expect(tasks.map(({ goldFiles }) => goldFiles[0]!).sort()).toEqual([...names].sort());
    for (const { question } of tasks) expect(question).toMatch(/^[\p{L}\p{N} ]+$/u);
    expect(existsSync(join(directory, 'x'))).toBe(false);
  });

  it('may have names that are no text', async () => {
    const odd = Buffer.concat([Buffer.from(`${directory}/src`), Buffer.from([0xff, 0xfe]), Buffer.from('.ts')]);
    writeFileSync(odd, 'old;\n');
    repository.commit('Begin', { 'a.ts': 'old;\n' });
    writeFileSync(odd, 'new;\n');
    repository.commit('Retry failed uploads', { 'a.ts': 'new;\n' });
    writeFileSync(odd, 'newer;\n');
    repository.commit('Limit large uploads');
    expect(await tasksOf()).toMatchObject([{ question: 'Retry failed uploads', goldFiles: ['a.ts'] }]);
  });

  it('may hold bytes that are no text, and look like git', async () => {
    const odd = (n: number): string => `diff --git a/b b/b\n@@ -1 +1 @@\n${'\0\0'}${'a'.repeat(40)}\0\nx${n}\n`;
    repository.commit('Begin', { 'a.ts': 'x\n'.repeat(5000) + odd(1) });
    repository.commit('Retry failed uploads', { 'a.ts': 'x\n'.repeat(5000) + odd(2) });
    expect(await tasksOf()).toMatchObject([{ goldSpans: [{ path: 'a.ts', start: 5004, end: 5004 }] }]);
  });

  it('may lack contents', async () => {
    const commits = ['Begin', 'Retry failed uploads', 'Limit large uploads', 'Cancel slow uploads'].map((text, i) =>
      repository.commit(text, { 'a.ts': `x(${i});\n`, [`b${i}.txt`]: `${i}` }),
    );
    const lost = headOf(`${commits[2]}:a.ts`);
    chmodSync(join(directory, '.git/objects', lost.slice(0, 2), lost.slice(2)), 0o600);
    rmSync(join(directory, '.git/objects', lost.slice(0, 2), lost.slice(2)));
    expect(await questions()).toEqual(['Retry failed uploads']);
    expect(await drops()).toMatchObject({ 'contents not in this clone': 2 });
  });

  it('may have a history that breaks off', async () => {
    const texts = ['Begin', 'Retry failed uploads', 'Limit large uploads', 'Cancel slow uploads'];
    const commits = texts.map((text, i) => repository.commit(text, { 'a.ts': `x(${i});\n` }));
    rmSync(join(directory, '.git/objects', commits[0]!.slice(0, 2), commits[0]!.slice(2)));
    const { tasks, made } = await run();
    expect(tasks.map(({ task }) => task.question)).toEqual(['Cancel slow uploads']);
    expect(made.notes).toEqual([expect.stringMatching(/^The history breaks off after 1 commits\. .*\.$/)]);
  });

  it('run nothing of their own', async () => {
    const evil = join(base, 'evil');
    mkdirSync(join(base, 'ran'), { recursive: true });
    writeFileSync(evil, `#!/bin/sh\ntouch "${base}/ran/$(basename "$1")"\nexit 1\n`);
    chmodSync(evil, 0o755);
    repository.commit('Begin', { 'a.ts': 'old;\n', '.gitattributes': '*.ts diff=evil filter=evil\n' });
    repository.commit('Retry failed uploads', { 'a.ts': 'new;\n' });
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'gpg.program',
    ])
      repository.git('config', name, `${evil} ${name}`);
    for (const [name, value] of [
      ['log.showSignature', 'true'],
      ['diff.noprefix', 'true'],
      ['diff.context', '0'],
      ['color.ui', 'always'],
      ['diff.orderFile', '/nothing'],
      ['core.quotepath', 'true'],
      ['log.diffMerges', 'on'],
      ['diff.suppressBlankEmpty', 'true'],
      ['diff.wsErrorHighlight', 'all'],
      ['log.date', 'raw'],
      ['format.pretty', 'oneline'],
    ])
      repository.git('config', name!, value!);
    expect(await tasksOf()).toMatchObject([{ goldSpans: [{ path: 'a.ts', start: 1, end: 1 }] }]);
    expect(readdirSync(join(base, 'ran'))).toEqual([]);
  });

  it.each([
    ['nothing', () => join(base, 'nothing'), /^There is no git repository at .*nothing\.$/],
    [
      'a folder',
      () => (mkdirSync(join(base, 'plain'), { recursive: true }), join(base, 'plain')),
      /^There is no git repository/,
    ],
    ['no commit', () => directory, /has no commit yet\.$/],
  ])('are refused where there is %s', async (_, at, message) => {
    await expect(run({}, at())).rejects.toThrow(message);
  });

  it('can be left at any time', async () => {
    repository.commit('Begin', { 'a.ts': 'old;\n' });
    await expect(run({}, directory, AbortSignal.abort())).rejects.toThrow(/cancelled/);
  });
});

describe('the same input', () => {
  const at = join(base, 'many');
  let many: ScratchRepository;
  beforeAll(() => {
    many = initRepository(at);
    for (let i = 0; i < 25; i++)
      many.commit(`fix: retry uploads of kind k${LETTERS[i]}\n\nThe body of this.`, {
        'a.ts': `x(${i});\n`,
      });
  });

  it('gives the same tasks, bare or not, and other ones by another seed', async () => {
    gitInOrder(base, ['clone', '--quiet', '--bare', 'many', 'bare.git']);
    const first = await tasksOf({}, at);
    expect(first).toHaveLength(24);
    expect(await tasksOf({}, at)).toEqual(first);
    expect(await tasksOf({}, join(base, 'bare.git'))).toEqual(first);
    const other = await tasksOf({ seed: 1 }, at);
    expect(other.map(({ id }) => id)).not.toEqual(first.map(({ id }) => id));
    expect(other.map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort());
    expect(new Set(first.map(({ question }) => question.startsWith('fix:')))).toEqual(new Set([true, false]));
  });

  it('gives the first of them when fewer are wanted, and nearly the same when there is one commit more', async () => {
    const first = await tasksOf({}, at);
    expect(await tasksOf({ perRepo: 7 }, at)).toEqual(first.slice(0, 7));
    const before = headOfMany();
    many.commit('Limit large uploads', { 'a.ts': 'y();\n' });
    expect((await tasksOf({}, at)).filter(({ commit }) => commit !== before)).toEqual(first);
  });

  const headOfMany = (): string => many.git('rev-parse', 'HEAD').trim();
});
