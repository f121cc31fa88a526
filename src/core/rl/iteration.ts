/**
 * One iteration of training: draw tasks, play a group of episodes for each, compute advantages, follow the gradient of
 * the clipped loss for a few inner epochs (PPO, arXiv 1707.06347, algorithm 1; R1-Searcher, arXiv 2503.05592, with one
 * batch of groups as its "actor" phase).
 *
 * An iteration whose groups are all equal changes nothing, where the paper's code would blow the KL terms that are left
 * up to full size when it normalises.
 *
 * Everything that the next iteration depends on is in the state, and every use of chance has a seed made of the run's
 * seed and its place in the run: a run taken up from a saved state goes on to the last bit.
 *
 * Episodes that were rejected are replayed beside those that are played (`tapered.ts`). Left out: critics, replay of other
 * old episodes, and annealing of anything but the entropy weight.
 */
import { startAdam } from '#core/nn/adam.ts';
import { grpo, reinforcePlusPlus } from '#core/rl/advantage.ts';
import type { Lesson, PlayedEpisode } from '#core/rl/episode.ts';
import { isEqual, type Group } from '#core/rl/groups.ts';
import { runInnerEpochs, type EpochSettings, type GradientPort, type Learner } from '#core/rl/innerEpochs.ts';
import type { LossSettings } from '#core/rl/loss.ts';
import { measurePlay, type IterationMetrics } from '#core/rl/metrics.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import { taperedLessons, type Replay } from '#core/rl/tapered.ts';

/** A task to play: `count` episodes, whose chance comes from `seed` and their place in the group alone. */
export interface PlayJob {
  readonly task: string;
  readonly seed: number;
  readonly count: number;
}

/** What an iteration needs from outside. Either may reject; the state is then still that before the iteration. */
export interface LearningPorts<E extends PlayedEpisode> {
  /** A group for each job, in their order, played by the policy with these parameters [P]. */
  play(parameters: Float32Array, jobs: readonly PlayJob[]): Promise<readonly Group<E>[]>;
  /** Looks at rejected episodes again with the policy that has these parameters [P]; without it there are none. */
  replay?(parameters: Float32Array, ids: readonly string[]): Promise<readonly Replay<E>[]>;
  readonly gradient: GradientPort<E>;
}

/** Episodes of other policies that went wrong. */
export interface RejectedSettings {
  readonly ids: readonly string[];
  /** Most of them that an iteration looks at, drawn by chance. */
  readonly anIteration: number;
  /** Below 0. */
  readonly reward: number;
}

export interface TrainingSettings extends EpochSettings {
  readonly algorithm: 'reinforce++' | 'grpo';
  /** Ids of the tasks to learn from. Each is drawn once before any is drawn again. */
  readonly tasks: readonly string[];
  readonly tasksPerIteration: number;
  /** Episodes of a task. */
  readonly groupSize: number;
  /** ε: how far the ratio may move before its gradient is cut off. */
  readonly clip: number;
  /** β: weight of the KL to the reference policy. */
  readonly klWeight: number;
  /** Weight of the guard against losing likelihood of good choices. */
  readonly guardWeight: number;
  /** Weight of the entropy bonus in the first iteration. */
  readonly entropyWeight: number;
  /** Iterations after which the entropy weight is halved. */
  readonly entropyHalfLife: number;
  readonly rejected?: RejectedSettings;
}

/** Starting points for a small network; R1-Searcher's own are for a language model of 7 billion parameters. */
export const DEFAULT_TRAINING_SETTINGS: Omit<TrainingSettings, 'tasks'> = {
  algorithm: 'reinforce++',
  tasksPerIteration: 32,
  groupSize: 16,
  innerEpochs: 3,
  minibatches: 4,
  klStop: 0.02,
  clip: 0.2,
  klWeight: 1e-3,
  guardWeight: 0.2,
  entropyWeight: 0.01,
  entropyHalfLife: 50,
  learningRate: 2e-4,
  maxGradientNorm: 1,
};

