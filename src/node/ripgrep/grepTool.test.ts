import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_HIT_TEXT, type CallContext, type GrepResult, type ToolResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { runningChildren } from '#node/childProcesses.ts';
import { Workspace } from '#node/workspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { findRipgrep } from './findRipgrep.ts';
import { createGrepTool, MAX_LITERALS } from './grepTool.ts';
import { MAX_COLUMNS, MAX_FILE_BYTES, MAX_LINES_PER_FILE } from './ripgrepArguments.ts';

afterAll(removeTrees);

const context = (timeoutMs = 20_000, signal: AbortSignal = new AbortController().signal): CallContext => ({
  timeoutMs,
  signal,
});

interface Search {
  readonly roots: readonly string[];
  readonly terms?: readonly string[];
  readonly within?: readonly string[];
  readonly rg?: string;
  readonly context?: CallContext;
}

function run({
  roots,
  terms = ['foo'],
  within,
  rg,
  context: given = context(),
}: Search): Promise<ToolResult<GrepResult>> {
  const tool = createGrepTool({ workspace: Workspace.open(roots), rg });
  return tool.search({ terms: terms.map((text) => termOf(text)!), ...(within && { within }) }, given);
}

async function valueOf(search: Search): Promise<GrepResult> {
  const result = await run(search);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const pathsOf = async (search: Search): Promise<string[]> =>
  (await valueOf(search)).terms[0]!.files.map((file) => file.path);

/** A program in place of ripgrep: a script that may run the real one as `$RG`. */
function makeProgram(script: string): string {
  const found = findRipgrep();
  if (!found.ok) throw new Error(found.message);
  const directory = makeTree({ rg: `#!/bin/sh\nRG='${found.value.file}'\n${script}\n` });
  chmodSync(join(directory, 'rg'), 0o755);
  return join(directory, 'rg');
}

describe('hits', () => {
  test('come by term, path and line, with counts, sizes and text', async () => {
    const root = makeTree({
      'b.ts': 'retry(retries)\n\nno\nmaxRetry\n',
      'a/c.ts': 'withBackoff // RETRY',
      'z.ts': 'retire',
    });
    expect(await run({ roots: [root], terms: ['retries', 'withBackoff', 'absent'] })).toEqual({
      ok: true,
      value: {
        terms: [
          {
            files: [
              { path: 'a/c.ts', sizeBytes: 20, lines: [{ line: 1, count: 1, text: 'withBackoff // RETRY' }] },
              {
                path: 'b.ts',
                sizeBytes: 28,
                lines: [
                  { line: 1, count: 2, text: 'retry(retries)' },
                  { line: 4, count: 1, text: 'maxRetry' },
                ],
              },
            ],
            matches: 4,
          },
          {
            files: [{ path: 'a/c.ts', sizeBytes: 20, lines: [{ line: 1, count: 1, text: 'withBackoff // RETRY' }] }],
            matches: 1,
          },
          { files: [], matches: 0 },
        ],
        filesSearched: 3,
        bytesSearched: 54,
      },
    });
  });

  test('have lines without CR, byte order mark, or bytes that are not UTF-8', async () => {
    const root = makeTree({
      'crlf.txt': 'foo\r\nfoo\r\n',
      'bom.txt': '\uFEFFfoo',
      'latin.txt': Buffer.from('foo caf\xe9 foo', 'latin1'),
    });
    const { terms } = await valueOf({ roots: [root] });
    expect(terms[0]!.files.map((file) => file.lines.map((hit) => hit.text))).toEqual([
      ['foo'],
      ['foo', 'foo'],
      ['foo caf\uFFFD foo'],
    ]);
  });

  test('are found in UTF-16', async () => {
    const root = makeTree({ 'le.txt': Buffer.from('\uFEFFfoo größe\r\n', 'utf16le') });
    expect((await valueOf({ roots: [root], terms: ['größe'] })).terms[0]!.files[0]!.lines).toEqual([
      { line: 1, count: 1, text: 'foo größe' },
    ]);
  });

  test('in long lines are counted as far as they are read, and shown to the limit', async () => {
    const long = 'foo '.repeat(1000);
    const root = makeTree({ 'long.txt': `${long}\n${'x '.repeat(MAX_COLUMNS)}foo\n${'é'.repeat(249)}😀 foo\n` });
    const [file] = (await valueOf({ roots: [root] })).terms[0]!.files;
    expect(file!.lines).toEqual([
      { line: 1, count: MAX_COLUMNS / 4, text: long.slice(0, MAX_HIT_TEXT) },
      { line: 3, count: 1, text: 'é'.repeat(249) },
    ]);
    expect(
      (await valueOf({ roots: [root], terms: ['match', 'omitted', 'end'] })).terms.map((term) => term.matches),
    ).toEqual([0, 0, 0]);
  });

  test('end in each file at the cap of lines', async () => {
    const root = makeTree({ 'many.txt': 'foo\n'.repeat(MAX_LINES_PER_FILE + 5) });
    expect((await valueOf({ roots: [root] })).terms[0]!.files[0]!.lines.at(-1)!.line).toBe(MAX_LINES_PER_FILE);
  });

  test('stand in files with odd names as in others', async () => {
    const names = [
      ' x',
      '#a',
      '-e',
      'a\nb:1:c',
      'c\u001b[31md',
      'naïve.txt',
      '!x',
      '\\y',
      '*',
      '[z',
      "q'$(touch p)",
    ].sort();
    const root = makeTree(Object.fromEntries(names.map((name) => [name, 'foo'])));
    expect(await pathsOf({ roots: [root] })).toEqual(names);
    expect(await pathsOf({ roots: [root], within: names })).toEqual(names);
  });

  test.runIf(process.platform === 'linux')('in files whose names are not UTF-8 are left out', async () => {
    const root = makeTree({ 'a.txt': 'foo' });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x66])]), 'foo');
    expect(await pathsOf({ roots: [root] })).toEqual(['a.txt']);
  });

  test('are the same whenever they are searched', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`d${i % 7}/f${i}.txt`, 'foo bar\n'.repeat(i % 5)]),
    );
    const root = makeTree(files);
    const first = await run({ roots: [root], terms: ['foo', 'bar'] });
    for (let i = 0; i < 5; i++) expect(await run({ roots: [root], terms: ['foo', 'bar'] })).toEqual(first);
  });
});

