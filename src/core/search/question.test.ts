import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_QUESTION_TERMS, parseQuestion, pathStems } from '#core/search/question.ts';

const keys = (text: string): string[] => parseQuestion(text).terms.map(({ term }) => term.key);

describe('a question', () => {
  test('loses the words that say nothing', () => {
    const found = keys('Where is the place in which we retry failed uploads?');
    expect(found).toEqual(expect.arrayContaining(['retri', 'fail', 'upload']));
    expect(found).not.toContain('where');
    expect(found).not.toContain('the');
  });

  test('keeps names whole and in parts, the whole name first', () => {
    const { terms, names } = parseQuestion('what calls withBackoff and max_permits?');
    expect(names).toEqual(['withBackoff', 'max_permits']);
    expect(terms[0]).toMatchObject({ isName: true });
    expect(terms.map(({ term }) => term.key)).toEqual(
      expect.arrayContaining(['with backoff', 'backoff', 'max permit', 'permit']),
    );
  });

  test('weighs the first line more than what follows it', () => {
    const weights = new Map(
      parseQuestion('semaphore permits\n\nthe pool of workers').terms.map(({ term, weight }) => [term.key, weight]),
    );
    expect(weights.get('semaphor')).toBeGreaterThan(weights.get('pool')!);
  });

  test('finds the paths that it spells out', () => {
    expect(parseQuestion('bug in src/net/Upload.ts and utils.py').paths).toEqual(['src/net/upload.ts', 'utils.py']);
  });

  test.each([
    ['where is the upload tested?', true, false],
    ['where is this documented?', false, true],
    ['the latest upload contest', false, false],
  ])('%s', (text, asksTests, asksDocs) => expect(parseQuestion(text)).toMatchObject({ asksTests, asksDocs }));

  test('of any text is taken apart without a crash, in bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { terms } = parseQuestion(text);
        expect(terms.length).toBeLessThanOrEqual(MAX_QUESTION_TERMS);
        expect(new Set(terms.map(({ term }) => term.key)).size).toBe(terms.length);
        for (const { weight } of terms) expect(weight).toBeGreaterThan(0);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  test('of a megabyte is looked at up to its limit', () => {
    expect(parseQuestion(`retry ${'a/'.repeat(500_000)}`)).toMatchObject({
      terms: [{ term: { key: 'retri' } }],
      paths: [],
    });
    expect(parseQuestion(`${'x '.repeat(10_000)} upload`).terms).toEqual([]);
  });
});

test('a path has the words of its name and of its folders', () => {
  const { name, folders } = pathStems('src/netUtils/uploadQueue.ts');
  expect([...name]).toEqual(expect.arrayContaining(['upload', 'ts']));
  expect([...name]).not.toContain('net');
  expect([...folders]).toContain('net');
});
