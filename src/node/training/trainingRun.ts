/**
 * A training run from what its folder holds to its end: grade the tasks, choose those to learn from, iterate, export.
 *
 * Between two iterations a run is its checkpoint and nothing else. Taken up again, it begins where the last checkpoint
 * was written and takes the same way to the last bit; what the metrics file has beyond that is written again.
 */
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import type { Task } from '#core/agent/task.ts';
import { alarms, DEFAULT_ALARM_BOUNDS, type Alarm } from '#core/rl/alarms.ts';
import type { PlayedEpisode } from '#core/rl/episode.ts';
import {
  trainIteration,
  type LearningPorts,
  type PlayJob,
  type RejectedSettings,
  type TrainingState,
} from '#core/rl/iteration.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { Replay } from '#core/rl/tapered.ts';
import { writeCheckpoint } from '#node/training/checkpoints.ts';
import { chooseTasks } from '#node/training/chooseTasks.ts';
import { configHash, type TrainingConfig } from '#node/training/config.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import type { ReplayTask } from '#node/training/replayEpisode.ts';
import { openRolloutPool, type RolloutPool } from '#node/training/rolloutPool.ts';
import type { RunFolder } from '#node/training/runFolder.ts';
import { beginState } from '#node/training/runState.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';

export interface TrainingRun<E extends PlayedEpisode = PlayedEpisode> extends Trainable<E> {
  readonly folder: RunFolder;
  readonly config: TrainingConfig;
  readonly tasks: readonly Task[];
  readonly watch: RunWatcher;
  readonly nowMs: () => number;
  /** Aborted to stop the run after a last checkpoint. */
  readonly signal: AbortSignal;
  /** [P] of the policy that the KL goes to; that which the run began with by default. */
  readonly reference?: Float32Array;
  /** Asked before each iteration: true ends the run as finished, although there are iterations left. */
  readonly isOver?: (iteration: number) => boolean;
  /** Awaited before each task that is played and each step that is learned; nothing waits by default. Never rejects. */
  readonly gate?: () => Promise<void>;
  /** Of the ids of the chosen tasks those to draw from: one that stands there twice is drawn twice as often. */
  readonly drawnFrom?: (chosen: readonly string[]) => readonly string[];
  readonly rejected?: RejectedEpisodes;
  /** Has a function called when the process is about to end. It does not wait, and returns the iteration it saved. */
  readonly onStop: (save: () => number) => void;
}

/** What other policies played, and people rejected: replayed in the worlds of these tasks. */
export interface RejectedEpisodes extends Omit<RejectedSettings, 'ids'> {
  readonly tasks: readonly ReplayTask[];
}

/** Is told what happens, in its order. */
export interface RunWatcher {
  /** Something a person should know, a sentence. */
  note(sentence: string): void;
  grading(done: number, total: number): void;
  /** Learning begins, after so many iterations that were done before. */
  begins(iteration: number): void;
  /** Episodes of the iteration that were played, of those that it will have. */
  played(episodes: number, total: number): void;
  iteration(metrics: IterationMetrics, timing: IterationTiming): void;
}

export interface IterationTiming {
  readonly ms: number;
  /** Of these, until the last episode was played. */
  readonly playMs: number;
}

export type RunEnd =
  | { readonly kind: 'finished'; readonly iteration: number }
  | { readonly kind: 'interrupted'; readonly iteration: number }
  | { readonly kind: 'alarmed'; readonly iteration: number; readonly alarms: readonly Alarm[] };

/** Rejects with a sentence when a process died, a job failed or the folder's state does not fit. */
export async function runTraining<E extends PlayedEpisode>(run: TrainingRun<E>): Promise<RunEnd> {
  const { reference, state, notes } = beginState(run);
  for (const note of notes) run.watch.note(note);
  const pool = openRolloutPool<Task, E>({
    workerFile: run.policy.workerFile,
    processes: run.config.processes,
    setup: run.policy.workerSetup(reference),
    ...(run.gate && { gate: run.gate }),
  });
  const stop = (): void => pool.close();
  run.signal.addEventListener('abort', stop);
  const keeper = keepCheckpoints(run, state);
  run.onStop(keeper.save);
  try {
    pool.setParameters(reference);
    const chosen = await chooseTasks(run, (jobs) => playJobs(pool, run.tasks, jobs));
    return await iterate(run, state, run.drawnFrom?.(chosen) ?? chosen, pool, keeper);
  } catch (error) {
    if (!run.signal.aborted) throw error;
    return { kind: 'interrupted', iteration: keeper.save() };
  } finally {
    run.signal.removeEventListener('abort', stop);
    pool.close();
  }
}

