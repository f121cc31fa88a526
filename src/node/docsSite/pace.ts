/** How fast a site is asked: a pause before each request but the first. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** Waits until the next request may be made. Rejects when the crawl is cancelled. */
  turn(): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Makes the pause longer; milliseconds. */
  atLeast(pauseMs: number): void;
}

export function createPace(pauseMs: number, signal: AbortSignal): Pace {
  let ownMs = pauseMs;
  let isFirst = true;
  const pause = async (ms: number): Promise<void> => {
    signal.throwIfAborted();
    if (ms > 0) await delay(ms, undefined, { signal });
  };
  return {
    pause,
    async turn() {
      await pause(isFirst ? 0 : ownMs);
      isFirst = false;
    },
    atLeast: (ms) => void (ownMs = Math.max(ownMs, ms)),
  };
}
