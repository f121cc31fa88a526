/**
 * Choosing tasks by difficulty (R1-Searcher, arXiv 2503.05592, section 3.1): a task is graded by the rollouts that the
 * starting policy needs until the first that solves it. Easy tasks are left out, stage 1 learns from medium ones, stage
 * 2 from medium and hard ones.
 */
import { shuffle } from '#core/rl/shuffle.ts';
import type { Rng } from '#core/rl/types.ts';

export type Difficulty = 'easy' | 'medium' | 'hard';

export interface DifficultyBounds {
  /** Tasks solved sooner are easy. */
  readonly mediumFrom: number;
  /** Tasks solved later, or never, are hard. */
  readonly mediumTo: number;
}

/** Of the paper: easy below 10 rollouts, medium from 10 to 20, hard above 20. */
export const PAPER_BOUNDS: DifficultyBounds = { mediumFrom: 10, mediumTo: 20 };

/**
 * @param solved whether each rollout solved the task, in the order played; it may end with the first that did.
 * @throws RangeError where nothing was solved and too little was played to call the task hard.
 */
export function gradeTask(solved: readonly boolean[], bounds: DifficultyBounds = PAPER_BOUNDS): Difficulty {
  const first = solved.indexOf(true) + 1;
  if (first === 0 && solved.length < bounds.mediumTo)
    throw new RangeError(
      `${solved.length} rollouts without a solution do not show how hard a task is: play ${bounds.mediumTo} of them.`,
    );
  if (first === 0 || first > bounds.mediumTo) return 'hard';
  return first < bounds.mediumFrom ? 'easy' : 'medium';
}

export interface GradedTask {
  /** Id. */
  readonly task: string;
  readonly difficulty: Difficulty;
}

/** Which difficulties a stage learns from. */
const STAGE_DIFFICULTIES: Record<1 | 2, readonly Difficulty[]> = { 1: ['medium'], 2: ['medium', 'hard'] };

/** At most `count` tasks for a stage, drawn evenly among those of its difficulties. */
export function selectTasks(graded: readonly GradedTask[], stage: 1 | 2, count: number, rng: Rng): readonly string[] {
  const fitting = graded.filter(({ difficulty }) => STAGE_DIFFICULTIES[stage].includes(difficulty));
  return shuffle(fitting, rng)
    .slice(0, count)
    .map(({ task }) => task);
}
