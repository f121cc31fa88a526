/**
 * Imitation: the network learns to decide as the policy written by hand does, on recorded worlds. The shipped policy does
 * not begin so; this is what its beginning is measured against.
 */
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import type { Task } from '#core/agent/task.ts';
import { startAdam, updateAdam } from '#core/nn/adam.ts';
import { packChoices, type SearchEpisode } from '#core/policy/episode.ts';
import { PLAIN_ACTIONS, SLOTS, STEP_INPUTS } from '#core/policy/inputs.ts';
import { learnedPolicy, type Scorer, type SeenDecision } from '#core/policy/learnedPolicy.ts';
import { countChoices, type Lesson } from '#core/rl/episode.ts';
import type { GradientPort } from '#core/rl/innerEpochs.ts';
import type { LossSettings } from '#core/rl/loss.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

export interface ImitationSettings extends Pick<PlaySettings, 'worlds' | 'turns' | 'without'> {
  readonly epochs: number;
  /** Episodes of a step. */
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** @returns [P] */
export async function imitateHand(
  start: Float32Array,
  tasks: readonly Task[],
  gradient: GradientPort<SearchEpisode>,
  settings: ImitationSettings,
): Promise<Float32Array> {
  const lessons: Lesson<SearchEpisode>[] = [];
  for (const task of tasks) lessons.push(...(await lessonOf(task, settings)));
  let [parameters, state] = [start, startAdam(start.length)];
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const order = shuffle(lessons, createRng(deriveSeed(settings.seed, epoch)));
    for (let at = 0; at < order.length; at += settings.batch) {
      const report = await gradient(parameters, order.slice(at, at + settings.batch), LIKELIHOOD);
      const { learningRate } = settings;
      ({ parameters, state } = updateAdam(state, parameters, report.gradient, { learningRate, clipNorm: 1 }));
    }
  }
  return parameters;
}

/** With advantages and old log-likelihoods of 0 the guard alone is left of the loss, and that is −log π. */
const LIKELIHOOD: LossSettings = { clip: 0.2, klWeight: 0, guardWeight: 1, entropyWeight: 0 };

/** Nothing for a task without a world. */
async function lessonOf(task: Task, settings: ImitationSettings): Promise<Lesson<SearchEpisode>[]> {
  const world = findTaskWorld(settings.worlds, task);
  if (!world) return [];
  const seen: SeenDecision[] = [];
  const { steps } = await rollout(openEnvironment(world, settings), watchedHand(seen), createRng(0));
  const nothing = new Float64Array(steps.length);
  const episode: SearchEpisode = {
    task: task.id,
    reward: 0,
    logProbs: nothing,
    refLogProbs: nothing,
    mask: Uint8Array.from(steps, ({ mask }) => mask),
    measures: {},
    choices: packChoices(seen),
  };
  return countChoices(episode) ? [{ episode, advantages: nothing }] : [];
}

/** Decides by hand and keeps each decision as the network would look at it. */
function watchedHand(seen: SeenDecision[]): SearchPolicy {
  let decision: SeenDecision | undefined;
  const watcher = learnedPolicy(indifferent, { greedy: false, onDecision: (made) => (decision = made) });
  return {
    ...handPolicy,
    async decide(observation, legal, rng) {
      const chosen = await handPolicy.decide(observation, legal, rng);
      await watcher.decide(observation, legal, rng);
      seen.push({ ...decision!, chosen: chosen.index });
      return chosen;
    },
  };
}

const indifferent: Scorer = () =>
  Promise.resolve({
    logits: new Float32Array(SLOTS.count),
    confidence: 0,
    sameFile: new Float32Array(2),
    step: new Float32Array((STEP_INPUTS.length + 1) * PLAIN_ACTIONS.length),
  });
