/** Checks cited lines against the files as they are now: a citation is never shown for lines that say something else. */
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import type { ReadTool } from '#core/agent/tools.ts';
import type { Span } from '#core/search/span.ts';

const READ_TIMEOUT_MS = 5_000;

/** The citations whose lines still say what was read, in order; `lost` counts the others. */
export async function verifySpans(
  { citations, pool }: EpisodeOutcome,
  read: ReadTool,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ verified: Span[]; lost: number }> {
  const verified: Span[] = [];
  for (const span of citations) {
    const expected = pool.textOf(span);
    const now = await read.read({ path: span.path, range: span }, { signal, timeoutMs: READ_TIMEOUT_MS });
    if (expected && now.ok && now.value.start === span.start && sameLines(now.value.lines, expected))
      verified.push(span);
  }
  return { verified, lost: citations.length - verified.length };
}

const sameLines = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);
