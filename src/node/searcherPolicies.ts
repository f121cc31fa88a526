/** The policies that a searcher was asked for, each opened once. */
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { modelDigest } from '#node/stores/modelFile.ts';
import type { ModelAccess } from '#node/policy/modelPolicies.ts';
import { openPolicy, openWeights, PolicyError, type OpenPolicy } from '#node/policy/policies.ts';
import type { LearnedPolicy, PolicySource } from '#node/policy/policySources.ts';

/**
 * The name of a policy as `openPolicy` takes it. Or sources to ask one after the other, the shipped policy after the
 * last of them; it alone without any.
 */
export type WantedPolicy = string | readonly PolicySource[];

export interface ChosenPolicy extends Pick<OpenPolicy, 'policy' | 'digest'> {
  /** Where it comes from, if it came from a source. */
  readonly learned?: LearnedPolicy;
  /** Set when it is not the one that was wanted: sentences that say why. */
  readonly note?: string;
}

export interface SearcherPolicies {
  /**
   * Where neither sources nor the shipped policy can be used, the one written by hand, with a note that says so.
   * @throws PolicyError for a named one that cannot be used.
   */
  choose(wanted: WantedPolicy | undefined): Promise<ChosenPolicy>;
  close(): Promise<void>;
}

/** @param models how language models are opened; without it they are refused. */
export function createSearcherPolicies(runtime: RuntimeChoice = 'auto', models?: ModelAccess): SearcherPolicies {
  const open = new Map<string, Promise<OpenPolicy>>();
  const once = (key: string, opener: () => Promise<OpenPolicy>): Promise<OpenPolicy> => {
    const known = open.get(key);
    if (known) return known;
    const opening = opener();
    open.set(key, opening);
    // What could not be opened may have been mended by the next question.
    opening.catch(() => open.delete(key));
    return opening;
  };
  const named = (name: string): Promise<OpenPolicy> => once(name, () => openPolicy(name, runtime, models));
  // A file may get another content under the same name.
  const learnedOne = ({ name, model }: LearnedPolicy): Promise<OpenPolicy> =>
    once(`${name} ${modelDigest(model)}`, () => openWeights(model, { name, what: `The policy "${name}"`, runtime }));

  const fromSources = async (sources: readonly PolicySource[]): Promise<ChosenPolicy> => {
    const problems: string[] = [];
    for (const find of sources) {
      const found = await find();
      problems.push(...found.problems);
      if (!found.policy) continue;
      const { name } = found.policy;
      try {
        return { ...(await learnedOne(found.policy)), learned: found.policy, ...insteadNote(problems, `"${name}"`) };
      } catch (error) {
        problems.push(sentenceOf(error));
      }
    }
    try {
      return { ...(await named('learned')), ...insteadNote(problems, 'that comes with Spoor') };
    } catch (error) {
      problems.push(`The learned policy could not be used. ${sentenceOf(error)}`);
      return { ...(await named('hand')), ...insteadNote(problems, 'written by hand') };
    }
  };
  return {
    choose: (wanted = []) => (typeof wanted === 'string' ? named(wanted) : fromSources(wanted)),
    async close() {
      const policies = [...open.values()];
      open.clear();
      const opened = await Promise.allSettled(policies);
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
    },
  };
}

function sentenceOf(error: unknown): string {
  if (error instanceof PolicyError) return error.message;
  throw error;
}

const insteadNote = (problems: readonly string[], which: string): { readonly note?: string } =>
  problems.length ? { note: [...problems, `So the policy ${which} searched.`].join(' ') } : {};
