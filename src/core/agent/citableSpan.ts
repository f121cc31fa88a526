/** From a window to lines worth citing: inside of what was read, and from the head of a definition where it fits. */
import type { FileEvidence } from '#core/agent/pool.ts';
import type { Definition } from '#core/agent/tools.ts';
import { spanLength, type LineRange, type Span } from '#core/search/span.ts';

/** Longest citation: one screen. */
export const MAX_CITED_LINES = 40;

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
 * Begins a window with the head of the definition that its first match lies in, if that stands above the window and
 * what matches still fits. Windows are not cut at definitions: measured, what surrounds the matches is often asked for.
 */
function snap(window: LineRange, hits: readonly number[], outline: readonly Definition[], read: LineRange): LineRange {
  const first = hits[0] ?? window.start;
  const last = hits.at(-1) ?? first;
  const head = innermost(outline.filter(({ span }) => span.start <= first && first <= span.end))?.span.start;
  if (head === undefined || head >= window.start || head < read.start || last - head >= MAX_CITED_LINES) return window;
  return { start: head, end: Math.min(head + MAX_CITED_LINES - 1, read.end) };
}

const innermost = (definitions: readonly Definition[]): Definition | undefined =>
  definitions.reduce<Definition | undefined>(
    (best, one) => (!best || spanLength(one.span) < spanLength(best.span) ? one : best),
    undefined,
  );
