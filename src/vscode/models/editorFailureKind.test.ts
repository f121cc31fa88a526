import { expect, test } from 'vitest';
import { editorFailureKind } from './editorFailureKind.ts';

const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name });
const coded = (code: string, message = '', cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });

test.each([
  [coded('NoPermissions'), 'key'],
  [coded('Blocked', 'anything'), 'limit'],
  [coded('NotFound'), 'no-model'],
  [named('Canceled', 'Canceled'), 'cancelled'],
  [named('AbortError', 'This operation was aborted'), 'cancelled'],
  [new Error('Request Failed: 429 Too Many Requests'), 'limit'],
  [new Error('You have exceeded your free quota'), 'limit'],
  [new Error('Request Failed: 401 bad credentials'), 'key'],
  [new Error("This model's maximum context length is 4096 tokens"), 'too-long'],
  [new Error('prompt is too long'), 'too-long'],
  [new Error('Response got filtered.'), 'refused'],
  [new Error('The request timed out'), 'timeout'],
  [coded('', 'fetch failed', coded('ECONNREFUSED')), 'unreachable'],
  [coded('', 'Unknown', new Error('rate limited')), 'limit'],
  [new Error('something else'), 'failed'],
  ['a text', 'failed'],
  [undefined, 'failed'],
  [coded('constructor'), 'failed'],
])('%s is %s', (error, kind) => {
  expect(editorFailureKind(error)).toBe(kind);
});

test('a cause that is its own cause ends', () => {
  const error = new Error('round') as Error & { cause?: unknown };
  error.cause = error;
  expect(editorFailureKind(error)).toBe('failed');
});
