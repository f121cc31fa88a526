/** In which order worlds are recorded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANSWERS_REPO } from '#core/feedback/feedbackTasks.ts';
import type { Task } from '#core/agent/task.ts';
import type { Gathered } from '#node/learning/gathered.ts';
import { recordingOrder } from '#node/learning/recordTasks.ts';

const task = (id: string, repo: string): Task => ({
  ...{ id, repo, commit: id, source: 'commit', question: id, goldFiles: [], goldSpans: [] },
});
const tasks = (name: string, count: number): Task[] =>
  Array.from({ length: count }, (_, i) => task(`${name}${i}`, name.startsWith('a') ? ANSWERS_REPO : 'history/shop'));
const count = fc.integer({ min: 0, max: 40 });

function gathered(learn: readonly [number, number], held: readonly [number, number]): Gathered {
  return {
    learn: [...tasks('a-learn', learn[0]), ...tasks('h-learn', learn[1])],
    held: [
      ...tasks('a-held', held[0]).map((one) => ({ task: one, set: 'answers' as const })),
      ...tasks('h-held', held[1]).map((one) => ({ task: one, set: 'history' as const })),
    ],
    ...{ rejected: [], repositories: new Map(), dropped: [], notes: [] },
    scopes: new Map([['a-learn0', ['src']]]),
  };
}

test('all are recorded once; wherever it ends, there is something to check by and then to learn from', () =>
  fc.assert(
    fc.property(count, count, count, count, (a, b, c, d) => {
      const ids = recordingOrder(gathered([a, b], [c, d])).map(({ id }) => id);
      expect(new Set(ids).size).toBe(a + b + c + d);
      for (let cut = 0; cut <= ids.length; cut++) {
        const done = ids.slice(0, cut);
        const held = done.filter((id) => id.includes('held')).length;
        const learn = done.length - held;
        expect(held).toBeGreaterThanOrEqual(Math.min(c + d, cut, 16));
        if (learn < a + b) expect(held).toBeLessThanOrEqual(16 + learn / 2);
      }
    }),
  ));

test('answers come before the history, the newest first, with their scopes', () => {
  const order = recordingOrder(gathered([2, 2], [2, 1]));
  expect(order.map(({ id }) => id)).toEqual([
    ...['a-held1', 'a-held0', 'h-held0'],
    ...['a-learn1', 'a-learn0', 'h-learn1', 'h-learn0'],
  ]);
  expect(order.map(({ scope }) => scope.length)).toEqual([0, 0, 0, 0, 1, 0, 0]);
});