describe('not searched is', () => {
  test('what ignore files name', async () => {
    const root = makeTree({
      ...{ '.gitignore': 'dist/\n*.log\n', 'dist/x.js': 'foo', 'a.log': 'foo', 'a.js': 'foo' },
      ...{ 'sub/.gitignore': '/b.js\n!keep.log\n', 'sub/b.js': 'foo', 'sub/deep/b.js': 'foo', 'sub/keep.log': 'foo' },
      ...{
        '.ignore': 'secret-plans\n',
        'secret-plans/x': 'foo',
        '.git/info/exclude': 'mine.js\n',
        'mine.js': 'foo',
        '.git/config': 'foo',
      },
      '.github/x.yml': 'foo',
    });
    expect(await pathsOf({ roots: [root] })).toEqual(['.github/x.yml', 'a.js', 'sub/deep/b.js', 'sub/keep.log']);
  });

  test('what .spoorignore names, whatever git says', async () => {
    const files = {
      'a.js': 'foo',
      'sub/a.js': 'foo',
      'out/b.js': 'foo',
      'sub/out/c.js': 'foo',
      'd e.js': 'foo',
      '#f.js': 'foo',
      'g.js': 'foo',
    };
    const root = makeTree({
      ...files,
      '.gitignore': '!a.js\n!out/\n',
      '.spoorignore': '# ours\r\n/a.js\r\nout/\n\nd e.js\n\\#f.js\n',
    });
    expect(await pathsOf({ roots: [root] })).toEqual(['g.js', 'sub/a.js']);
  });

  test('what .spoorignore names, with exceptions in it and rules that are no globs', async () => {
    const files = { 'a.md': 'foo', 'keep.md': 'foo', 'b.js': 'foo' };
    expect(await pathsOf({ roots: [makeTree({ ...files, '.spoorignore': '*.md\n!keep.md\n' })] })).toEqual([
      'b.js',
      'keep.md',
    ]);
    expect(await pathsOf({ roots: [makeTree({ ...files, '.spoorignore': '{a\n[b\n*.md\n' })] })).toEqual(['b.js']);
  });

  test('what may hold a secret, even when it is asked for', async () => {
    const root = makeTree({
      ...{
        '.env': 'foo',
        '.ENV.local': 'foo',
        'api/.env.production': 'foo',
        '.env.example': 'foo',
        'tls/Server.PEM': 'foo',
        id_rsa: 'foo',
      },
      ...{
        '.aws/credentials': 'foo',
        'sub/.ssh/config': 'foo',
        '.npmrc': 'foo',
        'ok.ts': 'foo',
        '.gitignore': '!.env\n',
        'prod.env': 'foo',
      },
    });
    expect(await pathsOf({ roots: [root] })).toEqual(['.env.example', 'ok.ts']);
    expect(await pathsOf({ roots: [root], within: ['.', 'api', 'tls', 'sub/.ssh'] })).toEqual([
      '.env.example',
      'ok.ts',
    ]);
    expect(await run({ roots: [root], within: ['.env', 'tls/Server.PEM'] })).toMatchObject({
      ok: false,
      reason: 'denied',
    });
  });

  test('noise, binary files, and files above the limit of size', async () => {
    const root = makeTree({
      ...{
        'package-lock.json': 'foo',
        'x.min.js': 'foo',
        'node_modules/a/x.js': 'foo',
        'sub/node_modules/a/x.js': 'foo',
        'ok.ts': 'foo',
      },
      ...{ 'bin.dat': 'foo\0foo', 'big.txt': 'foo\n'.padEnd(MAX_FILE_BYTES + 1, 'x') },
    });
    expect(await pathsOf({ roots: [root] })).toEqual(['ok.ts']);
  });

  test('what symbolic links lead to', async () => {
    const outside = makeTree({ 'secret.txt': 'foo' });
    const root = makeTree({ 'a.txt': 'foo' });
    symlinkSync(outside, join(root, 'out'));
    symlinkSync(join(outside, 'secret.txt'), join(root, 'link.txt'));
    symlinkSync(root, join(root, 'loop'));
    expect(await pathsOf({ roots: [root] })).toEqual(['a.txt']);
    expect(await run({ roots: [root], within: ['out'] })).toMatchObject({ ok: false, reason: 'denied' });
  });
});

