/** Which tasks a run draws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANSWERS_REPO } from '#core/feedback/feedbackTasks.ts';
import type { Task } from '#core/agent/task.ts';
import { LEARNING_SETTINGS } from '#node/learning/learningSettings.ts';
import { mixed } from '#node/learning/trainPolicy.ts';

const task = (id: string, repo: string): Task => ({
  ...{ id, repo, commit: 'c', source: 'commit', question: id, goldFiles: [], goldSpans: [] },
});
const tasksOf = (answers: number, history: number): Task[] => [
  ...Array.from({ length: answers }, (_, i) => task(`a${i}`, ANSWERS_REPO)),
  ...Array.from({ length: history }, (_, i) => task(`h${i}`, 'history/shop')),
];
const some = fc.integer({ min: 0, max: 60 });

test('answers are drawn as often as wanted, all of them alike, and never more often than bounded', () =>
  fc.assert(
    fc.property(some, some, fc.double({ min: 0.1, max: 0.8, noNaN: true }), (answers, history, answersShare) => {
      const settings = { ...LEARNING_SETTINGS, answersShare };
      const tasks = tasksOf(answers, history);
      const ids = tasks.map(({ id }) => id);
      const drawn = mixed(ids, tasks, settings);
      const times = (id: string): number => drawn.filter((one) => one === id).length;
      for (const { id, repo } of tasks) {
        if (repo === ANSWERS_REPO) expect(times(id)).toBe(times('a0'));
        else expect(times(id)).toBe(1);
      }
      if (answers === 0 || history === 0) {
        expect(drawn).toEqual(ids);
        return;
      }
      expect(times('a0')).toBeLessThanOrEqual(settings.mostRepeats);
      const share = (answers * times('a0')) / drawn.length;
      if (times('a0') < settings.mostRepeats) expect(share).toBeGreaterThanOrEqual(answersShare - 1e-9);
    }),
  ));
