/**
 * What a question names is read and cited, whatever the policy thinks of it: who asks about `src/net/retry.ts:58` wants to
 * see those lines. The policy is neither asked for it nor charged with it.
 */
import type { Action } from '#core/agent/action.ts';
import { MAX_CITED_LINES } from '#core/agent/citableSpan.ts';
import { around } from '#core/agent/legalActions.ts';
import type { SearchState } from '#core/agent/searchState.ts';
import type { NamedPlace } from '#core/search/fileMentions.ts';
import { rangeContains, rangesOverlap, spanLength, type LineRange, type Span } from '#core/search/span.ts';

/** Files of a question that are read for their names. */
export const MAX_NAMED = 3;
/** Lines before a named line that are shown with it. */
const LINES_BEFORE = 10;

/** Reads the line with what surrounds it; without one how the file begins. */
export function readOfNamed({ path, line = 1 }: NamedPlace): Action {
  return { kind: 'read', span: around({ path, ...windowOf(line) }), candidate: 0 };
}

/** The places of files that could be read: what the question is about, and what it only mentions. */
export interface NamedSpans {
  readonly topics: readonly Span[];
  readonly others: readonly Span[];
}

export const NOTHING_NAMED: NamedSpans = { topics: [], others: [] };

/**
 * One place for each file: the widest definition around the line that fits, or the lines around it; without a line, and
 * where the file has none such, the best place of the file.
 */
export function citedForNames(named: readonly NamedPlace[], state: SearchState): NamedSpans {
  const spans = (places: readonly NamedPlace[]): Span[] => places.flatMap((place) => citedForName(place, state) ?? []);
  return {
    topics: spans(named.filter(({ isTopic }) => isTopic)),
    others: spans(named.filter(({ isTopic }) => !isTopic)),
  };
}

function citedForName({ path, line }: NamedPlace, { citePlaces, pool }: SearchState): Span | undefined {
  const ranges = pool.readRanges(path);
  const read = ranges.find(({ start, end }) => line !== undefined && start <= line && line <= end);
  if (read) return { path, ...linesFor(line!, read, pool.file(path).outline ?? []) };
  const best = citePlaces().find(({ span }) => span.path === path);
  return best?.span ?? (ranges[0] && { path, ...windowIn(ranges[0], ranges[0].start) });
}

function linesFor(line: number, read: LineRange, outline: readonly { readonly span: Span }[]): LineRange {
  const around = outline
    .filter(({ span }) => span.start <= line && line <= span.end && rangeContains(read, span))
    .map(({ span: { start, end } }) => ({ start, end }))
    .filter((span) => spanLength(span) <= MAX_CITED_LINES)
    .sort((a, b) => spanLength(b) - spanLength(a));
  return around[0] ?? windowIn(read, line);
}

const windowIn = (read: LineRange, line: number): LineRange => {
  const { start, end } = windowOf(line);
  return { start: Math.max(start, read.start), end: Math.min(end, read.end) };
};

function windowOf(line: number): LineRange {
  const start = Math.max(1, line - LINES_BEFORE);
  return { start, end: start + MAX_CITED_LINES - 1 };
}

/** What the question is about, then what the policy cites, then what is only mentioned; at most `most` of them. */
export function joinNamed(cited: readonly Span[], { topics, others }: NamedSpans, most: number): Span[] {
  const without = (places: readonly Span[], known: readonly Span[]): Span[] =>
    places.filter((place) => !known.some((one) => one.path === place.path && rangesOverlap(one, place)));
  const answer = [...topics, ...without(cited, topics)];
  const missing = without(others, answer.slice(0, most)).slice(0, Math.max(0, most - topics.length));
  return [...answer.slice(0, most - missing.length), ...missing];
}
