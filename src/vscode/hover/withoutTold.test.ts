import { expect, test } from 'vitest';
import type { Explanation } from '#core/answer/explanation.ts';
import { withoutTold } from '#vscode/hover/withoutTold.ts';

const explanation = (doc: string): Explanation => ({
  name: 'withBackoff',
  definition: {
    kind: 'function',
    span: { path: 'src/net/retry.ts', start: 8, end: 40 },
    line: 12,
    inside: [],
    signature: 'function withBackoff()',
    doc,
  },
});
const DOC = 'Runs a `task` until it\nsucceeds. Throws the last error.';

test('a doc comment that another hover shows is left out', () => {
  const told = withoutTold(explanation(DOC), '```ts\nfunction withBackoff()\n```\nRuns a `task` until  it succeeds\\.');
  expect(told.definition).not.toHaveProperty('doc');
  expect(told.definition?.signature).toBe('function withBackoff()');
});

test('one that no other hover shows stays', () => {
  for (const hovers of ['', '```ts\nfunction withBackoff()\n```', 'Runs a task until it fails.'])
    expect(withoutTold(explanation(DOC), hovers)).toEqual(explanation(DOC));
});

test('one of signs alone stays as it is', () => {
  expect(withoutTold(explanation('***'), 'anything')).toEqual(explanation('***'));
});
