/** A signal that aborts with another one, or by itself: the core has no `AbortController`. */
import type { CancelSignal } from '#core/agent/tools.ts';

export interface LinkedCancel {
  readonly signal: CancelSignal;
  cancel(): void;
  /** Lets go of the other signal. */
  release(): void;
}

export function linkedCancel(outer: CancelSignal): LinkedCancel {
  const listeners = new Set<() => void>();
  let aborted = outer.aborted;
  const cancel = (): void => {
    if (aborted) return;
    aborted = true;
    for (const listener of listeners) listener();
  };
  outer.addEventListener('abort', cancel);
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_, listener) => void listeners.add(listener),
      removeEventListener: (_, listener) => void listeners.delete(listener),
    },
    cancel,
    release: () => outer.removeEventListener('abort', cancel),
  };
}
