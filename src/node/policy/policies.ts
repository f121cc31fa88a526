/** The policies that can answer: those written by hand, the one that is shipped, and model files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { policyMisfit } from '#core/policy/policyModel.ts';
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

export interface OpenPolicy {
  readonly policy: SearchPolicy;
  close(): Promise<void>;
}

/**
 * @param name one of `POLICY_NAMES`, or the path of a model file.
 * @throws PolicyError
 */
export async function openPolicy(name: string): Promise<OpenPolicy> {
  if (name === 'hand') return { policy: handPolicy, close: () => Promise.resolve() };
  if (name === 'uniform') return { policy: uniformPolicy, close: () => Promise.resolve() };
  const file = name === 'learned' ? (shippedFile(MODEL) ?? MODEL) : resolve(name);
  const bytes = readModel(file);
  const misfit = policyMisfit(bytes);
  if (misfit !== undefined) throw new PolicyError(`${file} cannot be used. ${misfit}`);
  try {
    const { score, close } = await openFileScorer(bytes);
    return { policy: learnedPolicy(score, { name, greedy: true }), close };
  } catch (error) {
    throw new PolicyError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readModel(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no file' : 'Spoor cannot read';
    throw new PolicyError(`${reason} ${file}. Name a model file, or one of ${POLICY_NAMES.join(', ')}.`, {
      cause: error,
    });
  }
}
