import { describe, expect, test } from 'vitest';
import { mayNameFiles, namedPlaces } from '#core/search/fileMentions.ts';

const FILES = new Set([
  '.oxlintrc.json',
  'Makefile',
  'package.json',
  'src/net/retry.ts',
  'src/net/retry.test.ts',
  'src/index.ts',
  'src/über/lesen.ts',
  'lib/app.py',
  'web/index.ts',
  'web/package.json',
  'web/vite.config.ts',
]);
const named = (question: string, most = 3): string[] =>
  namedPlaces(question, FILES, most).map(({ path, line }) => (line === undefined ? path : `${path}:${line}`));

describe('a question names', () => {
  test.each([
    ['.oxlintrc.json', ['.oxlintrc.json']],
    ['what does `package.json` say?', ['package.json']],
    ['what is in vite.config.ts?', ['web/vite.config.ts']],
    ['Explain src/net/retry.ts:58, please.', ['src/net/retry.ts:58']],
    ['what happens in src/net/retry.ts line 45?', ['src/net/retry.ts:45']],
    ['./src/net/retry.ts#L12-L20', ['src/net/retry.ts:12']],
    ['src\\net\\retry.ts(12,4): error', ['src/net/retry.ts:12']],
    ['and (src/net/retry.test.ts)?', ['src/net/retry.test.ts']],
    ['net/retry.ts', ['src/net/retry.ts']],
    ['why does src/über/lesen.ts fail', ['src/über/lesen.ts']],
    ['what does the Makefile build', ['Makefile']],
    ['    at send (/home/me/shop/src/net/retry.ts:58:12)', ['src/net/retry.ts:58']],
    ['    at file:///home/me/shop/src/net/retry.ts:58:12', ['src/net/retry.ts:58']],
    ['File "/home/me/shop/lib/app.py", line 7, in main', ['lib/app.py:7']],
    ['src/net/retry.ts and src/net/retry.ts:9', ['src/net/retry.ts:9']],
    ['src/net/retry.ts:9 and src/net/retry.ts', ['src/net/retry.ts:9']],
  ])('%s', (question, expected) => {
    expect(named(question)).toEqual(expected);
    expect(mayNameFiles(question)).toBe(true);
  });
});

test.each([
  ['.oxlintrc.json', true],
  ['`package.json`?', true],
  ['what does package.json say?', true],
  ['and how does src/net/retry.ts wait?', true],
  ['Fix src/net/retry.ts', true],
  ['Fix the Makefile on Windows', false],
  ['where is package.json read?', false],
  ['and where is src/net/retry.ts:5 tested?', false],
])('whether "%s" is about the file: %s', (question, isTopic) => {
  expect(namedPlaces(question, FILES, 3)).toMatchObject([{ isTopic }]);
});

describe('a question names no file', () => {
  test.each([
    'where are uploads retried?',
    'how does Node.js resolve e.g. modules, and what of req.query?',
    'what is in index.ts?',
    'https://example.com/src/net/retry.ts',
    'see [this](https://example.com/src/net/retry.ts) and git+https://example.com/package.json',
    'at run (/home/me/shop/node_modules/net/src/net/retry.ts:58:12)',
    'File "/usr/lib/python3/site-packages/lib/app.py", line 7',
    'node:src/net/retry.ts',
    'src/net/absent.ts',
    '../src/net/retry.txt',
    'Retry.ts',
    '',
    '/',
    '///:::',
  ])('%s', (question) => expect(named(question)).toEqual([]));

  test('which it only has far behind its first line', () => {
    const log = 'x '.repeat(200);
    expect(named(`Uploads fail\n${log}\nsee package.json`)).toEqual([]);
    expect(named(`package.json is ignored\n${log}`)).toEqual(['package.json']);
    expect(named(`Uploads fail\n${log}\n  at send (src/net/retry.ts:58:12)`)).toEqual(['src/net/retry.ts:58']);
  });

  test('beyond what is asked for', () =>
    expect(named('package.json Makefile src/index.ts web/index.ts', 2)).toEqual(['package.json', 'Makefile']));
});

test('a question names no file that may not be read, and another one in its place', () => {
  const question = 'package.json Makefile src/index.ts';
  expect(namedPlaces(question, FILES, 1, (path) => path !== 'package.json')).toMatchObject([{ path: 'Makefile' }]);
});

test('texts of any kind take linear time', () => {
  for (const piece of ['/', '.', 'a/', 'a.', '(', ':1', '\\', '"', '#L1', 'ü/ü.ü '])
    expect(Array.isArray(named(piece.repeat(200_000 / piece.length)))).toBe(true);
});
