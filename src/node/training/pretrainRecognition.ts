/** Pretrains the policy's network to recognise what answers a question (`core/policy/recognition.ts`). */
import { startAdam, updateAdam } from '#core/nn/adam.ts';
import { flatten } from '#core/nn/parameterLayout.ts';
import { stateFeeds } from '#core/policy/batch.ts';
import { policyLayout, slopeOf } from '#core/policy/policyModel.ts';
import { recognitionFeeds, recognitionModel, type Recognised } from '#core/policy/recognition.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import { openSession } from '#node/onnx/session.ts';
import { parameterFeeds } from '#node/policy/scorers.ts';

export interface RecognitionSettings {
  readonly epochs: number;
  /** States of a step. */
  readonly batch: number;
  /** At the first step; falls evenly to a hundredth of it at the last. */
  readonly learningRate: number;
  readonly seed: number;
}

export interface RecognitionEpoch {
  readonly epoch: number;
  /** Mean over the states. */
  readonly loss: number;
}

/** @returns [P] */
export async function pretrainRecognition(
  start: Float32Array,
  states: readonly Recognised[],
  { epochs, batch, learningRate, seed }: RecognitionSettings,
  onEpoch: (epoch: RecognitionEpoch) => void = () => {},
): Promise<Float32Array> {
  const session = await openSession(recognitionModel());
  const layout = policyLayout();
  const perEpoch = Math.ceil(states.length / batch);
  let learner = { state: startAdam(layout.size), parameters: start };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(states, createRng(deriveSeed(seed, epoch)));
    let total = 0;
    for (let step = 0; step < perEpoch; step++) {
      const some = order.slice(step * batch, (step + 1) * batch);
      const feeds = { ...stateFeeds(some.map(({ encoded }) => encoded)), ...recognitionFeeds(some) };
      const results = await session.run({ ...parameterFeeds(learner.parameters), ...feeds });
      const parts = layout.entries.map(({ name }) => [name, results[slopeOf(name)]?.data as Float32Array] as const);
      total += Number(results['loss']!.data[0]) * some.length;
      const done = (epoch * perEpoch + step) / (epochs * perEpoch);
      learner = updateAdam(learner.state, learner.parameters, flatten(layout, new Map(parts)), {
        learningRate: learningRate * (1 - 0.99 * done),
        clipNorm: 1,
        weightDecay: 0.01,
      });
    }
    onEpoch({ epoch: epoch + 1, loss: total / states.length });
  }
  await session.close();
  return learner.parameters;
}
