/** From a window to lines worth citing: inside of what was read, and cut at definitions where they fit. */
import type { FileEvidence } from '#core/agent/pool.ts';
import type { Definition } from '#core/agent/tools.ts';
import { spanLength, type LineRange, type Span } from '#core/search/span.ts';

/** Longest citation: one screen. */
export const MAX_CITED_LINES = 40;
/** Context that a citation keeps even where a cut-off definition follows. */
const FEWEST_LINES = 12;

/** The lines to cite for a window, or undefined if the episode has not read it. */
export function citableSpan(window: Span, file: FileEvidence, read: readonly LineRange[]): Span | undefined {
  const range = read.find((one) => one.start <= window.start && window.start <= one.end);
  if (!range) return undefined;
  const inside = { start: window.start, end: Math.min(window.end, range.end) };
  const { start, end } = snap(inside, hitLines(inside, file), file.outline ?? [], range);
  return { path: window.path, start, end };
}

/** Lines of the window with a match, sorted. */
function hitLines(window: LineRange, file: FileEvidence): number[] {
  const lines = new Set<number>();
  for (const { lines: hits } of file.hits)
    for (const { line } of hits) if (line >= window.start && line <= window.end) lines.add(line);
  return [...lines].sort((a, b) => a - b);
}

/**
 * Moves a window to the definitions in it: it begins where the definition at its first match begins, if what matches
 * still fits, and ends before a definition that is cut off and has no match. Never more than `MAX_CITED_LINES` lines.
 */
function snap(window: LineRange, hits: readonly number[], outline: readonly Definition[], read: LineRange): LineRange {
  const first = hits[0] ?? window.start;
  const last = hits.at(-1) ?? first;
  const head = innermost(outline.filter(({ span }) => span.start <= first && first <= span.end));
  const begin =
    head && head.span.start >= read.start && last - head.span.start < MAX_CITED_LINES ? head.span.start : window.start;
  const end = Math.min(begin + MAX_CITED_LINES - 1, read.end);
  const cutOff = outline.filter(
    ({ span }) => span.start > Math.max(last, begin + FEWEST_LINES) && span.start <= end && span.end > end,
  );
  return { start: begin, end: cutOff.length ? Math.min(...cutOff.map(({ span }) => span.start)) - 1 : end };
}

const innermost = (definitions: readonly Definition[]): Definition | undefined =>
  definitions.reduce<Definition | undefined>(
    (best, one) => (!best || spanLength(one.span) < spanLength(best.span) ? one : best),
    undefined,
  );
