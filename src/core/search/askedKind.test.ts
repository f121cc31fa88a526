import { expect, test } from 'vitest';
import { askedKind } from '#core/search/askedKind.ts';

test.each([
  'and where is it tested?',
  'Where is the query string parser tested?',
  'Is that tested',
  'tested?',
  'How is res.sendFile tested?',
  'and, is it tested?\nWhere are failed uploads tried again?',
  'Which tests cover app.render?',
  'what test checks the checksum',
  'Are there any unit tests for the backoff?',
  'show me the tests',
  'where are its tests?',
  'Show me all tests of the router',
])('asks for tests: %s', (question) => expect(askedKind(question)).toBe('test'));

test.each([
  'and where is it documented?',
  'Is the retry limit documented?',
  'where are the docs?',
  'Show me the docs for uploads',
  'Is there any documentation on jitter?',
  'What do the docs say about limits?',
  'and in the docs?',
])('asks for documents: %s', (question) => expect(askedKind(question)).toBe('docs'));

test.each([
  'Where are failed uploads tried again?',
  'Where is the test runner started?',
  'How are the tests of the router organised?',
  'When is a pattern tested against a path?',
  'Where is a value tested for equality?',
  'Which test for equality is used by the comparer?',
  'Why does the test suite hang after a restart?',
  'Where does the docs generator write its pages?',
  'How is the documentation built?',
  'The flag is undocumented and untested',
  'tests fail on Windows since paths have backslashes',
  'Where is the upload retried?\nIt is tested',
])('asks for neither: %s', (question) => expect(askedKind(question)).toBeUndefined());

test('a long line is looked at quickly', () => {
  const started = performance.now();
  for (const part of ['and ', 'is ', 'tests ', 'show me ', 'the '])
    expect(askedKind(`where ${part.repeat(100_000)} x`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
});
