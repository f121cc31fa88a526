/** The training of a run: on-policy, stage 2's reward, near to the shipped policy, until the time or the iterations are over. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWERS_REPO } from '#core/feedback/feedbackTasks.ts';
import type { Task } from '#core/agent/task.ts';
import { formatTaskLine } from '#core/agent/taskLine.ts';
import type { CurvePoint } from '#core/learning/learningReport.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { Gathered } from '#node/learning/gathered.ts';
import { iterationsFor, type LearningSettings } from '#node/learning/learningSettings.ts';
import { rejectedTask, type Recorded } from '#node/learning/recordTasks.ts';
import { tellProgress, type RunParts } from '#node/learning/runParts.ts';
import { hasStart, readNewest, readStart } from '#node/training/checkpoints.ts';
import { configHash, parseConfig, type TrainingConfig } from '#node/training/config.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import type { ReplayTask } from '#node/training/replayEpisode.ts';
import { openRunFolder, writeConfig, type RunFolder } from '#node/training/runFolder.ts';
import { createSearchTrainable } from '#node/training/searchTrainable.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { runTraining, type RejectedEpisodes, type RunWatcher } from '#node/training/trainingRun.ts';

export interface Lessons {
  /** With worlds, and such that some search comes to what answers them. */
  readonly tasks: readonly Task[];
  readonly rejected: readonly ReplayTask[];
}

export interface Trained {
  /** The bytes of the new policy's model. */
  readonly model: Uint8Array;
  readonly curves: readonly CurvePoint[];
  readonly notes: readonly string[];
}

/** Two processes with so many stay below half a gigabyte. */
const KEPT_WORLDS = 4;

export const lessonsOf = (gathered: Gathered, { recorded, unreachable }: Recorded): Lessons => ({
  tasks: gathered.learn.filter(({ id }) => recorded.has(id) && !unreachable.has(id)),
  rejected: gathered.rejected
    .filter(({ id }) => recorded.has(id))
    .map(({ id, question, scope, steps }) => ({ ...rejectedTask(id, question, scope), forced: steps })),
});

export const iterationsOf = ({ tasks }: Lessons, settings: LearningSettings): number =>
  iterationsFor(
    mixed(
      tasks.map(({ id }) => id),
      tasks,
      settings,
    ).length,
    settings,
  );

/** Undefined when the signal was aborted: then what was done is kept. `reserveMs`: time that is wanted afterwards. */
export async function trainPolicy(parts: RunParts, lessons: Lessons, reserveMs: number): Promise<Trained | undefined> {
  const { folder, controls, plan, settings } = parts;
  const iterations = iterationsOf(lessons, settings);
  const config = configOf(parts, iterations);
  const notes = soundness(folder.training, config);
  const run = openRun(folder.training, config);
  // Which tasks can be learned from is known already.
  rmSync(run.grades, { force: true });
  writeWholeSync(folder.tasks, lessons.tasks.map((task) => `${formatTaskLine(task)}\n`).join(''));
  if (!existsSync(run.model)) {
    const trainable = await createSearchTrainable(config, { keptWorlds: KEPT_WORLDS });
    const { watch, told } = watcher(parts, iterations);
    const rejected = rejectedEpisodes(lessons, parts);
    try {
      const end = await runTraining({
        ...trainable,
        hasWorld: () => true,
        isReachable: () => Promise.resolve(true),
        folder: run,
        config,
        tasks: lessons.tasks,
        reference: parametersOfFile(readFileSync(folder.shipped)),
        isOver: overtime(parts, reserveMs),
        drawnFrom: (chosen) => mixed(chosen, lessons.tasks, settings),
        ...(rejected && { rejected }),
        ...(controls.gate && { gate: controls.gate }),
        watch,
        nowMs: controls.nowMs,
        signal: controls.signal,
        onStop: () => undefined,
      });
      if (end.kind !== 'finished') return undefined;
    } finally {
      await trainable.policy.close();
    }
    notes.push(...told());
  }
  const { state } = readNewest(run.checkpoints).checkpoint;
  if (state.iteration < iterations)
    notes.push(`The time of ${plan.minutes} minutes was over after ${state.iteration} of ${iterations} steps.`);
  return { model: readFileSync(run.model), curves: state.history.map(curvePoint), notes };
}

