/** The policy's network, run by ONNX Runtime. */
import { stateFeeds } from '#core/policy/batch.ts';
import type { Scorer, StateScores } from '#core/policy/learnedPolicy.ts';
import { playingModel, policyLayout } from '#core/policy/policyModel.ts';
import { unflatten } from '#core/nn/parameterLayout.ts';
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { openSession, type Feed, type Result } from '#node/onnx/session.ts';

/** A policy file's network; the file was checked before (`policyMisfit`). */
export async function openFileScorer(
  file: Uint8Array,
  runtime: RuntimeChoice = 'auto',
): Promise<{ readonly score: Scorer; close(): Promise<void> }> {
  const session = await openSession(file, { runtime });
  return { score: async (state) => scoresOf(await session.run(stateFeeds([state]))), close: () => session.close() };
}

/** The network with parameters that change from one iteration to the next. */
export async function openPlayingNetwork(): Promise<(parameters: Float32Array) => Scorer> {
  const session = await openSession(playingModel());
  return (parameters) => {
    const weights = parameterFeeds(parameters);
    return async (state) => scoresOf(await session.run({ ...weights, ...stateFeeds([state]) }));
  };
}

/** @param parameters [P] */
export function parameterFeeds(parameters: Float32Array): Record<string, Feed> {
  const layout = policyLayout();
  const values = unflatten(layout, parameters);
  return Object.fromEntries(layout.entries.map(({ name, shape }) => [name, { data: values.get(name)!, shape }]));
}

function scoresOf(results: Readonly<Record<string, Result>>): StateScores {
  const numbers = (name: string): Float32Array => {
    const data = results[name]?.data;
    if (!(data instanceof Float32Array)) throw new Error(`The model does not say the ${name} of a state.`);
    return data;
  };
  return {
    logits: numbers('logits'),
    confidence: numbers('confidence')[0] ?? NaN,
    sameFile: numbers('sameFileWeights'),
    step: numbers('stepWeights'),
  };
}
