import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext } from '#core/agent/tools.ts';

/** What the promise comes to; `late` when the call is cancelled or its time is over before. The work itself goes on. */
export async function inTime<T>(promise: Promise<T>, { signal, timeoutMs }: CallContext): Promise<T | 'late'> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const late = sleep(Math.max(0, timeoutMs), 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  try {
    return await Promise.race([promise, late]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
