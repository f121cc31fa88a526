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
import { goldReach } from '#core/agent/goldReach.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { recordedTools } from '#core/agent/recordedTools.ts';
import { createSharedStates } from '#core/agent/searchState.ts';
import { flatten } from '#core/nn/parameterLayout.ts';
import { lossFeeds } from '#core/rl/loss.ts';
import type { GradientPort } from '#core/rl/innerEpochs.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { parseQuestion } from '#core/search/question.ts';
import type { Task } from '#core/agent/task.ts';
import { openSession, type Session } from '#node/onnx/session.ts';
import { parameterFeeds } from '#node/policy/scorers.ts';
import { ownFolder } from '#node/symbols/grammarFolder.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { openEnvironment, type SearchPlayerSetup } from '#node/training/searchPlayer.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';
import { loadWorld, worldFile } from '#node/worlds/worldStore.ts';

export async function createSearchTrainable(config: TrainingConfig): Promise<Trainable<SearchEpisode>> {
  const layout = policyLayout();
  const session = await openSession(learningModel());
  return {
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
      workerSetup: (reference): SearchPlayerSetup => ({ settings: config, reference }),
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

/** Whether the hand-written searcher comes to all files of the gold and to a part of its lines. */
async function isReachable(task: Task, config: TrainingConfig): Promise<boolean> {
  const loaded = loadWorld(worldFile(config.worlds, task));
  if (!loaded.ok) return false;
  const question = parseQuestion(task.question);
  const world = { question, tools: recordedTools(loaded.value), shared: createSharedStates(8) };
  const { outcome } = await rollout(openEnvironment(world, config), handPolicy, createRng(0));
  const { files, spans } = goldReach(task, outcome.observation.candidates, loaded.value);
  return files.readable === files.all && (spans.all === 0 || spans.readable > 0);
}
