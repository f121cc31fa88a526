/** What one query is given: cited places as documents, short enough for a model's window, safe inside of its tags. */
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import { passageLine } from '#core/llm/passageLine.ts';
import type { Span } from '#core/search/span.ts';

export interface RetrievedDocument {
  /** `src/retry.ts:12-31`. */
  readonly title: string;
  /** The lines, with line feeds between them. */
  readonly text: string;
  /** In [0, 1], never more than that of the document before. */
  readonly score: number;
}

/** Documents of a query that are offered at all; an episode cites no more. */
export const MAX_DOCUMENTS = 10;
/** Longest citation, and so the longest document. */
export const MAX_DOCUMENT_LINES = 40;
/** UTF-16 units of a line, and of a path. */
const MAX_WIDTH = 300;
const MAX_PATH = 1_000;

/**
 * @param ranks relevance of the outcome's candidates, larger is better.
 * @param mostLines of a document: of a longer citation those with most matches.
 */
export function documentsOf(
  { citations, pool, observation }: EpisodeOutcome,
  ranks: ArrayLike<number>,
  mostLines: number,
): RetrievedDocument[] {
  const best = observation.candidates.reduce((most, _, i) => Math.max(most, ranks[i] ?? 0), 1e-9);
  let score = 1;
  return citations.slice(0, MAX_DOCUMENTS).flatMap((cited, i) => {
    const span = narrowed(cited, pool, mostLines);
    const lines = pool.textOf(span);
    if (!lines) return [];
    score = Math.max(0, Math.min(score, (ranks[observation.cited[i] ?? -1] ?? 0) / best));
    return [
      {
        title: titleOf(span),
        text: lines
          .map((line) => passageLine(line, MAX_WIDTH))
          .join('\n')
          .trimEnd(),
        score,
      },
    ];
  });
}

const titleOf = ({ path, start, end }: Span): string => `${passageLine(path, MAX_PATH)}:${start}-${end}`;

/** Of the windows of so many lines the first with most lines that match. */
function narrowed(span: Span, pool: EvidencePool, mostLines: number): Span {
  if (span.end - span.start < mostLines) return span;
  const hits = new Set(pool.files.get(span.path)?.hits.flatMap(({ lines }) => lines.map(({ line }) => line)));
  let [best, bestCount] = [span.start, -1];
  for (let start = span.start; start + mostLines - 1 <= span.end; start++) {
    let count = 0;
    for (let line = start; line < start + mostLines; line++) if (hits.has(line)) count++;
    if (count > bestCount) [best, bestCount] = [start, count];
  }
  return { path: span.path, start: best, end: best + mostLines - 1 };
}
