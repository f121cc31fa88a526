/** Where lines of a text stood in an earlier version of it. */
import type { LineRange } from '#core/search/span.ts';

/** A range that stands in for a changed one may be longer than it by this many lines. */
const MAX_MORE = 20;

/** Undefined if they were not there, or where they were cannot be told from the unchanged lines at both ends. */
export function linesBefore(
  { start, end }: LineRange,
  now: readonly string[],
  before: readonly string[],
): LineRange | undefined {
  const head = sameAtStart(now, before);
  const tail = sameAtEnd(now, before, head);
  const shift = before.length - now.length;
  const earlier = {
    start: start <= head ? start : start > now.length - tail ? start + shift : head + 1,
    end: end <= head ? end : end > now.length - tail ? end + shift : before.length - tail,
  };
  const length = earlier.end - earlier.start + 1;
  return length < 1 || length > end - start + 1 + MAX_MORE ? undefined : earlier;
}

function sameAtStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a[same] === b[same]) same++;
  return same;
}

function sameAtEnd(a: readonly string[], b: readonly string[], taken: number): number {
  const most = Math.min(a.length, b.length) - taken;
  let same = 0;
  while (same < most && a[a.length - 1 - same] === b[b.length - 1 - same]) same++;
  return same;
}
