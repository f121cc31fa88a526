import { expect, test } from 'vitest';
import { iterationsFor, LEARNING_SETTINGS } from '#node/learning/learningSettings.ts';

const settings = { iterations: 40, passes: 4, tasksPerIteration: 12 };

test.each([
  [1, 4],
  [10, 4],
  [30, 10],
  [120, 40],
  [5_000, 40],
])('%i tasks are learned from in %i iterations', (tasks, expected) => {
  expect(iterationsFor(tasks, settings)).toBe(expected);
});

test('no more than are allowed, however few these are', () => {
  expect(iterationsFor(500, { ...LEARNING_SETTINGS, iterations: 2 })).toBe(2);
});
