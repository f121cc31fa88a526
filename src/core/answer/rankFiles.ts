/** The files of an answer, best first: those of the citations, then all others by their best candidate. */
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';

/** @param cited their paths, in order; doubles count once. */
export function rankFiles(
  observation: Observation,
  policy: SearchPolicy,
  cited: readonly string[],
  most: number,
): string[] {
  const ranks = policy.rank(observation);
  const best = new Map<string, number>();
  observation.candidates.forEach(({ span }, i) =>
    best.set(span.path, Math.max(best.get(span.path) ?? -Infinity, ranks[i] ?? 0)),
  );
  const ranked = [...best].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([path]) => path);
  return [...new Set([...cited, ...ranked])].slice(0, most);
}
