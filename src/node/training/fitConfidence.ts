/**
 * Fits how sure a policy is: the chance that one of its first three files is right, by cross-entropy, on episodes that it
 * plays greedily of answerable tasks and of questions asked of the wrong repository. What it does is not changed.
 */
import type { Task } from '#core/agent/task.ts';
import { startAdam, updateAdam } from '#core/nn/adam.ts';
import { stateFeeds } from '#core/policy/batch.ts';
import type { EncodedState } from '#core/policy/encodeState.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { policyLayout, slopeOf } from '#core/policy/policyModel.ts';
import { confidenceModel } from '#core/policy/recognition.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { openSession } from '#node/onnx/session.ts';
import { openPlayingNetwork, parameterFeeds } from '#node/policy/scorers.ts';
import { openEnvironment } from '#node/training/searchPlayer.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

export interface JudgedState {
  /** The last that the policy looked at. */
  readonly encoded: EncodedState;
  /** Whether one of the first three files answers the task. */
  readonly isRight: boolean;
  readonly isAnswerable: boolean;
}

const FIRST_FILES = 3;

/** Tasks without a world are left out. */
export async function confidenceStates(
  parameters: Float32Array,
  tasks: readonly Task[],
  worlds: string,
): Promise<JudgedState[]> {
  const score = (await openPlayingNetwork())(parameters);
  const judged: JudgedState[] = [];
  for (const task of tasks) {
    const world = findTaskWorld(worlds, task);
    if (!world) continue;
    let last: EncodedState | undefined;
    const policy = learnedPolicy(score, { greedy: true, onDecision: ({ encoded }) => (last = encoded) });
    const { outcome } = await rollout(openEnvironment(world, { turns: 4, without: [] }), policy, createRng(0));
    const files = [...new Set(outcome.citations.map(({ path }) => path))].slice(0, FIRST_FILES);
    const isRight = outcome.stopReason !== 'not-found' && files.some((path) => task.goldFiles.includes(path));
    if (last) judged.push({ encoded: last, isRight, isAnswerable: task.goldFiles.length > 0 });
  }
  return judged;
}

const STEPS = 400;
const LEARNING_RATE = 0.01;
const WEIGHT_DECAY = 0.05;

/** @returns [P] with other weights of the confidence alone. */
export async function fitConfidence(parameters: Float32Array, states: readonly JudgedState[]): Promise<Float32Array> {
  const session = await openSession(confidenceModel());
  const layout = policyLayout();
  const feeds = {
    ...stateFeeds(states.map(({ encoded }) => encoded)),
    right: { data: Float32Array.from(states, ({ isRight }) => Number(isRight)), shape: [states.length] },
    weight: { data: new Float32Array(states.length).fill(1 / states.length), shape: [states.length] },
  };
  const fitted = layout.entries.filter(({ name }) => name.startsWith('confidence'));
  let learner = { state: startAdam(layout.size), parameters };
  for (let step = 0; step < STEPS; step++) {
    const results = await session.run({ ...parameterFeeds(learner.parameters), ...feeds });
    const gradient = new Float32Array(layout.size);
    for (const { name, offset } of fitted) gradient.set(results[slopeOf(name)]!.data as Float32Array, offset);
    const moved = updateAdam(learner.state, learner.parameters, gradient, {
      learningRate: LEARNING_RATE * (1 - step / STEPS),
      weightDecay: WEIGHT_DECAY,
    });
    const kept = parameters.slice();
    for (const { offset, size } of fitted) kept.set(moved.parameters.subarray(offset, offset + size), offset);
    learner = { state: moved.state, parameters: kept };
  }
  await session.close();
  return learner.parameters;
}
