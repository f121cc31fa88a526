/** What stands at a cited place: the definition or the docs section that it is about. */
import type { FileEvidence, EvidencePool } from '#core/agent/pool.ts';
import { termIdfs } from '#core/agent/fileScores.ts';
import type { Definition, DocsSection } from '#core/agent/tools.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { rangeContains, rangesOverlap, spanLength, type Span } from '#core/search/span.ts';
import { partsOf, stemOf } from '#core/search/words.ts';

/** A citation's place, before it is numbered. */
export interface Place {
  readonly span: Span;
  readonly file: FileEvidence;
  /** The lines, as read. */
  readonly lines: readonly string[];
  readonly definition: Definition | undefined;
  /** For docs, the section that fits the question best and whose heading stands in the lines. */
  readonly section: DocsSection | undefined;
}

/** Undefined if the episode has not read the lines. */
export function placeAt(span: Span, pool: EvidencePool): Place | undefined {
  const lines = pool.textOf(span);
  const file = pool.files.get(span.path);
  if (!lines || !file) return undefined;
  const definition = definitionAt(span, file, pool);
  return { span, file, lines, definition, section: definition ? undefined : sectionAt(span, lines, pool) };
}

/** A definition of one line must not win by being short. */
const SHORTEST_LENGTH = 8;

/** What does something answers more questions than what something looks like. */
const IS_SHAPE: ReadonlySet<SymbolKind> = new Set(['interface', 'type', 'enum', 'module']);
const SHAPE_FACTOR = 0.75;

/** Whether the definition's name stands in the place's lines. */
export const isDefinedIn = ({ line }: Definition, { span }: Pick<Place, 'span'>): boolean =>
  span.start <= line && line <= span.end;

/** A part of something larger, or a value: it makes a poor headline unless the question is about its name. */
export const isMinor = ({ kind, span }: Definition): boolean =>
  kind === 'field' ||
  kind === 'constructor' ||
  kind === 'other' ||
  ((kind === 'constant' || kind === 'variable') && spanLength(span) < 3);

/**
 * The definition that a span is about: among those that begin inside, the one whose name says most of the question or
 * whose lines match most; else the innermost one around the span; else the longest that begins inside.
 */
function definitionAt(span: Span, file: FileEvidence, pool: EvidencePool): Definition | undefined {
  const outline = file.outline ?? [];
  const idfs = termIdfs(pool);
  const inside = outline.filter((one) => span.start <= one.line && one.line <= span.end && isEligible(one, pool));
  let best: Definition | undefined;
  let bestScore = 0;
  for (const one of inside) {
    const own = ownScore(one, span, file, pool, idfs) + fieldScore(one, outline, pool, idfs);
    const score = IS_SHAPE.has(one.kind) ? SHAPE_FACTOR * own : own;
    if (score > bestScore) [best, bestScore] = [one, score];
  }
  return best ?? innermostAround(span, outline) ?? longest(inside.filter((one) => !isMinor(one)));
}

const ownScore = (one: Definition, span: Span, file: FileEvidence, pool: EvidencePool, idfs: Float64Array): number =>
  nameScore(one, pool, idfs) * 2 + lineScore(one, span, file, pool, idfs);

/** What the names of its fields say speaks for the definition that has them. */
function fieldScore(owner: Definition, outline: readonly Definition[], pool: EvidencePool, idfs: Float64Array): number {
  const fields = outline.filter(
    ({ kind, span, inside }) => kind === 'field' && inside.at(-1) === owner.name && rangeContains(owner.span, span),
  );
  return fields.reduce((best, field) => Math.max(best, nameScore(field, pool, idfs)), 0);
}

/** A field must be named by the question as it is; another small value needs a word of the question in its name. */
function isEligible(definition: Definition, pool: EvidencePool): boolean {
  if (!isMinor(definition)) return true;
  if (pool.question.names.includes(definition.name)) return true;
  if (definition.kind !== 'constant' && definition.kind !== 'variable') return false;
  const stems = new Set(partsOf(definition.name).map(stemOf));
  return stems.size > 1 && pool.question.terms.some(({ term }) => term.key.split(' ').every((stem) => stems.has(stem)));
}

function nameScore({ name }: Definition, pool: EvidencePool, idfs: Float64Array): number {
  const stems = new Set(partsOf(name).map(stemOf));
  let score = 0;
  pool.terms.forEach(({ term, weight, lead }, i) => {
    if (term.key.split(' ').every((stem) => stems.has(stem))) score += (weight || 0.3 * lead) * idfs[i]!;
  });
  return score / Math.sqrt(stems.size || 1);
}

/** Matches inside the definition's own cited lines, the rarer the more. */
function lineScore(
  definition: Definition,
  span: Span,
  file: FileEvidence,
  pool: EvidencePool,
  idfs: Float64Array,
): number {
  const start = Math.max(span.start, definition.span.start);
  const end = Math.min(span.end, definition.span.end);
  let score = 0;
  for (const { term, lines } of file.hits) {
    const value = pool.terms[term]!.weight * idfs[term]!;
    if (value > 0 && lines.some(({ line }) => line >= start && line <= end)) score += value;
  }
  return score / Math.log2(2 + Math.max(SHORTEST_LENGTH, spanLength(definition.span)));
}

/** The innermost definition around a range that is more than a value. */
export function innermostAround(
  span: { readonly start: number; readonly end: number },
  outline: readonly Definition[],
): Definition | undefined {
  let best: Definition | undefined;
  for (const one of outline)
    if (!isMinor(one) && rangeContains(one.span, span) && (!best || spanLength(one.span) < spanLength(best.span)))
      best = one;
  return best;
}

const longest = (definitions: readonly Definition[]): Definition | undefined =>
  definitions.reduce<Definition | undefined>(
    (best, one) => (!best || spanLength(one.span) > spanLength(best.span) ? one : best),
    undefined,
  );

/** The index may be older than the file: a section whose heading was not read is not believed. */
function sectionAt(span: Span, lines: readonly string[], pool: EvidencePool): DocsSection | undefined {
  return pool.sections.find(({ span: own, headings }) => {
    const heading = headings.at(-1);
    if (own.path !== span.path || !rangesOverlap(own, span) || !heading) return false;
    return own.start >= span.start && (lines[own.start - span.start] ?? '').includes(heading);
  });
}
