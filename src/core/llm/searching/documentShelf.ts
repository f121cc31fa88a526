/** The documents of an episode by their numbers, and the places that are to be read for them. */
import type { Action } from '#core/agent/action.ts';
import type { Observation } from '#core/agent/observation.ts';
import type { FileEvidence } from '#core/agent/pool.ts';
import { joinRanges, rangeContains, type Span } from '#core/search/span.ts';
import { bestWindows, documentOf, type FoundDocument, type Seen } from './documents.ts';

export interface DocumentShelf {
  /** Chooses the places that answer each query best. */
  choose(observation: Observation, queries: readonly string[], most: number): void;
  /** Whether one of the chosen places has to be read. */
  hasUnread(observation: Observation): boolean;
  /** The next read of a chosen place, or the turn's run; -1 where neither is legal. */
  readCall(legal: readonly Action[], observation: Observation): number;
  /** The places of a query as documents; those that could not be read are left out. */
  documents(query: string, observation: Observation): readonly FoundDocument[];
  spanOf(number: number): Span | undefined;
}

export function documentShelf(): DocumentShelf {
  const numbers = new Map<string, number>();
  const shown = new Map<number, Span>();
  /** Places that a read was planned for: one that failed is not tried again. */
  const tried = new Set<string>();
  let chosen = new Map<string, readonly Span[]>();
  const numberOf = (span: Span): number => {
    const key = keyOf(span);
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    return numbers.get(key)!;
  };
  const seenAs = (span: Span): Seen => {
    if (numbers.has(keyOf(span))) return 'itself';
    const seen = joinRanges([...shown.values()].filter(({ path }) => path === span.path));
    return seen.some((range) => rangeContains(range, span)) ? 'elsewhere' : 'new';
  };
  const unread = (observation: Observation): Span[] =>
    [...chosen.values()].flat().filter((span) => !tried.has(keyOf(span)) && !isRead(span, fileOf(span, observation)));
  return {
    choose(observation, queries, most) {
      chosen = new Map(
        queries.map((query) => [query, bestWindows(observation, query, most, seenAs).map(({ span }) => span)]),
      );
    },
    hasUnread: (observation) => unread(observation).length > 0,
    readCall(legal, observation) {
      const wanted = unread(observation);
      const index = legal.findIndex((one) => one.kind === 'read' && wanted.some((span) => covers(one.span, span)));
      const read = legal[index];
      if (read?.kind !== 'read') return legal.findIndex(({ kind }) => kind === 'run');
      for (const span of wanted) if (covers(read.span, span)) tried.add(keyOf(span));
      return index;
    },
    documents(query, observation) {
      const spans = (chosen.get(query) ?? []).filter((span) => isRead(span, fileOf(span, observation)));
      const found = spans.flatMap((span) => documentOf(numberOf(span), span, fileOf(span, observation)!) ?? []);
      for (const { number, span } of found) shown.set(number, span);
      return found;
    },
    spanOf: (number) => shown.get(number),
  };
}

const keyOf = ({ path, start }: Span): string => `${path}:${start}`;

const fileOf = ({ path }: Span, { candidates }: Observation): FileEvidence | undefined =>
  candidates.find(({ span }) => span.path === path)?.file;

const isRead = ({ start: line }: Span, file: FileEvidence | undefined): boolean =>
  file?.reads.some(({ start, lines }) => start <= line && line < start + lines.length) ?? false;

const covers = (outer: Span, inner: Span): boolean =>
  outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end;
