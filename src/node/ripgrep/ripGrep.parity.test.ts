import { chmodSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ripGrep as ripGrepJs } from 'ripgrep-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { findRipgrep } from './findRipgrep.ts';
import { ripGrep, RipGrepError, type Match, type RipGrepOptions } from './ripGrep.ts';

const root = makeTree({
  ...{
    'a.ts': 'const foo = 1;\nfoo(foo)\r\n',
    'b.js': 'foo\nbar\n',
    'sub/c.ts': '// größe foo\n',
    'sub/d.md': 'Foo\nfo.o\n',
  },
  ...{ '.gitignore': '*.log\n', '.git/HEAD': '', 'x.log': 'foo', 'empty.ts': '' },
});

beforeAll(() => {
  // The package leaves the standard input open, for which today's ripgrep waits: the real one runs with it closed.
  const found = findRipgrep();
  if (!found.ok) throw new Error(found.message);
  const shim = makeTree({ rg: `#!/bin/sh\nexec '${found.value.file}' "$@" </dev/null\n` });
  chmodSync(join(shim, 'rg'), 0o755);
  vi.stubEnv('PATH', `${shim}${delimiter}${process.env['PATH']}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  removeTrees();
});

const byPlace = (matches: readonly Match[]): string[] => matches.map((match) => JSON.stringify(match)).sort();

describe.runIf(process.platform !== 'win32')('both agree on', () => {
  test.each<[string, string | RipGrepOptions]>([
    ['a word', 'foo'],
    ['a word beyond ASCII', 'größe'],
    ['a literal with a point', 'fo.o'],
    ['nothing', 'absent'],
    ['an option', { string: 'foo' }],
    ['a regular expression', { regex: 'fo+' }],
    ['a type of file', { string: 'foo', fileType: 'ts' }],
    ['types of files', { string: 'foo', fileType: ['ts', 'js'] }],
    ['a glob', { string: 'foo', globs: ['*.ts'] }],
    ['globs', { string: 'foo', globs: ['*.ts', '!sub/**'] }],
    ['several lines', { regex: 'foo[^x]bar', multiline: true }],
  ])('%s', async (what, options) => {
    const theirs = await ripGrepJs(root, options as string);
    const ours = await ripGrep(root, options);
    expect(byPlace(ours)).toEqual(byPlace(theirs));
    expect(ours.length > 0).toBe(what !== 'nothing');
  });

  test('missing arguments', async () => {
    await expect(ripGrepJs('', 'foo')).rejects.toThrow('No `cwd` provided');
    await expect(ripGrep('', 'foo')).rejects.toThrow('No `cwd` provided');
    await expect((ripGrep as (cwd: string) => Promise<Match[]>)(root)).rejects.toThrow('No search term provided');
  });

  test('a pattern that ripgrep refuses', async () => {
    await expect(ripGrepJs(root, { regex: '"(x"' })).rejects.toMatchObject({
      stderr: expect.stringContaining('unclosed group'),
    });
    await expect(ripGrep(root, { regex: '(x' })).rejects.toMatchObject({
      stderr: expect.stringContaining('unclosed group'),
    });
  });
});

describe('ours alone', () => {
  test('finds across lines', async () => {
    expect(await ripGrep(root, { regex: 'foo\\nbar', multiline: true })).toMatchObject([
      { path: { text: 'b.js' }, lines: { text: 'foo\nbar\n' } },
    ]);
  });

  test('comes sorted', async () => {
    const places = (await ripGrep(root, 'foo')).map((match) => `${match.path.text}:${match.line_number}`);
    expect(places).toEqual(['a.ts:1', 'a.ts:2', 'b.js:1', 'sub/c.ts:1']);
  });

  test('takes spaces and shell signs as they are', async () => {
    const tree = makeTree({ 'a.txt': 'touch `x` $(touch y) && foo bar' });
    expect(await ripGrep(tree, 'foo bar')).toHaveLength(1);
    expect(await ripGrep(tree, '`x` $(touch y)')).toHaveLength(1);
    expect(existsSync(join(tree, 'y'))).toBe(false);
    expect(await ripGrep(tree, '--files')).toEqual([]);
  });

  test('reads more than a megabyte', async () => {
    expect(await ripGrep(makeTree({ 'a.txt': 'foo bar baz\n'.repeat(20_000) }), 'foo')).toHaveLength(20_000);
  });

  test('leaves secrets out, and decodes what is not UTF-8', async () => {
    const tree = makeTree({ 'key.pem': 'foo', 'a.txt': Buffer.from('foo \xff', 'latin1') });
    expect(await ripGrep(tree, 'foo')).toMatchObject([{ path: { text: 'a.txt' }, lines: { text: 'foo \uFFFD' } }]);
  });

  test('can be cancelled and limited', async () => {
    await expect(ripGrep(root, { string: 'foo', signal: AbortSignal.abort() })).rejects.toThrow(
      'The search was cancelled.',
    );
    await expect(ripGrep(root, { string: 'foo', timeoutMs: 0 })).rejects.toThrow(RipGrepError);
  });

  test('says when ripgrep is missing', async () => {
    vi.stubEnv('SPOOR_RG', '/nowhere/rg');
    await expect(ripGrep(root, 'foo')).rejects.toThrow('/nowhere/rg');
    vi.stubEnv('SPOOR_RG', undefined);
  });
});
