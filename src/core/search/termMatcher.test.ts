import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matcherOf } from './termMatcher.ts';
import { partsOf, stemOf, termOf, type Term } from './words.ts';

const term = (text: string): Term => termOf(text)!;

function countsOf(texts: readonly string[], line: string): number[] {
  const counts = new Uint32Array(texts.length);
  const sum = matcherOf(texts.map(term)).count(line, 0, line.length, counts);
  expect(sum).toBe([...counts].reduce((a, b) => a + b, 0));
  return [...counts];
}

describe('a term of one part', () => {
  test.each([
    ['retries', 'maxRetry = retry_count + RETRIES', 3],
    ['retries', 'pretty retribution', 0],
    ['hope', 'hoping HOPED hope, hopper', 3],
    ['visible', 'visibility isVisible', 2],
    ['visibility', 'visible VISIBLE', 2],
    ['use', 'uses using user status', 2],
    ['http', 'getHTTPResponse HttpError https', 3],
    ['404', 'code404 4040 v404x', 2],
    ['i', 'i, I and iOS is', 3],
    ['straße', 'Straße STRASSE straßen', 1],
    ['größe', 'GRÖSSE Größe maxGröße', 2],
    ['имя', 'Имя файла, ИМЯ', 2],
    ['文件', '打开 文件 文件名', 1],
  ])('%s in %j', (text, line, count) => {
    expect(countsOf([text], line)).toEqual([count]);
  });
});

describe('a term of several parts', () => {
  test.each([
    ['withBackoff', 'withBackoff WithBackoff with_backoff WITH_BACKOFF with-backoff withbackoff', 6],
    ['withBackoff', 'With-Backoff, with backoff, with.backoff, WITHBACKOFF', 4],
    ['withBackoff', 'with  backoff with__backoff withBackoffs wiThBackoff herewithbackoff with', 0],
    ['withBackoff', 'retryWithBackoff2 _with_backoff_', 2],
    ['getHTTPResponse', 'getHttpResponse get_http_response GetHTTPResponse', 3],
    ['setUp', 'setup setUp set_up setups upset', 3],
    ['v2', 'v2 V2 api_v2_test v 2 v22', 4],
    ['a-b-c', 'abc a_b_c aBC ab', 3],
    ['größeÄndern', 'größe_ändern GrößeÄndern', 2],
  ])('%s in %j', (text, line, count) => {
    expect(countsOf([text], line)).toEqual([count]);
  });

  test('is counted beside the terms of its words', () => {
    expect(countsOf(['retryPolicy', 'retry', 'policies'], 'new RetryPolicy(retry)')).toEqual([1, 2, 1]);
  });
});

describe('the range', () => {
  test('is searched and nothing else', () => {
    const counts = new Uint32Array(1);
    expect(matcherOf([term('foo')]).count('foo\nfoo foo\nfoo', 4, 11, counts)).toBe(2);
  });

  test('of a phrase ends at the end of the line', () => {
    const counts = new Uint32Array(1);
    expect(matcherOf([term('foo_bar')]).count('foo\nbar', 0, 3, counts)).toBe(0);
  });
});

const WORDS = [
  ...['retry', 'happy', 'hope', 'use', 'visible', 'possible', 'able', 'stable', 'create', 'relate', 'organize', 'size'],
  ...['trouble', 'hop', 'fly', 'die', 'dye', 'say', 'sky', 'active', 'sensitive', 'frequent', 'generate', 'general'],
  ...[
    'config',
    'parse',
    'format',
    'agree',
    'plaster',
    'sing',
    'control',
    'probate',
    'cease',
    'apology',
    'us',
    'is',
    'file',
  ],
];
const SUFFIXES = [
  ...[
    '',
    's',
    'es',
    'ed',
    'd',
    'ing',
    'er',
    'ers',
    'ation',
    'ations',
    'ational',
    'ity',
    'ities',
    'ly',
    'ness',
    'ment',
    'ful',
  ],
  ...[
    'able',
    'ability',
    'ibility',
    'ive',
    'ization',
    'izer',
    'ic',
    'al',
    'ally',
    'ies',
    'ied',
    'ency',
    'ance',
    'ous',
    'ogy',
  ],
];
const family = (word: string): string[] =>
  [word, word.slice(0, -1)].flatMap((base) => SUFFIXES.map((suffix) => base + suffix));
const cases = (word: string): string[] => [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()];
const vocabulary = fc.constantFrom(...WORDS.flatMap(family).filter(Boolean));

const linesOf = (words: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(words, fc.nat(2), fc.constantFrom('', ' ', '_', '-', '.', '(', '9', 'é')), { maxLength: 12 })
    .map((pieces) => pieces.map(([word, way, glue]) => cases(word)[way]! + glue).join(''));

describe('for any text', () => {
  test('words are found where a part has their stem, and nowhere else', () => {
    fc.assert(
      fc.property(vocabulary, linesOf(vocabulary), (word, line) => {
        const stem = stemOf(word);
        const expected = partsOf(line).filter((part) => (stem.length < 2 ? part === word : stemOf(part) === stem));
        expect(countsOf([word], line)).toEqual([expected.length]);
      }),
      { seed: 42, numRuns: 3000 },
    );
  });

  test('every line with a match holds a literal, and each term counts as if it were alone', () => {
    const terms = fc.array(
      fc.array(vocabulary, { minLength: 1, maxLength: 3 }).map((words) => words.join('_')),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(terms, linesOf(vocabulary), fc.string({ unit: 'grapheme' }), (texts, words, noise) => {
        const line = words + noise;
        const counts = countsOf(texts, line);
        expect(counts).toEqual(texts.map((text) => countsOf([text], line)[0]));
        const { literals } = matcherOf(texts.map(term));
        if (counts.some(Boolean)) expect(literals.some((literal) => line.includes(literal))).toBe(true);
      }),
      { seed: 42, numRuns: 2000 },
    );
  });

  test('literals have no white space but single spaces, and none holds another', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }), (texts) => {
        const { literals } = matcherOf(texts.flatMap((text) => termOf(text) ?? []));
        for (const literal of literals) expect(literal).toMatch(/^[\p{L}\p{N}\p{M}_. -]{1,150}$/u);
        for (const a of literals) expect(literals.filter((b) => a.includes(b))).toEqual([a]);
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

test('terms that no tool could search find nothing', () => {
  const { literals } = matcherOf([
    { text: 'x', parts: ['a\nb'], key: 'x' },
    { text: '', parts: [], key: '' },
  ]);
  expect(literals).toEqual([]);
});

test('a megabyte without a break takes no time to speak of', () => {
  const line = 'aB'.repeat(500_000) + 'é';
  const counts = new Uint32Array(2);
  matcherOf([term('a'), term('ab_ab')]).count(line, 0, line.length, counts);
  expect([...counts]).toEqual([1, 0]);
});
