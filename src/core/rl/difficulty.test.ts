import { expect, test } from 'vitest';
import { gradeTask, PAPER_BOUNDS, selectTasks, type GradedTask } from '#core/rl/difficulty.ts';
import { createRng } from '#core/rl/rng.ts';

/** A task solved by the rollout of this number first, or by none of `played`. */
const played = (count: number, first?: number): boolean[] =>
  Array.from({ length: count }, (_, index) => index + 1 === first);

test.each([
  [played(1, 1), 'easy'],
  [played(20, 9), 'easy'],
  [played(10, 10), 'medium'],
  [played(20, 20), 'medium'],
  [played(21, 21), 'hard'],
  [played(20), 'hard'],
  [played(64), 'hard'],
] as const)('the paper grades %# by the first rollout that solves it', (solved, expected) => {
  expect(gradeTask(solved)).toBe(expected);
});

test('bounds of one’s own', () => {
  const bounds = { mediumFrom: 2, mediumTo: 8 };
  expect(gradeTask([true], bounds)).toBe('easy');
  expect(gradeTask([false, true], bounds)).toBe('medium');
  expect(gradeTask(played(8), bounds)).toBe('hard');
});

test('too few rollouts to call a task hard are refused with what to do', () => {
  expect(() => gradeTask(played(19))).toThrow(/19 rollouts .* play 20/);
  expect(PAPER_BOUNDS.mediumTo).toBe(20);
});

const graded: GradedTask[] = Array.from({ length: 90 }, (_, index) => ({
  task: `t${index}`,
  difficulty: (['easy', 'medium', 'hard'] as const)[index % 3]!,
}));
const gradesOf = (tasks: readonly string[]): string[] =>
  [...new Set(tasks.map((id) => graded.find(({ task }) => task === id)!.difficulty))].toSorted();

test('stage 1 learns from medium tasks, stage 2 from medium and hard ones', () => {
  expect(gradesOf(selectTasks(graded, 1, 90, createRng(1)))).toEqual(['medium']);
  expect(gradesOf(selectTasks(graded, 2, 90, createRng(1)))).toEqual(['hard', 'medium']);
  expect(selectTasks(graded, 2, 90, createRng(1))).toHaveLength(60);
});

test('the same seed draws the same tasks, another seed others; none twice', () => {
  const drawn = selectTasks(graded, 2, 20, createRng(7));
  expect(new Set(drawn).size).toBe(20);
  expect(selectTasks(graded, 2, 20, createRng(7))).toEqual(drawn);
  expect(selectTasks(graded, 2, 20, createRng(8))).not.toEqual(drawn);
});