describe('a folder where ignore files leave nothing', () => {
  test('is searched without those of git', async () => {
    const root = makeTree({ '.gitignore': '*\n', 'a.js': 'foo', '.env': 'foo', 'b.md': 'foo', '.ignore': '*.md\n' });
    expect(await pathsOf({ roots: [root] })).toEqual(['a.js']);
  });

  test('is searched without those of a folder above, but with its own', async () => {
    const above = makeTree({
      '.gitignore': '*\n',
      'trees/x/a.js': 'foo',
      'trees/x/b.js': 'foo',
      'trees/x/.gitignore': 'b.js\n',
    });
    expect(await pathsOf({ roots: [join(above, 'trees/x')] })).toEqual(['a.js']);
  });

  test('follows the ignore files of a folder above otherwise', async () => {
    const above = makeTree({ '.git/HEAD': '', '.gitignore': '*.log\n', 'sub/a.js': 'foo', 'sub/b.log': 'foo' });
    expect(await pathsOf({ roots: [join(above, 'sub')] })).toEqual(['a.js']);
  });

  test('stays empty if it is', async () => {
    expect(await valueOf({ roots: [makeTree({})] })).toEqual({
      terms: [{ files: [], matches: 0 }],
      filesSearched: 0,
      bytesSearched: 0,
    });
  });
});

describe('several folders', () => {
  test('are searched under their labels, each by its own rules', async () => {
    const base = makeTree({
      'api/x.ts': 'foo',
      'api/y.ts': 'foo',
      'api/.spoorignore': '/y.ts',
      'web/x.ts': 'foo',
      'web/y.ts': 'foo',
    });
    const roots = [join(base, 'web'), join(base, 'api')];
    expect(await pathsOf({ roots })).toEqual(['api/x.ts', 'web/x.ts', 'web/y.ts']);
    expect((await valueOf({ roots })).filesSearched).toBe(4);
    expect(await pathsOf({ roots, within: ['web/y.ts', 'api'] })).toEqual(['api/x.ts', 'web/y.ts']);
  });

  test('one inside of the other give each file under both', async () => {
    const base = makeTree({ 'x.ts': 'foo', 'inner/y.ts': 'foo' });
    const files = await pathsOf({ roots: [base, join(base, 'inner')] });
    expect(files.filter((path) => path.endsWith('y.ts'))).toHaveLength(2);
  });
});

