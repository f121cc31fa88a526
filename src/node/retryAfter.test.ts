import { expect, test } from 'vitest';
import { retryAfterMs } from './retryAfter.ts';

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['99999999999', 86_400_000],
  ['soon', undefined],
  [undefined, undefined],
])('a server that says to wait %s means %s ms', (header, expected) =>
  expect(retryAfterMs(header, 10_000)).toBe(expected),
);
