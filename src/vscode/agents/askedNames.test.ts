import { expect, test } from 'vitest';
import { askedNames } from './askedNames.ts';

test.each([
  ['withBackoff', ['withBackoff']],
  ['`withBackoff`', ['withBackoff']],
  ['retry', ['retry']],
  ['UploadQueue.send, with_backoff()', ['UploadQueue.send', 'with_backoff()']],
  ['std::vector  a->b', ['std::vector', 'a->b']],
  ['größe', ['größe']],
  ['', []],
  ['  ', []],
  ['retry logic', []],
  ['where is withBackoff?', []],
  ['where are uploads retried', []],
  ['a/b.ts', []],
  ['$(touch x)', []],
  ['aB cD eF gH iJ kL mN oP qR', []],
])('%j asks for %j', (text, names) => {
  expect(askedNames(text)).toEqual(names);
});
