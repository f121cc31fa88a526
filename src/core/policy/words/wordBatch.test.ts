import { expect, test } from 'vitest';
import { wordBatch, wordPair } from '#core/policy/words/wordBatch.ts';

const first = wordPair([7, 3, 7], { path: [9], names: [], body: [3, 4, 5, 6] })!;
const second = wordPair([3, 8], { path: [], names: [4], body: [9, 10, 11, 4] })!;

test('names each word once and says which pair has it', () => {
  const { feeds, words } = wordBatch([first, second]);
  expect(feeds['askedWords']).toEqual({ data: Int32Array.of(7, 3, 8), shape: [3] });
  expect(feeds['asked']).toEqual({ data: Float32Array.of(1, 1, 0, 0, 1, 1), shape: [2, 3] });
  expect(feeds['readWords']).toEqual({ data: Int32Array.of(9, 3, 4, 5, 6, 10, 11), shape: [7] });
  expect(feeds['path']!.data).toEqual(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  expect(feeds['body']!.data).toEqual(Float32Array.of(0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1));
  expect([...words].sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('pairs that ask the same are right together', () => {
  const { feeds } = wordBatch([first, second, first]);
  expect(feeds['targets']!.data).toEqual(Float32Array.of(0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5));
});

test('leaves out pairs with too little to read', () => {
  expect(wordPair([1], { path: [], names: [], body: [1, 2, 3, 4] })).toBeUndefined();
  expect(wordPair([1, 2], { path: [5], names: [6], body: [1, 2, 3, 3] })).toBeUndefined();
});
