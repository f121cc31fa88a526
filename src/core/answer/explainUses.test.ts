import { expect, test } from 'vitest';
import { mostTelling, rankUses, useKind, usesAmong, type NameLine, type PlacedUse } from '#core/answer/explainUses.ts';

test.each<[text: string, kind: string]>([
  ['  await retry(() => send());', 'call'],
  ['const x = new retry();', 'call'],
  ['@retry', 'call'],
  ['<retry />', 'call'],
  ['retry<number>(1)', 'call'],
  ['const x = retry;', 'mention'],
  ['list.map(retry)', 'mention'],
  ['// retry()', 'none'],
  [' * retry()', 'none'],
  ["log('retry');", 'none'],
  ['send(); // retry', 'none'],
  ['x(/* retry */);', 'none'],
  ["import { retry } from './x';", 'import'],
  ["export { retry } from './x';", 'import'],
  ["const retry = require('./x');", 'import'],
  ['module.exports = retry;', 'import'],
  ['export default retry;', 'import'],
  ['  retry,', 'listed'],
  ['export function retry() {', 'definition'],
  ['const retryAll = 1;', 'none'],
  ['$retry()', 'none'],
])('%j is a %s', (text, kind) => expect(useKind(text, 'retry', 'src/a.ts')).toBe(kind));

test('a name that stands alone is a use where no import looks like that', () => {
  expect(useKind('  retry_all', 'retry_all', 'a.rb')).toBe('mention');
  expect(useKind('  retry_all', 'retry_all', 'a.py')).toBe('listed');
});

const line = (text: string): NameLine => {
  const [, path = '', number = '', rest = ''] = /^(\S+?):(\d+) (.*)$/.exec(text)!;
  return { path, line: Number(number), text: rest };
};

test('uses are lines of code in files that can use it', () => {
  const lines = [
    'src/a.ts:1 retry()',
    'docs/a.md:2 retry()',
    'dist/a.js:3 retry()',
    'tools/a.py:4 retry()',
    'src/b.js:5 x = retry',
  ];
  expect(usesAmong(lines.map(line), 'retry', 'src/c.ts').map(({ path }) => path)).toEqual(['src/a.ts', 'src/b.js']);
});

test('calls come first, then sources, then other files', () => {
  const lines = [
    'src/own.ts:9 retry()',
    'src/b.ts:3 x = retry',
    'test/b.ts:1 retry()',
    'src/z.ts:2 retry()',
    'src/b.ts:2 retry()',
  ];
  const ranked = rankUses(lines.map(line), 'retry', { path: 'src/own.ts', start: 1, end: 5 });
  expect(ranked.map(({ path, line: at }) => `${path}:${at}`)).toEqual([
    'src/b.ts:2',
    'src/z.ts:2',
    'src/own.ts:9',
    'test/b.ts:1',
    'src/b.ts:3',
  ]);
});

const placed = (text: string, inside?: string): PlacedUse => ({ use: line(`${text} retry()`), inside });
const chosen = (uses: readonly PlacedUse[]): string[] =>
  mostTelling(uses, 3).map(({ use }) => `${use.path}:${use.line}`);

test('the most telling ones stand in different definitions and files, one of them in a test', () => {
  const uses = [
    placed('src/a.ts:1', 'f'),
    placed('src/a.ts:2', 'f'),
    placed('src/a.ts:9', 'g'),
    placed('src/b.ts:1', 'f'),
    placed('test/b.ts:1'),
  ];
  expect(chosen(uses)).toEqual(['src/a.ts:1', 'src/b.ts:1', 'test/b.ts:1']);
  expect(chosen(uses.slice(0, 4))).toEqual(['src/a.ts:1', 'src/b.ts:1', 'src/a.ts:9']);
});

test('where only tests use it, tests tell', () => {
  const uses = [placed('test/a.ts:1'), placed('test/a.ts:2'), placed('test/b.ts:1'), placed('test/c.ts:1')];
  expect(chosen(uses)).toEqual(['test/a.ts:1', 'test/b.ts:1', 'test/c.ts:1']);
});
