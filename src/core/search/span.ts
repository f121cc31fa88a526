/** A run of lines in a file of the workspace. Lines are 1-based and inclusive. */
export interface Span {
  /** Workspace path: `/`-separated, relative to the workspace, never absolute, never with `..`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Without what else the object has, as it is written to a file. */
export const plainSpan = ({ path, start, end }: Span): Span => ({ path, start, end });

/** A run of lines without its file. 1-based, inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export const spanLength = (range: LineRange): number => range.end - range.start + 1;

export const rangesOverlap = (a: LineRange, b: LineRange): boolean => a.start <= b.end && b.start <= a.end;

export const rangeContains = (outer: LineRange, inner: LineRange): boolean =>
  outer.start <= inner.start && inner.end <= outer.end;

/** Sorted, disjoint cover of `ranges`; ranges that touch are joined. */
export function joinRanges(ranges: readonly LineRange[]): LineRange[] {
  const joined: LineRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = joined.at(-1);
    if (last && range.start <= last.end + 1)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else joined.push({ start: range.start, end: range.end });
  }
  return joined;
}
