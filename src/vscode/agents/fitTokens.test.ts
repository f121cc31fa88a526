import { expect, test } from 'vitest';
import { fitTokens } from './fitTokens.ts';

/** A token for every four UTF-16 units, as most tokenizers come near to for code. */
const count = (text: string): Promise<number> => Promise.resolve(Math.ceil(text.length / 4));
const code = Array.from({ length: 50 }, (_, i) => `const line${i} = ${i};`);
const text = ['Found: yes.', '', '[1] `a.ts:1-50`', '````ts', ...code, '```', '````', '', 'Files: `b.ts`.'].join('\n');

test('a text that fits stays whole', async () => {
  expect(await fitTokens(text, 1_000, count)).toBe(text);
});

test.each([60, 100, 200])('within %i tokens it keeps its first lines and closes its fence', async (budget) => {
  const cut = await fitTokens(text, budget, count);
  expect(await count(cut)).toBeLessThanOrEqual(budget);
  expect(cut.startsWith('Found: yes.\n\n[1] `a.ts:1-50`\n````ts\nconst line0 = 0;')).toBe(true);
  expect(cut.split('\n').filter((line) => line.startsWith('````'))).toEqual(['````ts', '````']);
  expect(cut).toMatch(/\n````\nThe rest is left out: [^\n]*$/);
});

test('as much is kept as fits', async () => {
  const cut = await fitTokens(text, 100, count);
  const kept = cut.split('\n').filter((line) => line.startsWith('const')).length;
  const more = [...text.split('\n').slice(0, 4 + kept + 1), ...cut.split('\n').slice(-2)].join('\n');
  expect(await count(more)).toBeGreaterThan(100);
});

test('between two fences nothing is closed', async () => {
  const two = 'one\n```\ncode\n```\n' + 'word '.repeat(100);
  expect(await fitTokens(two, 40, count)).toBe(
    'one\n```\ncode\n```\nThe rest is left out: there is no room for more. Ask for fewer results, or for a part of them.',
  );
});

test('no room gives nothing', async () => {
  expect(await fitTokens(text, 3, count)).toBe('');
});
