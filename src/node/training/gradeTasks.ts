/**
 * Grades tasks by how often the starting policy solves them (R1-Searcher, arXiv 2503.05592, section 3.1). First it is
 * checked that the tools can come to a task's gold at all: what cannot be found cannot be learned from. A task without
 * a world gets no grade: it may have one when the run goes on.
 *
 * Tasks are graded in portions, and a portion is written when it is whole: a stopped run goes on with the next. Within
 * a portion no task is played longer than it takes to tell easy from medium, then medium from hard.
 */
import { gradeTask, type DifficultyBounds } from '#core/rl/difficulty.ts';
import type { PlayedEpisode } from '#core/rl/episode.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';
import type { GradeFile, GradeRow } from '#node/training/grades.ts';

export interface Grading<T extends { readonly id: string }> {
  readonly tasks: readonly T[];
  readonly bounds: DifficultyBounds;
  readonly seed: number;
  /** Plays with the starting policy; `solved` of an episode's measures is 1 if it solved its task. */
  readonly play: (
    jobs: readonly { readonly task: string; readonly seed: number; readonly count: number }[],
  ) => Promise<readonly (readonly PlayedEpisode[])[]>;
  readonly hasWorld: (task: T) => boolean;
  /** Whether the tools can come to what answers the task, which has a world. */
  readonly isReachable: (task: T) => Promise<boolean>;
  /** Tasks that were looked at, of all. */
  readonly onGraded: (done: number, total: number) => void;
}

const PORTION = 64;

/** Adds the grades that the file lacks. */
export async function gradeTasks<T extends { readonly id: string }>(
  grading: Grading<T>,
  grades: GradeFile,
): Promise<void> {
  const { tasks, hasWorld, onGraded } = grading;
  const indexed = tasks.map((task, index) => ({ task, index }));
  const open = indexed.filter(({ task }) => !grades.rows.has(task.id));
  onGraded(tasks.length - open.length, tasks.length);
  for (let first = 0; first < open.length; first += PORTION) {
    const portion = open.slice(first, first + PORTION).filter(({ task }) => hasWorld(task));
    grades.append(await gradePortion(portion, grading));
    onGraded(tasks.length - open.length + Math.min(first + PORTION, open.length), tasks.length);
  }
}

interface Graded<T> {
  readonly task: T;
  /** Among all tasks: what its chance comes from. */
  readonly index: number;
}

async function gradePortion<T extends { readonly id: string }>(
  portion: readonly Graded<T>[],
  { bounds, seed, play, isReachable }: Grading<T>,
): Promise<GradeRow[]> {
  const reachable = await inOrder(portion, ({ task }) => isReachable(task));
  const solved = new Map<string, boolean[]>();
  for (const [index, { task }] of portion.entries()) if (reachable[index]) solved.set(task.id, []);
  for (const upTo of [bounds.mediumFrom - 1, bounds.mediumTo]) {
    const jobs = portion
      .filter(({ task }) => solved.get(task.id)?.includes(true) === false)
      .map(({ task, index }) => {
        const played = solved.get(task.id)!.length;
        return { task: task.id, seed: deriveSeed(seed, index, played), count: upTo - played };
      })
      .filter(({ count }) => count > 0);
    for (const [index, episodes] of (await play(jobs)).entries())
      solved.get(jobs[index]!.task)!.push(...episodes.map(isSolved));
  }
  return portion.map(({ task: { id } }) => rowOf(id, solved.get(id), bounds));
}

function isSolved({ task, measures }: PlayedEpisode): boolean {
  const { solved } = measures;
  if (solved === undefined) throw new Error(`The player does not say whether its episodes of ${task} solved it.`);
  return solved === 1;
}

function rowOf(task: string, solved: readonly boolean[] | undefined, bounds: DifficultyBounds): GradeRow {
  if (!solved) return { task, grade: 'unreachable' };
  const solvedAt = solved.indexOf(true) + 1;
  return { task, grade: gradeTask(solved, bounds), ...(solvedAt && { solvedAt }) };
}

async function inOrder<V, R>(values: readonly V[], act: (value: V) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await act(value));
  return results;
}
