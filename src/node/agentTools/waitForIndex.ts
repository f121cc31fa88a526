/** A search that has nothing but an index to go by waits a moment for it, where it is still being made. */
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds; agents wait for an answer, and ask again where it says that it is not complete. */
const MAX_WAIT_MS = 5_000;

/** True when `ready` came within the time, false after it or when the signal is aborted. */
export async function waitForIndex(ready: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  const ended = AbortSignal.any([waiting.signal, signal]);
  try {
    return await Promise.race([
      ready.then(() => true),
      delay(MAX_WAIT_MS, false, { signal: ended }).catch(() => false),
    ]);
  } finally {
    waiting.abort();
  }
}
