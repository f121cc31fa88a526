import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identifiersIn, partsOf, stemOf, stemsIn, termOf } from '#core/search/words.ts';

describe('parts of an identifier', () => {
  test.each([
    ['getHTTPResponse_code2', ['get', 'http', 'response', 'code', '2']],
    ['max-retries', ['max', 'retries']],
    ['SCREAMING_SNAKE', ['screaming', 'snake']],
    ['XMLParser', ['xml', 'parser']],
    ['utf8', ['utf', '8']],
    ['größeÄndern', ['größe', 'ändern']],
    ['日本語', ['日本語']],
    ['__init__', ['init']],
    ['', []],
    ['$$', []],
  ])('%s', (identifier, parts) => expect(partsOf(identifier)).toEqual(parts));

  test('lose no letter and no digit of ASCII identifiers', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_]{0,40}$/), (identifier) => {
        expect(partsOf(identifier).join('')).toBe(identifier.replaceAll('_', '').toLowerCase());
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

describe('terms', () => {
  test('of one word share the key of their stem', () => {
    expect(termOf('retries')?.key).toBe(termOf('Retry')?.key);
    expect(termOf('retrying')?.key).toBe(termOf('retry')?.key);
  });

  test('of several words keep them in order', () =>
    expect(termOf('withBackoff')).toEqual({ text: 'withBackoff', parts: ['with', 'backoff'], key: 'with backoff' }));

  test('are undefined where there is nothing to search for', () => expect(termOf('---')).toBeUndefined());
});

test('stems of any text are total and lower case', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const stem of stemsIn(text)) expect(stem.length).toBeGreaterThan(0);
      for (const name of identifiersIn(text)) expect(text).toContain(name);
    }),
    { seed: 42, numRuns: 500 },
  );
});

test('a stem is its own stem for words that the stemmer does not know', () => {
  expect(stemOf('größe')).toBe('größe');
  expect(stemOf('x'.repeat(50))).toBe('x'.repeat(50));
});
