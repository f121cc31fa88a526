import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '#core/agent/action.ts';
import { callsOf, countCalls } from '#core/agent/turn.ts';
import { parseQuestion } from '#core/search/question.ts';
import { termOf } from '#core/search/words.ts';

const span = { path: 'a.ts', start: 1, end: 9 };
const actions = fc.array(
  fc.constantFrom<Action>(
    { kind: 'grep', term: termOf('retry')!, origin: 'question', lead: 1 },
    { kind: 'symbols', name: 'withBackoff' },
    { kind: 'docs' },
    { kind: 'history' },
    { kind: 'co-change' },
    { kind: 'read', span, candidate: 0 },
  ),
  { maxLength: 40 },
);

test('calls are counted as they are packed, and every action is in one of them', () => {
  fc.assert(
    fc.property(actions, fc.integer({ min: 1, max: 9 }), (chosen, termsPerGrep) => {
      const calls = callsOf(chosen, parseQuestion('retry failed uploads'), termsPerGrep);
      expect(calls).toHaveLength(countCalls(chosen, termsPerGrep));
      expect(calls.flatMap((call) => call.actions)).toHaveLength(chosen.length);
      for (const { what } of calls) expect(what.length).toBeGreaterThan(0);
    }),
    { seed: 42, numRuns: 300 },
  );
});
