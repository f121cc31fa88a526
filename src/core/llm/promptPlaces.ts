/** Places of an answer as a prompt shows them, and what goes first where there is no room for all of them. */
import type { Citation } from '#core/answer/answer.ts';
import { linesText } from '#core/answer/wording.ts';
import { estimateTokens, inertLine } from '#core/llm/prompt.ts';

export interface ShownPlace {
  readonly number: number;
  /** Its head, `[1] src/net/retry.ts, lines 12–22, function withBackoff`, and its lines, each behind its number. */
  readonly text: string;
}

/** How much of each place is shown. */
interface Detail {
  /** Most lines of a place. */
  readonly lines: number;
  /** Most UTF-16 units of a line. */
  readonly width: number;
}

const WIDE = 300;
/** From all to hardly anything; what is not wide is for the first place alone. */
const DETAILS: readonly Detail[] = [200, 80, 56, 40, 28, 20, 14, 10, 7, 5].map((lines) => ({ lines, width: WIDE }));
const LEAST_DETAILS: readonly Detail[] = [
  { lines: 5, width: 120 },
  { lines: 3, width: 120 },
  { lines: 2, width: 80 },
  { lines: 1, width: 60 },
];
const MOST_PATH = 200;

/**
 * The places in at most `room` tokens, by `estimateTokens`. Tries less and less of all, those at the end first; then fewer
 * places; then less of the first one, whose head and first line stay in any case.
 */
export function fittingPlaces(
  citations: readonly Citation[],
  room: number,
): { readonly places: readonly ShownPlace[]; readonly isShortened: boolean } {
  const sources = citations.map(openSource);
  let shown = sources.map((source) => source(DETAILS[0]!));
  let used = costOf(shown);
  const isShortened = used > room || citations.some(({ lines }) => lines.length > DETAILS[0]!.lines);
  for (const detail of DETAILS.slice(1)) {
    for (let i = sources.length - 1; i >= 0 && used > room; i--) {
      const place = sources[i]!(detail);
      used += place.tokens - shown[i]!.tokens;
      shown[i] = place;
    }
  }
  while (used > room && shown.length > 1) used -= shown.pop()!.tokens;
  for (const detail of LEAST_DETAILS) {
    if (used > room && shown.length) shown = [sources[0]!(detail)];
    used = costOf(shown);
  }
  const places = shown.map(({ number, lines }) => ({ number, text: lines.map(({ text }) => text).join('\n') }));
  return { places, isShortened };
}

interface MeasuredLine {
  readonly text: string;
  /** With its line end. */
  readonly tokens: number;
}

interface MeasuredPlace {
  readonly number: number;
  readonly lines: readonly MeasuredLine[];
  readonly tokens: number;
}

const costOf = (places: readonly MeasuredPlace[]): number => places.reduce((sum, { tokens }) => sum + tokens, 0);

const measured = (text: string): MeasuredLine => ({ text, tokens: estimateTokens(text) + 1 });

/** A place in any detail. Wide lines are made and measured once, however often it is tried. */
function openSource(citation: Citation): (detail: Detail) => MeasuredPlace {
  const { number, start, lines } = citation;
  const head = measured(headOf(citation));
  const wide = new Map<number, MeasuredLine>();
  const lineAt = (i: number, width: number): MeasuredLine => {
    const known = width === WIDE ? wide.get(i) : undefined;
    const line = known ?? measured(`${start + i} | ${inertLine(lines[i]!, width)}`);
    if (width === WIDE) wide.set(i, line);
    return line;
  };
  return (detail) => {
    const shown = [head];
    const { first, last } = keptLines(lines.length, detail.lines);
    for (let i = 0; i < first; i++) shown.push(lineAt(i, detail.width));
    if (first < last) shown.push(measured(`… ${last - first} lines left out …`));
    for (let i = last; i < lines.length; i++) shown.push(lineAt(i, detail.width));
    return { number, lines: shown, tokens: shown.reduce((sum, { tokens }) => sum + tokens, 0) };
  };
}

function headOf({ number, symbol, ...span }: Citation): string {
  const name = symbol && `, ${symbol.kind} ${[...symbol.inside, symbol.name].join('.')}`;
  return `[${number}] ${inertLine(span.path, MOST_PATH)}, ${linesText(span)}${inertLine(name ?? '', MOST_PATH)}`;
}

/** A long place loses its middle, from index `first` up to `last`; two thirds of the rest are its beginning. */
function keptLines(count: number, most: number): { first: number; last: number } {
  if (count <= most) return { first: count, last: count };
  const first = Math.max(1, Math.ceil((most * 2) / 3));
  return { first, last: count - (most - first) };
}
