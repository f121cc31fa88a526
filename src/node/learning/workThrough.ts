/** Has tasks worked through by several processes, a task at a time each, within a time. */
import { join } from 'node:path';
import { LearningError } from '#node/learning/learningError.ts';
import type { LearningControls } from '#node/learning/learningPlan.ts';
import type { ScopedTask, Stuck, WorkResult, WorkSetup } from '#node/learning/learningPlayer.ts';
import { ownFolder } from '#node/ownFolder.ts';
import { openRolloutPool, type RolloutPool } from '#node/training/rolloutPool.ts';

export interface Working {
  readonly setup: WorkSetup;
  /** A module that serves such work; `learningWorker.ts` by default. */
  readonly workerFile?: string | URL;
  /** [P] of the policy that answers; empty where nothing is answered. */
  readonly parameters: Float32Array;
  readonly processes: number;
  readonly controls: Pick<LearningControls, 'signal' | 'gate'>;
  /** Asked before each task: true leaves out those that are not begun. */
  readonly isOver?: () => boolean;
  readonly onResult: (task: ScopedTask, result: WorkResult) => void;
}

/**
 * Tasks of one commit go to one process where that costs no waiting; else their order is kept. A process that dies fails
 * the task that it was at. Rejects when processes die again and again, or when a result cannot be kept; stops without a
 * word when the signal is aborted.
 */
export async function workThrough(tasks: readonly ScopedTask[], working: Working): Promise<void> {
  const hands: Hands = { waiting: [...tasks], deathsLeft: MOST_DEATHS, isEnded: false };
  const count = Math.max(1, Math.min(working.processes, tasks.length));
  const lanes = Array.from({ length: count }, (): Lane => ({ state: undefined, pool: undefined }));
  const close = (): void => {
    hands.isEnded = true;
    for (const { pool } of lanes) pool?.close();
  };
  working.controls.signal.addEventListener('abort', close);
  try {
    await Promise.all(lanes.map((lane) => workIn(lane, lanes, hands, working)));
  } finally {
    working.controls.signal.removeEventListener('abort', close);
    close();
  }
}

/** Of one process; it is started with its first task. */
interface Lane {
  /** What was laid out for its last task. */
  state: string | undefined;
  pool: RolloutPool<ScopedTask, WorkResult | Stuck> | undefined;
}

/** What they have in common. */
interface Hands {
  readonly waiting: ScopedTask[];
  deathsLeft: number;
  /** Stopped, done, or another one could not go on: what a task comes to then is no result. */
  isEnded: boolean;
}

const MOST_DEATHS = 3;

async function workIn(lane: Lane, lanes: readonly Lane[], hands: Hands, working: Working): Promise<void> {
  for (;;) {
    await working.controls.gate?.();
    if (hands.isEnded || working.controls.signal.aborted || working.isOver?.()) return;
    const task = takeNext(lane, lanes, hands.waiting);
    if (!task) return;
    const result = await resultOf(task, lane, hands, working);
    if (hands.isEnded) return;
    if (result.kind === 'stuck') throw new LearningError(result.message);
    working.onResult(task, result);
  }
}

async function resultOf(task: ScopedTask, lane: Lane, hands: Hands, working: Working): Promise<WorkResult | Stuck> {
  try {
    const [results] = await openLane(lane, working).play([{ task, world: stateOf(task), seed: 0, count: 1 }]);
    return results![0]!;
  } catch (error) {
    lane.pool?.close();
    lane.pool = undefined;
    if (!hands.isEnded && hands.deathsLeft-- === 0) throw error;
    return { kind: 'failed', message: (error as Error).message };
  }
}

function openLane(
  lane: Lane,
  { setup, parameters, workerFile = ownWorker() }: Working,
): RolloutPool<ScopedTask, WorkResult | Stuck> {
  if (lane.pool) return lane.pool;
  lane.pool = openRolloutPool({ workerFile, processes: 1, setup });
  lane.pool.setParameters(parameters);
  return lane.pool;
}

/** One of the state that the process has laid out; else one of a state that no process has; else the next one. */
function takeNext(lane: Lane, lanes: readonly Lane[], waiting: ScopedTask[]): ScopedTask | undefined {
  const own = waiting.findIndex((task) => stateOf(task) === lane.state);
  const free = waiting.findIndex((task) => !lanes.some(({ state }) => state === stateOf(task)));
  const [task] = waiting.splice(own >= 0 ? own : Math.max(free, 0), 1);
  if (task) lane.state = stateOf(task);
  return task;
}

const stateOf = ({ repo, commit }: ScopedTask): string => `${repo} ${commit}`;

const ownWorker = (): string | URL =>
  import.meta.filename?.endsWith('.ts')
    ? new URL('./learningWorker.ts', import.meta.url)
    : join(ownFolder(), 'learningWorker.mjs');
