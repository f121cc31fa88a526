import { useState } from 'preact/hooks';
import type { Draft } from './host.ts';
import { NO_DRAFT } from './useDraft.ts';

/** Steps through earlier questions, the latest first; what was being written comes after the latest. */
export function useEarlier(
  asked: readonly string[],
  draft: Draft,
  set: (draft: Draft) => void,
): { readonly step: (by: -1 | 1) => boolean; readonly leave: () => void } {
  /** How many questions back, and what was being written; nothing while one writes. */
  const [back, setBack] = useState<{ readonly steps: number; readonly written: Draft }>();
  const step = (by: -1 | 1): boolean => {
    const steps = (back?.steps ?? 0) - by;
    if (steps < 0 || steps > asked.length) return false;
    const written = back?.written ?? draft;
    setBack(steps === 0 ? undefined : { steps, written });
    set(steps === 0 ? written : { ...NO_DRAFT, scope: written.scope, text: asked.at(-steps)! });
    return true;
  };
  return { step, leave: () => setBack(undefined) };
}
