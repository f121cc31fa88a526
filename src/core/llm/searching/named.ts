/** From the documents that a model named to citations: these in its order, then the others by prior. */
import type { Action } from '#core/agent/action.ts';
import type { Observation } from '#core/agent/observation.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';

/**
 * How a model's search ended: it named places, it said that nothing answers, it has not said anything yet, or it failed
 * and the policy written by hand goes on.
 */
export type Verdict = 'answer' | 'not-found' | 'open' | 'written';

/** The next of the places that the model named, or "not found" if it said that; -1 when it has said no more. */
export function chooseCitation(
  verdict: Verdict,
  named: readonly Span[],
  { cited }: Observation,
  legal: readonly Action[],
): number {
  const kind = (wanted: Action['kind']): number => legal.findIndex((action) => action.kind === wanted);
  if (verdict === 'not-found' && cited.length === 0) return kind('not-found');
  if (verdict !== 'answer') return -1;
  return named.map((span) => bestCite(span, legal)).find((index) => index >= 0) ?? -1;
}

/** The place that covers most of the document; one that overlaps what is cited is not legal any more. */
function bestCite(span: Span, legal: readonly Action[]): number {
  let best = -1;
  let most = 0;
  for (const [i, action] of legal.entries()) {
    if (action.kind !== 'cite' || action.span.path !== span.path || !rangesOverlap(action.span, span)) continue;
    const shared = Math.min(action.span.end, span.end) - Math.max(action.span.start, span.start) + 1;
    if (shared > most) [best, most] = [i, shared];
  }
  return best;
}

/** How others rank the candidates, and above them all those that the model named, in its order. */
export function rankNamed(
  { candidates }: Observation,
  named: readonly Span[],
  others: ArrayLike<number>,
): ArrayLike<number> {
  if (named.length === 0) return others;
  const most = candidates.reduce((max, _, i) => Math.max(max, others[i] ?? 0), 0);
  return Float64Array.from(candidates, ({ span }, i) => {
    const place = named.findIndex((one) => one.path === span.path && rangesOverlap(one, span));
    return place < 0 ? (others[i] ?? 0) : most * (2 - place / named.length) + 1e-9;
  });
}