describe('within', () => {
  const files = {
    'src/a.ts': 'foo',
    'src/b/c.ts': 'foo',
    'test/a.ts': 'foo',
    'top.ts': 'foo',
    'dist/x.js': 'foo',
    '.gitignore': 'dist/\n',
  };

  test.each([
    [['src'], ['src/a.ts', 'src/b/c.ts']],
    [['src/a.ts'], ['src/a.ts']],
    [['src/', 'src/a.ts', 'src/../src', 'top.ts'].slice(0, 2), ['src/a.ts', 'src/b/c.ts']],
    [
      ['top.ts', 'src/b'],
      ['src/b/c.ts', 'top.ts'],
    ],
    [['dist'], ['dist/x.js']],
    [
      ['dist/x.js', 'test'],
      ['dist/x.js', 'test/a.ts'],
    ],
    [['.'], ['src/a.ts', 'src/b/c.ts', 'test/a.ts', 'top.ts']],
  ])('%j', async (within, expected) => {
    expect(await pathsOf({ roots: [makeTree(files)], within })).toEqual(expected);
  });

  test.each([[['..']], [['/etc/passwd']], [['src/../../x']], [['nothing.ts']], [['a\0b']], [[]]])(
    '%j is denied',
    async (within) => {
      expect(await run({ roots: [makeTree(files)], within })).toMatchObject({ ok: false, reason: 'denied' });
    },
  );

  test('tells which paths it could not search', async () => {
    expect(await run({ roots: [makeTree(files)], within: ['src', '../\u001bx', 'gone'] })).toMatchObject({
      ok: true,
      partial:
        '../\uFFFDx and 1 more cannot be searched: not in the workspace, or kept secret. Name paths of the workspace.',
    });
  });

  test('takes more files than one command line holds', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => `some/rather/long/folder/name/${i}.ts`);
    const root = makeTree(Object.fromEntries(many.map((path) => [path, 'foo'])));
    expect(await pathsOf({ roots: [root], within: many })).toEqual([...many].sort());
  });

  test('names binary files to no harm', async () => {
    const root = makeTree({
      'a.bin': 'foo\0foo',
      'b.txt': 'foo',
      'c.bin': `foo\n${'x\n'.repeat(100_000)}\0`,
      'd.txt': 'foo',
      'e\n.bin': '\0foo',
    });
    expect(await pathsOf({ roots: [root], within: ['a.bin', 'b.txt', 'c.bin', 'd.txt', 'e\n.bin'] })).toEqual([
      'b.txt',
      'c.bin',
      'd.txt',
    ]);
  });

  test('reaches docs outside of the workspace', async () => {
    const docs = makeTree({ 'guide/x.md': 'foo', 'y.md': 'foo' });
    const workspace = Workspace.open([makeTree({ 'a.md': 'foo' })]);
    workspace.addDocsRoot('lib', docs);
    const tool = createGrepTool({ workspace });
    for (const [within, paths] of [
      [['~docs/lib'], ['~docs/lib/guide/x.md', '~docs/lib/y.md']],
      [
        ['~docs/lib/guide/x.md', 'a.md'],
        ['a.md', '~docs/lib/guide/x.md'],
      ],
    ] as const) {
      const result = await tool.search({ terms: [termOf('foo')!], within }, context());
      expect(result).toMatchObject({ ok: true, value: { terms: [{ files: paths.map((path) => ({ path })) }] } });
    }
  });
});

