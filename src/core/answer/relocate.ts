/**
 * Finds cited lines again in a file that may have changed since. Only white space at line ends may differ: lines that
 * say something else are never given for the cited ones.
 */
import type { LineRange } from '#core/search/span.ts';

/**
 * Where `lines` are in `now`, the file's lines from line `first` on: their old place if they are still there, else the
 * nearest other one. Undefined when they are nowhere, and when it cannot be said which of several they are: two at the
 * same distance, or lines without a word in them, which stand anywhere.
 */
export function relocate(
  lines: readonly string[],
  start: number,
  now: readonly string[],
  first = 1,
): LineRange | undefined {
  if (lines.length === 0) return undefined;
  const sought = lines.map(bare);
  const isAt = (line: number): boolean => {
    const at = line - first;
    return at >= 0 && at + sought.length <= now.length && sought.every((text, i) => bare(now[at + i]!) === text);
  };
  if (isAt(start)) return rangeFrom(start, lines);
  if (!lines.some((line) => WORD.test(line))) return undefined;
  const last = first + now.length - lines.length;
  const farthest = Math.max(start - first, last - start);
  for (let distance = 1; distance <= farthest; distance++) {
    const above = isAt(start - distance);
    const below = isAt(start + distance);
    if (above && below) return undefined;
    if (above || below) return rangeFrom(above ? start - distance : start + distance, lines);
  }
  return undefined;
}

const WORD = /[\p{L}\p{N}]/u;

const bare = (line: string): string => line.trimEnd();

const rangeFrom = (start: number, lines: readonly string[]): LineRange => ({ start, end: start + lines.length - 1 });
