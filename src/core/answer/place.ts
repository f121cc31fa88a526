/** What stands at a cited place: the definition that it is about, told from the outline of the file. */
import type { FileEvidence, EvidencePool } from '#core/agent/pool.ts';
import { termIdfs } from '#core/agent/fileScores.ts';
import type { Definition } from '#core/agent/tools.ts';
import { rangeContains, rangesOverlap, spanLength, type Span } from '#core/search/span.ts';
import { partsOf, stemOf } from '#core/search/words.ts';

/** A citation's place, before it is numbered. */
export interface Place {
  readonly span: Span;
  readonly file: FileEvidence;
  /** The lines, as read. */
  readonly lines: readonly string[];
  readonly definition: Definition | undefined;
}

/**
 * The definition that a span is about: among those that begin inside, the one whose name says most of the question or
 * whose lines match most; else the innermost one around the span.
 */
export function definitionAt(span: Span, file: FileEvidence, pool: EvidencePool): Definition | undefined {
  const outline = file.outline ?? [];
  const idfs = termIdfs(pool);
  const inside = outline.filter((one) => span.start <= one.line && one.line <= span.end);
  let best: Definition | undefined;
  let bestScore = 0;
  for (const one of inside) {
    const score = nameScore(one, pool, idfs) * 2 + lineScore(one, span, file, pool, idfs);
    if (score > bestScore) [best, bestScore] = [one, score];
  }
  return best ?? innermostAround(span, outline) ?? inside[0];
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
  let score = 0;
  for (const { term, lines } of file.hits) {
    const value = pool.terms[term]!.weight * idfs[term]!;
    if (
      value > 0 &&
      lines.some(
        ({ line }) =>
          line >= span.start && line <= span.end && line >= definition.span.start && line <= definition.span.end,
      )
    )
      score += value;
  }
  return score / Math.log2(2 + spanLength(definition.span));
}

function innermostAround(span: Span, outline: readonly Definition[]): Definition | undefined {
  let best: Definition | undefined;
  for (const one of outline)
    if (
      (rangeContains(one.span, span) || (rangesOverlap(one.span, span) && one.span.start <= span.start)) &&
      (!best || spanLength(one.span) < spanLength(best.span))
    )
      best = one;
  return best;
}
