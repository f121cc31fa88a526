import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoundDocument } from './documents.ts';
import { readAnswer } from './answerText.ts';
import { isWhole, readTags } from './tags.ts';

const document = (number: number, path: string): FoundDocument => ({
  number,
  span: { path, start: 1, end: 40 },
  head: '',
  body: '',
  tokens: 0,
});
const KNOWN = [document(1, 'src/a.ts'), document(2, 'src/b.ts'), document(3, 'docs/c.md')];
const found = (documents: number[], unknown = 0) => ({ kind: 'answer', documents, unknown });

describe('tags', () => {
  test.each([
    ['<think>x <|begin_of_query|> retry backoff <|end_of_query|>', 'retry backoff'],
    ['<|begin_of_query|>a\tb\t"c" ...<|end_of_query|>', 'a b c'],
    ['<|begin_of_query|> one <|end_of_query|> <|begin_of_query|> two <|end_of_query|>', 'one'],
    ['<|begin_of_query|> cut off at the limit', 'cut off at the limit'],
    ['<|begin_of_query|> first line\nmade up', 'first line'],
    ['<|begin_of_query|> q <|begin_of_documents|> made up', 'q'],
    ['<|begin_of_query|> q <|end_of_query|> <answer>[1]</answer>', 'q'],
  ])('%j searches for %j', (text, query) => {
    expect(readTags(text, KNOWN).move).toEqual({ kind: 'search', queries: [query] });
  });

  test('what a model makes up behind its query is not kept', () => {
    const text = 'so <|begin_of_query|> q <|end_of_query|>\n<|begin_of_documents|>\n[9] lies<|end_of_documents|>';
    expect(readTags(text, KNOWN).text).toBe('so <|begin_of_query|> q <|end_of_query|>');
  });

  test.each(['', 'no tags', '<|begin_of_query|><|end_of_query|>', '<|begin_of_query|> \n x', '<|end_of_query|>'])(
    '%j is no move',
    (text) => expect(readTags(text, KNOWN).move).toBeUndefined(),
  );

  test('an answer is taken up to its end, or as far as it goes', () => {
    expect(readTags('</think><answer> [2] </answer> [3]', KNOWN).move).toEqual(found([2]));
    expect(readTags('<answer> 2, 3', KNOWN).move).toEqual(found([2, 3]));
  });

  test('a query or an answer is whole with its end', () => {
    expect(['<|begin_of_query|> a', '<answer> 1', '<|end_of_query|>', '</answer> <answer>'].map(isWhole)).toEqual(
      Array(4).fill(false),
    );
    expect(['<|begin_of_query|> a <|end_of_query|>', 'x <answer></answer>'].map(isWhole)).toEqual([true, true]);
  });
});

describe('an answer', () => {
  test.each([
    ['[2][1]', found([2, 1])],
    ['The first is [3], then [1, 2] and again [3].', found([3, 1, 2])],
    ['2, 1 and 3', found([2, 1, 3])],
    ['Documents 3 and 1.', found([3, 1])],
    ['[7] [2] [8]', found([2], 2)],
    ['[0] [-1] [99999]', found([], 1)],
    ['It is in src/b.ts, line 30.', found([2])],
    ['In 2019 something else was written.', found([])],
    ['', found([])],
  ])('%j', (text, move) => expect(readAnswer(text, KNOWN)).toEqual(move));

  test.each(['not found', 'Not_found.', 'None', 'Nothing answers this.', 'No document answers.'])(
    '%j says that nothing answers',
    (text) => expect(readAnswer(text, KNOWN)).toEqual({ kind: 'not-found' }),
  );

  test('numbers go before what sounds like nothing', () => {
    expect(readAnswer('not found elsewhere, but [1]', KNOWN)).toEqual(found([1]));
  });
});

test('whatever is written, it is read in no time, and no made-up number counts', () => {
  const piece = fc.constantFrom(
    '<|begin_of_query|>',
    '<|end_of_query|>',
    '<answer>',
    '</answer>',
    '[',
    ']',
    '1',
    '22',
    ' ',
    '\n',
    'and',
    'none',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
      ),
      (text) => {
        const { move } = readTags(text, KNOWN);
        if (move?.kind === 'answer') for (const number of move.documents) expect([1, 2, 3]).toContain(number);
        if (move?.kind === 'search') expect(move.queries[0]).toMatch(/\S/);
      },
    ),
    { seed: 6, numRuns: 500 },
  );
  const startedMs = performance.now();
  for (const bad of ['1', '[', '[ ', '[1,', 'and', '<answer>', '<|begin_of_query|>'])
    readTags(`<answer>${bad.repeat(200_000)}x`, KNOWN);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
