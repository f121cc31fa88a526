import { describe, expect, test } from 'vitest';
import { parseMessage } from './parseMessage.ts';

describe('a message of the panel', () => {
  test.each([
    { type: 'ready' },
    { type: 'ask', question: 'where?', scope: ['src'] },
    { type: 'ask', question: 'why?', scope: [], selection: { path: 'a.ts', start: 1, end: 2, text: 'x' } },
    { type: 'open', id: 'a', number: 1, beside: true },
    { type: 'place', id: 'a' },
    { type: 'place', id: 'a', remove: 0 },
    { type: 'verdict', id: 'a', verdict: 'none' },
    { type: 'remedy', remedy: 'run-doctor' },
    { type: 'remedy', remedy: 'set-model-key' },
    { type: 'write', id: 'a' },
    { type: 'choose-model' },
  ])('is taken: %j', (message) => {
    expect(parseMessage(message)).toEqual(message);
  });

  test.each([
    undefined,
    null,
    'ready',
    [],
    {},
    { type: 'toString' },
    { type: '__proto__' },
    { type: 'ask', question: 1, scope: [] },
    { type: 'ask', question: 'x', scope: 'src' },
    { type: 'ask', question: 'x', scope: [1] },
    { type: 'ask', question: 'x'.repeat(100_001), scope: [] },
    { type: 'ask', question: 'x', scope: [], selection: { path: 'a' } },
    { type: 'open', id: 'a', number: -1, beside: false },
    { type: 'open', id: 'a', number: 1.5, beside: false },
    { type: 'open', id: 'a', number: 1 },
    { type: 'verdict', id: 'a', verdict: 'perhaps' },
    { type: 'write' },
    { type: 'remedy', remedy: 'workbench.action.quit' },
  ])('is refused: %j', (message) => {
    expect(parseMessage(message)).toBeUndefined();
  });

  test('loses what does not belong to it', () => {
    expect(parseMessage({ type: 'cancel', id: 'a', command: 'rm' })).toEqual({ type: 'cancel', id: 'a' });
  });
});