describe('a search that cannot be whole', () => {
  const endless = `yes 'foo' | head -c 200000000`;

  test('is cancelled with no process left', async () => {
    const controller = new AbortController();
    const rg = makeProgram(`printf './a.txt\\0001:foo\\n'; exec sleep 60`);
    const search = run({ roots: [makeTree({ 'a.txt': 'foo' })], rg, context: context(20_000, controller.signal) });
    expect(runningChildren()).toBe(1);
    controller.abort();
    expect(await search).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(runningChildren()).toBe(0);
  });

  test('is not begun when it is cancelled already', async () => {
    expect(
      await run({ roots: [makeTree({ 'a.txt': 'foo' })], context: context(20_000, AbortSignal.abort()) }),
    ).toMatchObject({ reason: 'cancelled' });
  });

  test('by its deadline gives what it has', async () => {
    const rg = makeProgram(`printf './a.txt\\0001:foo\\n'; exec sleep 60`);
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], rg, context: context(1500) })).toMatchObject({
      ok: true,
      partial: expect.stringContaining('ran out of time'),
      value: { filesSearched: 1, bytesSearched: 3, terms: [{ matches: 1 }] },
    });
  });

  test('by its deadline with nothing found fails', async () => {
    const rg = makeProgram(`exec sleep 60`);
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], rg, context: context(300) })).toMatchObject({
      ok: false,
      reason: 'timeout',
    });
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], context: context(0) })).toMatchObject({
      ok: false,
      reason: 'timeout',
    });
  });

  test('by the size of its output gives what it has', async () => {
    const rg = makeProgram(`printf './a.txt\\0'; ${endless} | sed 's/^/1:/'`);
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], rg })).toMatchObject({
      ok: true,
      partial: expect.stringContaining('too many lines'),
    });
  });

  test('by errors about single files gives the rest', async () => {
    const rg = makeProgram(`"$RG" "$@"; printf 'rg: ./x\\033: Permission denied\\n' >&2; exit 2`);
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], rg })).toMatchObject({
      ok: true,
      partial: 'Some files could not be searched (rg: ./x\uFFFD: Permission denied).',
      value: { terms: [{ matches: 1 }] },
    });
  });

  test('by an error of the program fails with its words', async () => {
    const rg = makeProgram(`echo 'rg: bad day' >&2; exit 2`);
    expect(await run({ roots: [makeTree({ 'a.txt': 'foo' })], rg })).toEqual({
      ...{ ok: false, reason: 'failed' },
      message: 'The search program ended with an error: rg: bad day.',
    });
  });

  test('by the number of its terms leaves out the last ones', async () => {
    const words = Array.from(
      { length: MAX_LITERALS },
      (_, i) => `w${'abcdefghij'[i % 10]!.repeat(2)}${'klmnopqrst'[Math.floor(i / 10) % 10]!.repeat(2)}`,
    );
    const terms = [...new Set(words)].concat(['foo']);
    const result = await run({ roots: [makeTree({ 'a.txt': `${words[0]!} foo` })], terms });
    expect(result).toMatchObject({
      ok: true,
      partial: expect.stringMatching(/^Only the first \d+ of \d+ terms were searched\.$/),
    });
    expect(
      result.ok && [result.value.terms.length, result.value.terms[0]!.matches, result.value.terms.at(-1)!.matches],
    ).toEqual([terms.length, 1, 0]);
  });
});

describe('without', () => {
  test('ripgrep it says so', async () => {
    const root = makeTree({ 'a.txt': 'foo' });
    expect(await run({ roots: [root], rg: '/nowhere/rg' })).toMatchObject({ ok: false, reason: 'missing' });
    const broken = makeProgram('');
    writeFileSync(broken, '#!/nowhere/interpreter\n');
    expect(await run({ roots: [root], rg: broken })).toMatchObject({
      ok: false,
      reason: 'missing',
      message: expect.stringContaining(broken),
    });
  });

  test('its folder it says so', async () => {
    const base = makeTree({ 'in/a.txt': 'foo' });
    const tool = createGrepTool({ workspace: Workspace.open([join(base, 'in')]) });
    renameSync(join(base, 'in'), join(base, 'out'));
    expect(await tool.search({ terms: [termOf('foo')!] }, context())).toMatchObject({
      ok: false,
      reason: 'failed',
      message: expect.stringContaining('no longer there'),
    });
  });

  test('terms it finds nothing', async () => {
    expect(await valueOf({ roots: [makeTree({ 'a.txt': 'foo' })], terms: [] })).toEqual({
      terms: [],
      filesSearched: 0,
      bytesSearched: 0,
    });
  });
});

test.runIf(process.platform !== 'win32')('an ignore file that never ends stops nothing but the search', async () => {
  const root = makeTree({ 'a.txt': 'foo' });
  execFileSync('mkfifo', [join(root, '.spoorignore')]);
  expect(await pathsOf({ roots: [root] })).toEqual(['a.txt']);
  rmSync(join(root, '.spoorignore'));
  mkdirSync(join(root, 'sub'));
  execFileSync('mkfifo', [join(root, 'sub/.gitignore')]);
  const result = await run({ roots: [root], context: context(1000) });
  expect(result.ok ? result.partial : result.reason).toMatch(/time/);
});
