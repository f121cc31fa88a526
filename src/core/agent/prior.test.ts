import { expect, test } from 'vitest';
import { EvidencePool } from '#core/agent/pool.ts';
import { kindFactor } from '#core/agent/prior.ts';
import { parseQuestion } from '#core/search/question.ts';

const factor = (path: string, text: string): number => {
  const question = parseQuestion(text);
  return kindFactor(new EvidencePool(question).file(path), question);
};

test.each([
  ['src/upload.ts', 'docs/uploads.md', 'where do we retry failed uploads?'],
  ['src/upload.ts', 'test/upload.test.ts', 'where do we retry failed uploads?'],
  ['src/upload.ts', 'dist/upload.js', 'where do we retry failed uploads?'],
  ['docs/uploads.md', 'CHANGELOG.md', 'where are uploads documented?'],
  ['docs/uploads.md', 'History.md', 'where are uploads documented?'],
])('%s comes before %s for: %s', (first, second, question) =>
  expect(factor(first, question)).toBeGreaterThan(factor(second, question)),
);

test.each([
  ['docs/uploads.md', 'where are uploads documented?'],
  ['CHANGELOG.md', 'which documented release note in the changelog names uploads?'],
])('%s is as good as a source for: %s', (path, question) => expect(factor(path, question)).toBe(1));

test('a test counts for more when the question is about tests', () =>
  expect(factor('test/upload.test.ts', 'where are uploads tested?')).toBeGreaterThan(
    factor('test/upload.test.ts', 'where are uploads?'),
  ));
