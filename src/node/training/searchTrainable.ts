/** The searcher policy as a training run knows it. */
import { join } from 'node:path';
import { choiceFeeds } from '#core/policy/batch.ts';
import type { SearchEpisode } from '#core/policy/episode.ts';
import { ACTIONS } from '#core/policy/inputs.ts';
import {
  FEATURE_NAMES,
  learningModel,
  parametersOfFile,
  policyFile,
  policyLayout,
  slopeOf,
  untrainedParameters,
} from '#core/policy/policyModel.ts';
import { flatten } from '#core/nn/parameterLayout.ts';
import { lossFeeds } from '#core/rl/loss.ts';
import type { GradientPort } from '#core/rl/innerEpochs.ts';
import { openSession, type Session } from '#node/onnx/session.ts';
import { parameterFeeds } from '#node/policy/scorers.ts';
import { ownFolder } from '#node/ownFolder.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { isReachable } from '#node/training/isReachable.ts';
import type { SearchPlayerSetup } from '#node/training/searchPlayer.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

/** `setup`: what of the players' memory is other than usual. */
export async function createSearchTrainable(
  config: TrainingConfig,
  setup: Pick<SearchPlayerSetup, 'keptWorlds'> = {},
): Promise<Trainable<SearchEpisode>> {
  const layout = policyLayout();
  const session = await openSession(learningModel());
  return {
    hasWorld: (task) => findTaskWorld(config.worlds, task) !== undefined,
    isReachable: (task) => isReachable(task, config),
    policy: {
      identity: {
        features: FEATURE_NAMES,
        actions: ACTIONS,
        layout: layout.entries.map(({ name, shape }) => ({ name, shape })),
      },
      untrained: untrainedParameters,
      parametersOf: parametersOfFile,
      gradient: gradientPort(session),
      exportModel: (parameters) => policyFile(parameters),
      workerFile: workerFile(),
      workerSetup: (reference): SearchPlayerSetup => ({ settings: config, reference, ...setup }),
      close: () => session.close(),
    },
  };
}

const workerFile = (): string | URL =>
  import.meta.filename?.endsWith('.ts')
    ? new URL('./searchWorker.ts', import.meta.url)
    : join(ownFolder(), 'searchWorker.mjs');

function gradientPort(session: Session): GradientPort<SearchEpisode> {
  const layout = policyLayout();
  return async (parameters, batch, settings) => {
    const results = await session.run({
      ...parameterFeeds(parameters),
      ...choiceFeeds(batch.map(({ episode }) => episode.choices)),
      ...lossFeeds(batch, settings),
    });
    const one = (name: string): number => Number(results[name]!.data[0]);
    const parts = layout.entries.map(({ name }) => [name, results[slopeOf(name)]?.data as Float32Array] as const);
    return {
      gradient: flatten(layout, new Map(parts)),
      loss: one('loss'),
      kl: one('kl'),
      entropy: one('entropy'),
      meanRatio: one('meanRatio'),
      clippedShare: one('clippedShare'),
    };
  };
}
