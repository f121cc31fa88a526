/** From the documents that a model named to citations: these in its order, then the others by prior. */
import type { Action } from '#core/agent/action.ts';
import type { Observation } from '#core/agent/observation.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';

/**
 * How a model's search ended: it named places, it said that nothing answers, it has not said anything yet, or it failed
 * and the policy written by hand goes on.
 */
export type Verdict = 'answer' | 'not-found' | 'open' | 'written';

/** -1 where the model said nothing about it. */
export function chooseCitation(
  verdict: Verdict,
  named: readonly Span[],
  { cited }: Observation,
  legal: readonly Action[],
): number {
  const kind = (wanted: Action['kind']): number => legal.findIndex((action) => action.kind === wanted);
  if (verdict === 'not-found' && cited.length === 0) return kind('not-found');
  if (verdict !== 'answer') return -1;
  for (const span of named) {
    const index = bestCite(span, legal);
    if (index >= 0) return index;
  }
  const next = kind('cite');
  return next >= 0 ? next : kind('finish');
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

/** The priors, and above them all the candidates that the model named, in its order. */
export function rankNamed({ candidates }: Observation, named: readonly Span[]): Float64Array {
  const most = candidates[0]?.prior ?? 0;
  return Float64Array.from(candidates, ({ span, prior }) => {
    const place = named.findIndex((one) => one.path === span.path && one.start === span.start);
    return place < 0 ? prior : most * (2 - place / named.length) + 1e-9;
  });
}