/** What cannot be gone on with is taken away, and said. */
function soundness(directory: string, config: TrainingConfig): string[] {
  const checkpoints = join(directory, 'checkpoint');
  if (!hasStart(checkpoints)) return [];
  const fault = faultOf(checkpoints, config);
  if (fault === undefined) return [];
  rmSync(directory, { recursive: true, force: true });
  return [`What had been learned so far ${fault}, so learning was begun anew.`];
}

function faultOf(checkpoints: string, config: TrainingConfig): string | undefined {
  try {
    return readStart(checkpoints).configHash === configHash(config)
      ? undefined
      : 'is of another version of Spoor, or of other settings';
  } catch (error) {
    if (error instanceof TrainingError) return 'was damaged';
    throw error;
  }
}

function openRun(directory: string, config: TrainingConfig): RunFolder {
  mkdirSync(directory, { recursive: true });
  writeConfig(directory, config);
  return openRunFolder(directory);
}

function configOf({ folder, plan, settings, play }: RunParts, iterations: number): TrainingConfig {
  const { tasksPerIteration, groupSize, learningRate, klWeight, entropyWeight, beta, callCost } = settings;
  const learning = { iterations, tasksPerIteration, groupSize, learningRate, klWeight, entropyWeight, beta, callCost };
  const { worlds, turns, without } = play;
  return parseConfig(
    {
      stage: 2,
      tasks: folder.tasks,
      worlds,
      start: folder.start,
      grades: 'none',
      ...learning,
      turns,
      without,
      seed: plan.seed,
      processes: Math.max(1, plan.processes),
      checkpointEvery: 1,
      // The gate decides whether what was learned is of use.
      alarms: 'tell',
    },
    plan.directory,
  );
}

const rejectedEpisodes = ({ rejected }: Lessons, { settings }: RunParts): RejectedEpisodes | undefined =>
  rejected.length === 0
    ? undefined
    : { tasks: rejected, anIteration: settings.rejectedAnIteration, reward: settings.rejectedReward };

/** One iteration is made in any case; another one only if it will be over in time. */
function overtime({ plan, time }: RunParts, reserveMs: number): (iteration: number) => boolean {
  const limitMs = plan.minutes * 60_000 - reserveMs;
  let [first, beganMs]: [number | undefined, number] = [undefined, 0];
  return (iteration) => {
    if (first === undefined) [first, beganMs] = [iteration, time.usedMs()];
    const each = iteration > first ? (time.usedMs() - beganMs) / (iteration - first) : 0;
    return iteration > 0 && time.usedMs() + each > limitMs;
  };
}

/** Answers stand there several times where there are few of them. */
export function mixed(
  chosen: readonly string[],
  tasks: readonly Task[],
  { answersShare, mostRepeats }: RunParts['settings'],
): readonly string[] {
  const ofAnswers = new Set(tasks.filter(({ repo }) => repo === ANSWERS_REPO).map(({ id }) => id));
  const answers = chosen.filter((id) => ofAnswers.has(id));
  const others = chosen.length - answers.length;
  if (answers.length === 0 || others === 0) return chosen;
  const wanted = Math.ceil((answersShare * others) / ((1 - answersShare) * answers.length));
  const repeats = Math.min(Math.max(wanted, 1), mostRepeats);
  return chosen.flatMap((id) => (ofAnswers.has(id) ? Array.from({ length: repeats }, () => id) : [id]));
}

/** Alarms are for those who train models: they stand in the training's own log. */
function watcher(
  parts: RunParts,
  total: number,
): { readonly watch: RunWatcher; readonly told: () => readonly string[] } {
  const { controls } = parts;
  const notes: string[] = [];
  let isLearning = false;
  const watch: RunWatcher = {
    note: (sentence) => void (isLearning || notes.push(sentence)),
    grading: () => undefined,
    begins(iteration) {
      isLearning = true;
      // The last one says how hard the tasks are, which was not asked for.
      notes.pop();
      for (const sentence of notes) controls.emit({ type: 'note', sentence });
      tellProgress(parts, { phase: 'train', done: iteration, total });
    },
    played: () => undefined,
    iteration(metrics) {
      controls.emit({ type: 'iteration', metrics });
      tellProgress(parts, { phase: 'train', done: metrics.iteration, total });
    },
  };
  return { watch, told: () => notes };
}

const curvePoint = ({ iteration, reward, klReference, measures }: IterationMetrics): CurvePoint => ({
  iteration,
  reward,
  recall: measures['recall'] ?? 0,
  kl: klReference,
  searches: measures['searches'] ?? 0,
});