/** All that a run is, between two iterations. Never changed in place. */
export interface TrainingState extends Learner {
  readonly seed: number;
  /** Finished ones. */
  readonly iteration: number;
  /** Tasks drawn so far, counting repetitions. */
  readonly drawn: number;
  /** A line for each finished iteration; what the alarms go by. */
  readonly history: readonly IterationMetrics[];
}

/** @param parameters [P] what to begin with; the reference policy of the run has the same. */
export function startTraining(parameters: Float32Array, seed: number): TrainingState {
  return { seed, iteration: 0, drawn: 0, parameters, adam: startAdam(parameters.length), history: [] };
}

export async function trainIteration<E extends PlayedEpisode>(
  state: TrainingState,
  ports: LearningPorts<E>,
  settings: TrainingSettings,
): Promise<{ readonly state: TrainingState; readonly metrics: IterationMetrics }> {
  const iteration = state.iteration + 1;
  const jobs = drawJobs(state, settings);
  const groups = await ports.play(state.parameters, jobs);
  if (groups.length !== jobs.length)
    throw new RangeError(
      `${jobs.length} tasks were to be played, and ${groups.length} were. Play the iteration again.`,
    );
  const played = learnFrom(groups, settings);
  const lessons = played.length === 0 ? played : [...played, ...(await learnFromRejected(state, ports, settings))];
  const loss = lossSettings(state, settings);
  const rng = createRng(deriveSeed(state.seed, CHANCE.minibatches, iteration));
  const learned = await runInnerEpochs(state, lessons, ports.gradient, loss, settings, rng);
  const { parameters, adam, figures } = learned;
  const { entropyWeight } = loss;
  const metrics = { iteration, ...measurePlay(groups, played), ...figures, entropyWeight };
  const { seed, drawn, history } = state;
  return {
    state: { seed, iteration, drawn: drawn + jobs.length, parameters, adam, history: [...history, metrics] },
    metrics,
  };
}

/** What a seed is for: no two uses of chance share one. */
const CHANCE = { order: 1, play: 2, minibatches: 3, rejected: 4 };

/** The next tasks: place d of the run is place d mod n of shuffle ⌊d / n⌋ of all n tasks. */
function drawJobs(
  { seed, drawn }: TrainingState,
  { tasks, tasksPerIteration, groupSize }: TrainingSettings,
): PlayJob[] {
  if (tasks.length === 0) throw new RangeError('There are no tasks to learn from. Choose some, or grade them anew.');
  const orders = new Map<number, readonly string[]>();
  return Array.from({ length: tasksPerIteration }, (_, index) => {
    const place = drawn + index;
    const round = Math.floor(place / tasks.length);
    const order = orders.get(round) ?? shuffle(tasks, createRng(deriveSeed(seed, CHANCE.order, round)));
    orders.set(round, order);
    return { task: order[place % tasks.length]!, seed: deriveSeed(seed, CHANCE.play, place), count: groupSize };
  });
}

function learnFrom<E extends PlayedEpisode>(
  groups: readonly Group<E>[],
  { algorithm, klWeight }: TrainingSettings,
): readonly Lesson<E>[] {
  if (groups.every(isEqual)) return [];
  return algorithm === 'grpo' ? grpo(groups) : reinforcePlusPlus(groups, klWeight);
}

async function learnFromRejected<E extends PlayedEpisode>(
  { seed, iteration, parameters }: TrainingState,
  { replay }: LearningPorts<E>,
  { rejected }: TrainingSettings,
): Promise<readonly Lesson<E>[]> {
  if (!replay || !rejected || rejected.ids.length === 0) return [];
  const order = shuffle(rejected.ids, createRng(deriveSeed(seed, CHANCE.rejected, iteration)));
  return taperedLessons(await replay(parameters, order.slice(0, rejected.anIteration)), rejected.reward);
}

function lossSettings({ iteration }: TrainingState, settings: TrainingSettings): LossSettings {
  return {
    clip: settings.clip,
    // REINFORCE++ has its KL in the reward.
    klWeight: settings.algorithm === 'grpo' ? settings.klWeight : 0,
    guardWeight: settings.guardWeight,
    entropyWeight: settings.entropyWeight * 0.5 ** (iteration / settings.entropyHalfLife),
  };
}
