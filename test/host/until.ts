/** Asks again and again until the answer is neither undefined nor false. Throws when the time is over. */
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 50;

export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 30_000,
): Promise<T> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > endMs) throw new Error(`After ${limitMs / 1000} s there is still no ${what}.`);
    await delay(EVERY_MS);
  }
}
