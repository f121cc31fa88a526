/** From a window to lines worth citing: inside of what was read, and cut at definitions where they fit. */
import type { FileEvidence } from '#core/agent/pool.ts';
import type { Definition } from '#core/agent/tools.ts';
import { rangeContains, rangesOverlap, spanLength, type LineRange, type Span } from '#core/search/span.ts';

/** Longest citation: one screen. */
export const MAX_CITED_LINES = 40;

/** The lines to cite for a window, or undefined if the episode has not read it. */
export function citableSpan(window: Span, file: FileEvidence, read: readonly LineRange[]): Span | undefined {
  const range = read.find((one) => rangesOverlap(one, window) && one.start <= window.start);
  if (!range) return undefined;
  const inside = { start: window.start, end: Math.min(window.end, range.end) };
  if (inside.end < inside.start) return undefined;
  const snapped = snap(inside, file.outline ?? [], range);
  return { path: window.path, start: snapped.start, end: snapped.end };
}

/**
 * Moves a window to the definitions in it: it begins where the definition at its first line begins, or at the first
 * definition inside, as long as no more than `MAX_CITED_LINES` lines are cited and nothing unread is.
 */
function snap(window: LineRange, outline: readonly Definition[], read: LineRange): LineRange {
  const around = innermost(
    outline.filter((one) => rangeContains(one.span, { start: window.start, end: window.start })),
  );
  if (around && spanLength(around.span) <= MAX_CITED_LINES && rangeContains(read, around.span)) {
    const start = around.span.start;
    return { start, end: Math.min(Math.max(window.end, around.span.end), start + MAX_CITED_LINES - 1, read.end) };
  }
  return window;
}

const innermost = (definitions: readonly Definition[]): Definition | undefined =>
  definitions.reduce<Definition | undefined>(
    (best, one) => (!best || spanLength(one.span) < spanLength(best.span) ? one : best),
    undefined,
  );
