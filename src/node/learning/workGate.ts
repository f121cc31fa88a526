/** Holds work between its units, and the clock with it: time that is waited is not used up. */

export interface WorkGate {
  /** Resolves when work may go on. */
  readonly pass: () => Promise<void>;
  /** Milliseconds on `clockMs`, without those in which work was held. */
  readonly nowMs: () => number;
  hold(isHeld: boolean): void;
  /** Lets everything pass from now on. */
  release(): void;
}

/** @param onRest is told when the first unit waits, and when work goes on. */
export function createWorkGate(clockMs: () => number, onRest: (isResting: boolean) => void): WorkGate {
  let heldSinceMs: number | undefined;
  let heldMs = 0;
  let isReleased = false;
  let opening: PromiseWithResolvers<void> | undefined;
  const hold = (isHeld: boolean): void => {
    if (isHeld === (heldSinceMs !== undefined) || (isHeld && isReleased)) return;
    const now = clockMs();
    if (heldSinceMs !== undefined) heldMs += now - heldSinceMs;
    heldSinceMs = isHeld ? now : undefined;
    if (isHeld || !opening) return;
    opening.resolve();
    opening = undefined;
    onRest(false);
  };
  return {
    hold,
    pass() {
      if (heldSinceMs === undefined) return Promise.resolve();
      if (!opening) onRest(true);
      opening ??= Promise.withResolvers<void>();
      return opening.promise;
    },
    nowMs: () => (heldSinceMs ?? clockMs()) - heldMs,
    release() {
      isReleased = true;
      hold(false);
    },
  };
}
