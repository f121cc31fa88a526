/** What a training run needs of the policy that it trains; `core/policy` knows the network behind it. */
import type { GradientReport } from '#core/rl/innerEpochs.ts';
import type { LossSettings } from '#core/rl/loss.ts';
import type { Task } from '#core/agent/task.ts';
import type { Lesson, PlayedEpisode } from '#core/rl/episode.ts';

/** What the numbers of a checkpoint or a model mean. Those of another identity cannot be used. */
export interface PolicyIdentity {
  /** Inputs by name, in their order. */
  readonly features: readonly string[];
  /** Kinds of actions by name, in their order. */
  readonly actions: readonly string[];
  /** Where each weight lies in the flat parameters, in their order. */
  readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface TrainedPolicy<E extends PlayedEpisode = PlayedEpisode> {
  readonly identity: PolicyIdentity;
  /** [P] of an untrained policy. */
  untrained(seed: number): Float32Array;
  /** [P] of a model file. Throws an Error with a sentence for a model that does not fit. */
  parametersOf(model: Uint8Array): Float32Array;
  /** The same as a `GradientPort`; a method, so that a policy of any episodes can be handed about. */
  gradient(parameters: Float32Array, batch: readonly Lesson<E>[], settings: LossSettings): Promise<GradientReport>;
  /** The bytes of a model file with these parameters [P]. */
  exportModel(parameters: Float32Array): Uint8Array;
  /** A module that calls `serveRollouts`; its players return episodes of type E. */
  readonly workerFile: string | URL;
  /** What its `createPlayer` gets, plain data. `reference`: [P] that the stage began with. */
  workerSetup(reference: Float32Array): unknown;
  /** Lets go of what the gradients needed. */
  close(): Promise<void>;
}

/** What a configuration trains, and on what. */
export interface Trainable<E extends PlayedEpisode = PlayedEpisode> {
  readonly policy: TrainedPolicy<E>;
  /** Whether there is a recorded world to play a task in. */
  readonly hasWorld: (task: Task) => boolean;
  /** Whether the tools can come to what answers a task, which has a world. */
  readonly isReachable: (task: Task) => Promise<boolean>;
}

/** What does not fit, as the end of a sentence; undefined if `found` means the same as `expected`. */
export function misfitOf(found: PolicyIdentity, expected: PolicyIdentity): string | undefined {
  return (
    namesMisfit('feature', found.features, expected.features) ??
    namesMisfit('action', found.actions, expected.actions) ??
    namesMisfit('weight', found.layout.map(weightText), expected.layout.map(weightText))
  );
}

const weightText = ({ name, shape }: { name: string; shape: readonly number[] }): string =>
  `${name} (${shape.join(' × ')})`;

function namesMisfit(what: string, found: readonly string[], expected: readonly string[]): string | undefined {
  const missing = expected.find((name) => !found.includes(name));
  if (missing !== undefined) return `it has no ${what} ${missing}`;
  const strange = found.find((name) => !expected.includes(name));
  if (strange !== undefined) return `it has the ${what} ${strange}, which this version does not know`;
  const same = found.length === expected.length && found.every((name, index) => name === expected[index]);
  return same ? undefined : `its ${what}s stand in another order`;
}
