/** What a run begins with: its first state, or that of its newest checkpoint. */
import { readFileSync, statSync } from 'node:fs';
import { startTraining, type TrainingState } from '#core/rl/iteration.ts';
import {
  checkIdentity,
  hasStart,
  readCheckpoint,
  readNewest,
  readStart,
  writeCheckpoint,
} from '#node/training/checkpoints.ts';
import { configHash, type TrainingConfig } from '#node/training/config.ts';
import type { RunFolder } from '#node/training/runFolder.ts';
import type { TrainedPolicy } from '#node/training/trainedPolicy.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface BeginningState {
  /** [P] of the policy that the KL goes to: what the run began with at first, where it was not given. */
  readonly reference: Float32Array;
  readonly state: TrainingState;
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

interface Beginning {
  readonly folder: RunFolder;
  readonly config: TrainingConfig;
  readonly policy: BeginningPolicy;
  readonly reference?: Float32Array;
}

type BeginningPolicy = Pick<TrainedPolicy, 'identity' | 'untrained' | 'parametersOf'>;

/** Throws a `TrainingError` if the folder's checkpoints belong to another configuration or another policy. */
export function beginState({ folder, config, policy, reference }: Beginning): BeginningState {
  if (!hasStart(folder.checkpoints)) {
    const start = startTraining(firstParameters(config, policy), config.seed);
    writeCheckpoint(folder.checkpoints, { state: start, identity: policy.identity, configHash: configHash(config) });
    folder.replaceMetrics([]);
    return { reference: reference ?? start.parameters, state: start, notes: [] };
  }
  const { checkpoint, notes } = readNewest(folder.checkpoints);
  checkIdentity(checkpoint, policy.identity, folder.checkpoints);
  if (checkpoint.configHash !== configHash(config))
    throw new TrainingError(
      `The run in ${folder.directory} was begun with another configuration. ` +
        'Put its config.json back as it was, or begin a new run in another folder.',
    );
  folder.replaceMetrics(checkpoint.state.history);
  const { parameters } = readStart(folder.checkpoints).state;
  return { reference: reference ?? parameters, state: checkpoint.state, notes };
}

/** [P] that `start` names. Throws a `TrainingError` if it is nothing that this policy can start with. */
export function firstParameters(
  { start, seed }: Pick<TrainingConfig, 'start' | 'seed'>,
  policy: BeginningPolicy,
): Float32Array {
  if (start === 'untrained') return policy.untrained(seed);
  if (!statSync(start, { throwIfNoEntry: false })?.isFile())
    throw new TrainingError(`There is no file ${start} to start with. Correct "start".`);
  if (start.endsWith('.onnx')) return modelParameters(start, policy);
  const checkpoint = readCheckpoint(start);
  checkIdentity(checkpoint, policy.identity, start);
  return checkpoint.state.parameters;
}

function modelParameters(file: string, policy: BeginningPolicy): Float32Array {
  try {
    return policy.parametersOf(readFileSync(file));
  } catch (error) {
    const why = (error as Error).message.replace(/\.?$/, '.');
    throw new TrainingError(`${file} cannot be started with: ${why} Correct "start".`);
  }
}