async function iterate<E extends PlayedEpisode>(
  run: TrainingRun<E>,
  begun: TrainingState,
  tasks: readonly string[],
  pool: RolloutPool<Task, E>,
  keeper: CheckpointKeeper,
): Promise<RunEnd> {
  const { config, folder, watch } = run;
  const bounds = { ...DEFAULT_ALARM_BOUNDS, searchCap: config.turns * DEFAULT_BUDGET.callsPerTurn };
  const told = new Set<string>();
  const settings = { ...config, tasks, ...(run.rejected && { rejected: rejectedSettings(run.rejected) }) };
  let state = begun;
  watch.begins(state.iteration);
  while (state.iteration < config.iterations && !run.isOver?.(state.iteration)) {
    const clock = startClock(run.nowMs);
    const learned = await trainIteration(state, portsOf(run, pool, clock.played), settings);
    state = learned.state;
    folder.appendMetrics(learned.metrics);
    keeper.reached(state);
    watch.iteration(learned.metrics, clock.timing());
    folder.log(iterationText(learned.metrics, clock.timing()));
    const rung = alarms(state.history, bounds);
    for (const { name, sentence } of rung.filter((alarm) => !told.has(alarm.name))) {
      told.add(name);
      watch.note(sentence);
      folder.log(`Alarm: ${sentence}`);
    }
    const stopping = rung.filter((alarm) => alarm.stops);
    if (stopping.length && config.alarms === 'stop')
      return { kind: 'alarmed', iteration: keeper.save(), alarms: stopping };
  }
  keeper.save();
  writeWholeSync(folder.model, run.policy.exportModel(state.parameters));
  folder.log(`Finished after iteration ${state.iteration}.`);
  return { kind: 'finished', iteration: state.iteration };
}

function portsOf<E extends PlayedEpisode>(
  { config, tasks, policy, watch, gate, rejected }: TrainingRun<E>,
  pool: RolloutPool<Task, E>,
  onPlayed: () => void,
): LearningPorts<E> {
  const total = config.tasksPerIteration * config.groupSize;
  return {
    async gradient(...given) {
      await gate?.();
      return policy.gradient(...given);
    },
    async play(parameters, jobs) {
      let episodes = 0;
      pool.setParameters(parameters);
      const groups = await playJobs(pool, tasks, jobs, (group) => watch.played((episodes += group.length), total));
      onPlayed();
      return groups;
    },
    ...(rejected && { replay: (parameters, ids) => replayRejected(rejected.tasks, pool, parameters, ids) }),
  };
}

const rejectedSettings = ({ tasks, ...settings }: RejectedEpisodes): RejectedSettings => ({
  ...settings,
  ids: tasks.map(({ id }) => id),
});

/** The worlds are those of now: a replay ends where what was done then is not possible any more. */
async function replayRejected<E extends PlayedEpisode>(
  tasks: readonly ReplayTask[],
  pool: RolloutPool<Task, E>,
  parameters: Float32Array,
  ids: readonly string[],
): Promise<Replay<E>[]> {
  pool.setParameters(parameters);
  const drawn = tasks.filter(({ id }) => ids.includes(id));
  const replayed = await pool.play(drawn.map((task) => ({ world: task.id, task, seed: 0, count: 1 })));
  return drawn.map(({ forced }, index) => {
    const episode = replayed[index]![0]!;
    const behaviourLogProbs = Float64Array.from(episode.mask, (_, step) => forced[step]!.logProb);
    return { episode, behaviourLogProbs };
  });
}

function playJobs<E>(
  pool: RolloutPool<Task, E>,
  tasks: readonly Task[],
  jobs: readonly PlayJob[],
  onResult?: (episodes: readonly E[]) => void,
): Promise<(readonly E[])[]> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return pool.play(
    jobs.map(({ task, seed, count }) => ({ world: task, task: byId.get(task)!, seed, count })),
    onResult,
  );
}

interface CheckpointKeeper {
  /** An iteration is done; a checkpoint is written where one is due. */
  reached(state: TrainingState): void;
  /** Writes the last state if it is not written yet, without waiting; its iteration. */
  save(): number;
}

function keepCheckpoints<E extends PlayedEpisode>(run: TrainingRun<E>, begun: TrainingState): CheckpointKeeper {
  let [state, saved] = [begun, begun];
  const save = (): number => {
    const checkpoint = { state, identity: run.policy.identity, configHash: configHash(run.config) };
    if (saved !== state) writeCheckpoint(run.folder.checkpoints, checkpoint);
    saved = state;
    return state.iteration;
  };
  return {
    save,
    reached(next) {
      state = next;
      if (state.iteration % run.config.checkpointEvery === 0) save();
    },
  };
}

function startClock(nowMs: () => number): { played: () => void; timing: () => IterationTiming } {
  const startedMs = nowMs();
  let playedMs = startedMs;
  return {
    played: () => (playedMs = nowMs()),
    timing: () => ({ ms: nowMs() - startedMs, playMs: playedMs - startedMs }),
  };
}

function iterationText({ iteration, reward, episodes }: IterationMetrics, { ms, playMs }: IterationTiming): string {
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  return (
    `Iteration ${iteration}: reward ${reward.toFixed(3)}; ` +
    `${episodes} episodes in ${seconds(playMs)}, learned in ${seconds(ms - playMs)}.`
  );
}
