import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeVocabulary, openVocabulary } from '#core/policy/words/vocabulary.ts';

const counts = new Map([
  ['token', 90],
  ['retry', 80],
  ['2024', 70],
  ['tokenizer', 9],
  ['tokenizers', 8],
  ['retryizer', 7],
]);

describe('makeVocabulary', () => {
  test('keeps the most frequent words, and as pieces what often stands behind them', () => {
    expect(makeVocabulary(counts, 8)).toEqual(['token', 'retry', '2024', 'tokenizer', 'tokenizers', 'retryizer']);
    expect(makeVocabulary(new Map([...counts, ['a', 100]]), 3)).toEqual(['a', 'token', 'retry']);
    const many = new Map([...counts, ...'abcdefghijk'.split('').map((letter): [string, number] => [letter, 99])]);
    expect(makeVocabulary(many, 16).slice(-3)).toEqual(['2024', '+izer', '+izers']);
  });

  test('does not hang on the order in which words were counted', () => {
    const parts = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', 'é', '1') }),
      fc.nat(5),
    );
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 20 }), (dictionary, size) => {
        const entries = Object.entries(dictionary);
        const words = makeVocabulary(new Map(entries), size);
        expect(makeVocabulary(new Map(entries.toReversed()), size)).toEqual(words);
        expect(words.length).toBeLessThanOrEqual(size);
        expect(new Set(words).size).toBe(words.length);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('idsOf', () => {
  const { words, idsOf } = openVocabulary(['token', 'tokenizer', 'retry', '12', '+izer', '+s', '+iz', '+rs']);
  const piecesOf = (part: string) => idsOf(part).map((id) => words[id]);

  test.each([
    ['tokenizer', ['tokenizer']],
    ['retryizer', ['retry', '+izer']],
    ['retryizrs', ['retry', '+iz', '+rs']],
    ['retryx', []],
    ['izer', []],
    ['123', []],
    ['', []],
    [`token${'s'.repeat(40)}`, []],
  ])('reads %s as %j', (part, pieces) => expect(piecesOf(part)).toEqual(pieces));

  test('gives rows of the vocabulary whose letters are those of the part', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('token', 'izer', 'iz', 's', 'r', 'retry', '1') }), (part) => {
        const pieces = piecesOf(part);
        if (pieces.length) expect(pieces.map((piece) => piece!.replace('+', '')).join('')).toBe(part);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
