const MAX_RETRY_MS = 24 * 3_600_000;

/** Milliseconds of a `Retry-After`: seconds, or a date; undefined for anything else. A day at most. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? 1_000 * Number(header) : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_MS, Math.max(0, ms)) : undefined;
}
