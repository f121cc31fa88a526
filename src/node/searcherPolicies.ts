/** The policies that a searcher was asked for, each opened once. */
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { openPolicy, PolicyError, type OpenPolicy } from '#node/policy/policies.ts';

export interface ChosenPolicy extends Pick<OpenPolicy, 'policy' | 'digest'> {
  /** Set when it is not the one that was wanted: a sentence that says why. */
  readonly note?: string;
}

export interface SearcherPolicies {
  /**
   * Without a name the learned one; where that cannot run, the written one, and a note that says so.
   * @throws PolicyError for a named one that cannot be used.
   */
  choose(name: string | undefined): Promise<ChosenPolicy>;
  close(): Promise<void>;
}

export function createSearcherPolicies(runtime?: RuntimeChoice): SearcherPolicies {
  const open = new Map<string, Promise<OpenPolicy>>();
  const get = (name: string): Promise<OpenPolicy> => {
    const known = open.get(name);
    if (known) return known;
    const opening = openPolicy(name, runtime);
    open.set(name, opening);
    // What could not be opened may have been mended by the next question.
    opening.catch(() => open.delete(name));
    return opening;
  };
  return {
    async choose(name) {
      if (name !== undefined) return get(name);
      try {
        return await get('learned');
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        const note = `The learned policy could not be used, so the one written by hand searched. ${error.message}`;
        return { ...(await get('hand')), note };
      }
    },
    async close() {
      const policies = [...open.values()];
      open.clear();
      const opened = await Promise.allSettled(policies);
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
    },
  };
}
