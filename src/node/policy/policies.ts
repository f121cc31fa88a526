/** The policies that can answer: those written by hand, the one that is shipped, model files, and language models. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import type { EncodedState } from '#core/policy/encodeState.ts';
import { PLAIN_ACTIONS, SLOTS, STATE_INPUTS, STEP_INPUTS } from '#core/policy/inputs.ts';
import { learnedPolicy, type Scorer } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile, policyFile, policyMisfit } from '#core/policy/policyModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isModelPolicy, openModelPolicy, type ModelAccess } from '#node/policy/modelPolicies.ts';
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { modelDigest } from '#node/stores/modelFile.ts';
import { openFileScorer } from '#node/policy/scorers.ts';
import { shippedFile } from '#node/shippedFile.ts';

/** Names that are no files; the first is the default. */
export const POLICY_NAMES = ['learned', 'hand', 'uniform'] as const;

/** Why a policy cannot be used, as a sentence for people that says what to do. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** Of the `models` folder. */
const MODEL = 'searcher.onnx';
const STEP_WEIGHTS = (STEP_INPUTS.length + 1) * PLAIN_ACTIONS.length;

export interface OpenPolicy {
  readonly policy: SearchPolicy;
  /** First 16 hex digits of the SHA-256 of the model file that was opened; empty for a policy without one. */
  readonly digest: string;
  close(): Promise<void>;
}

/**
 * @param name one of `POLICY_NAMES`, the path of a model file, or a language model (`openModelPolicy`).
 * @param runtime what runs the network.
 * @param models how language models are opened; without it they are refused.
 * @throws PolicyError
 */
export async function openPolicy(
  name: string,
  runtime: RuntimeChoice = 'auto',
  models?: ModelAccess,
): Promise<OpenPolicy> {
  if (isModelPolicy(name)) return openLanguageModel(name, runtime, models);
  if (name === 'hand') return { policy: handPolicy, digest: '', close: () => Promise.resolve() };
  if (name === 'uniform') return { policy: uniformPolicy, digest: '', close: () => Promise.resolve() };
  const file = name === 'learned' ? (shippedFile(MODEL) ?? MODEL) : resolve(name);
  return openModel(readModel(file, name === 'learned'), { name, what: file, runtime });
}

async function openLanguageModel(
  name: string,
  runtime: RuntimeChoice,
  models: ModelAccess | undefined,
): Promise<OpenPolicy> {
  if (!models)
    throw new PolicyError('A language model can be the policy of "spoor ask", "spoor batch" and "spoor mcp" alone.');
  try {
    return { ...(await openModelPolicy(name, models, () => openPolicy('learned', runtime))), digest: '' };
  } catch (error) {
    throw error instanceof ModelFailure ? new PolicyError(error.message, { cause: error }) : error;
  }
}

/** What a policy is called by answers and feedback, and what its faults are told of. */
interface Naming {
  readonly name: string;
  /** Begins a sentence. */
  readonly what: string;
  readonly runtime: RuntimeChoice;
}

/**
 * Opens a model that was handed over by others. Only its weights are taken: the network around them is our own, whatever
 * the file says.
 * @throws PolicyError
 */
export async function openWeights(model: Uint8Array, naming: Naming): Promise<OpenPolicy> {
  const opened = await openModel(ownNetwork(model, naming.what), naming);
  return { ...opened, digest: modelDigest(model) };
}

function ownNetwork(model: Uint8Array, what: string): Uint8Array {
  try {
    return policyFile(parametersOfFile(model));
  } catch (error) {
    throw unusable(what, error);
  }
}

async function openModel(model: Uint8Array, { name, what, runtime }: Naming): Promise<OpenPolicy> {
  try {
    const misfit = policyMisfit(model);
    if (misfit !== undefined) throw new Error(misfit);
    const { score, close } = await openFileScorer(model, runtime);
    await tryOut(score, close);
    return { policy: learnedPolicy(score, { name, greedy: true }), digest: modelDigest(model), close };
  } catch (error) {
    throw unusable(what, error);
  }
}

const unusable = (what: string, error: unknown): PolicyError =>
  new PolicyError(`${what} cannot be used. ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });

const NOTHING_SEEN: EncodedState = {
  candidates: new Float32Array(),
  words: new Float32Array(),
  state: new Float32Array(STATE_INPUTS.length),
};

/** A damaged network can look whole until it is run; that must not come out in the middle of an episode. */
async function tryOut(score: Scorer, close: () => Promise<void>): Promise<void> {
  try {
    const { logits, confidence, sameFile, step } = await score(NOTHING_SEEN);
    const sizes = [logits.length - SLOTS.count, sameFile.length - 2, step.length - STEP_WEIGHTS];
    const values = [confidence, ...logits, ...sameFile, ...step];
    if (sizes.some((excess) => excess !== 0) || !values.every(Number.isFinite))
      throw new Error('Its network is damaged. Take the file anew, or leave the choice of the policy to Spoor.');
  } catch (error) {
    await close();
    throw error;
  }
}

function readModel(file: string, isShipped: boolean): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no file' : 'Spoor cannot read';
    // Who asked for no file has none to correct.
    const remedy = isShipped
      ? 'It comes with Spoor: install Spoor anew.'
      : `Name a model file, or one of ${POLICY_NAMES.join(', ')}.`;
    throw new PolicyError(`${reason} ${file}. ${remedy}`, { cause: error });
  }
}
