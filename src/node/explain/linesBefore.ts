/**
 * Where lines of a text stood in an earlier version of it.
 *
 * Lines that each text has once are tied first, as many as keep their order (the idea of Bram Cohen's patience diff);
 * from each tie on, equal neighbours are tied too. What is tied to nothing is new.
 */
import type { LineRange } from '#core/search/span.ts';

/** From the first to the last of these lines that was there; undefined if none was. */
export function linesBefore(
  { start, end }: LineRange,
  now: readonly string[],
  before: readonly string[],
): LineRange | undefined {
  const tied = tieLines(now, before);
  const earlier = Array.from(tied.subarray(start - 1, end)).filter((index) => index >= 0);
  if (earlier.length === 0) return undefined;
  return { start: earlier[0]! + 1, end: earlier.at(-1)! + 1 };
}

/** For each line of `a` the index of its line in `b`, -1 for none; rising. */
function tieLines(a: readonly string[], b: readonly string[]): Int32Array {
  const tied = new Int32Array(a.length).fill(-1);
  let first = 0;
  while (first < a.length && first < b.length && a[first] === b[first]) tied[first] = first++;
  let last = 0;
  while (last < Math.min(a.length, b.length) - first && a.at(-1 - last) === b.at(-1 - last)) {
    last++;
    tied[a.length - last] = b.length - last;
  }
  for (const [i, j] of rising(uniquePairs(a, b, first, last))) tied[i] = j;
  spread(tied, a, b);
  return tied;
}

type Pair = readonly [a: number, b: number];

/** Lines between the equal ends that both texts have just once there. */
function uniquePairs(a: readonly string[], b: readonly string[], first: number, last: number): Pair[] {
  const places = placesOf(b, first, b.length - last);
  return [...placesOf(a, first, a.length - last)].flatMap(([line, i]) => {
    const j = places.get(line);
    return i < 0 || j === undefined || j < 0 ? [] : [[i, j] as const];
  });
}

/** Index by line; -1 for a line that is there more than once. */
function placesOf(lines: readonly string[], from: number, to: number): Map<string, number> {
  const places = new Map<string, number>();
  for (let at = from; at < to; at++) places.set(lines[at]!, places.has(lines[at]!) ? -1 : at);
  return places;
}

/** The longest run of pairs, given by `a`, in which `b` rises too. */
function rising(pairs: readonly Pair[]): Pair[] {
  const ends: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  for (const [at, [, b]] of pairs.entries()) {
    let length = 0;
    for (let most = ends.length; length < most;) {
      const middle = (length + most) >> 1;
      if (pairs[ends[middle]!]![1] < b) length = middle + 1;
      else most = middle;
    }
    previous[at] = length > 0 ? ends[length - 1]! : -1;
    ends[length] = at;
  }
  const run: Pair[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at]!) run.push(pairs[at]!);
  return run.reverse();
}

/** Ties equal lines that follow, or come before, tied ones. */
function spread(tied: Int32Array, a: readonly string[], b: readonly string[]): void {
  const taken = new Set(tied);
  const tie = (i: number, j: number): void => {
    if (tied[i] !== -1 || taken.has(j) || j < 0 || j >= b.length || a[i] !== b[j]) return;
    tied[i] = j;
    taken.add(j);
  };
  for (let i = 1; i < a.length; i++) if (tied[i - 1]! >= 0) tie(i, tied[i - 1]! + 1);
  for (let i = a.length - 2; i >= 0; i--) if (tied[i + 1]! >= 0) tie(i, tied[i + 1]! - 1);
}
