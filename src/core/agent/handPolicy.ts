/**
 * A searcher written by hand, without learning: the baseline that a learned policy must beat.
 *
 * Turn 1 searches for everything that the question says. Turn 2 follows names from tests and docs, asks what changed
 * together with the best files, and begins to read the best places; further turns read on until all that may be cited
 * is read. It cites by the mixture of evidence (`prior.ts`), and says "not found" when it is all but sure to be wrong.
 */
import type { Action } from '#core/agent/action.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';

/** Names followed in the second turn: one grep call. */
const LEADS_FOLLOWED = 8;
const WEAKEST_LEAD = 0.15;
/** Candidates worth reading: ten citations that do not overlap come from about so many windows. */
const READ_DEPTH = 26;
const NOT_FOUND_BELOW = 0.15;

export const handPolicy: SearchPolicy = {
  name: 'hand',
  decide: (observation, legal) => ({ index: choose(observation, legal), logProb: 0 }),
  rank: (observation) => Float64Array.from(observation.candidates, ({ prior }) => prior),
  confidence,
};

/** The first of these that is legal; a policy is only asked where there is a choice. */
function choose(observation: Observation, legal: readonly Action[]): number {
  const wanted = observation.phase === 'cite' ? citation(observation, legal) : call(observation, legal);
  return wanted >= 0 ? wanted : Math.max(0, firstOf(legal, 'run', 'answer', 'finish', 'not-found'));
}

function call({ turn, pending }: Observation, legal: readonly Action[]): number {
  if (turn === 1) return firstOf(legal, 'docs', 'history', 'symbols', 'grep');
  const coChange = turn === 2 ? firstOf(legal, 'co-change') : -1;
  if (coChange >= 0) return coChange;
  const followed = pending.filter((action) => action.kind === 'grep').length;
  const lead = legal.findIndex((action) => action.kind === 'grep' && action.lead >= WEAKEST_LEAD);
  if (turn === 2 && lead >= 0 && followed < LEADS_FOLLOWED) return lead;
  return legal.findIndex((action) => action.kind === 'read' && action.candidate < READ_DEPTH);
}

/** Places are offered best first, and none that overlaps what is cited. */
function citation(observation: Observation, legal: readonly Action[]): number {
  const isNowhere = observation.cited.length === 0 && confidence(observation) < NOT_FOUND_BELOW;
  return isNowhere ? firstOf(legal, 'not-found') : firstOf(legal, 'cite');
}

/** The first legal action of the first kind that has one; -1 if none has. */
function firstOf(legal: readonly Action[], ...kinds: readonly Action['kind'][]): number {
  for (const kind of kinds) {
    const index = legal.findIndex((action) => action.kind === kind);
    if (index >= 0) return index;
  }
  return -1;
}

/**
 * The chance that one of the first three files is right: a logistic regression on how much of the question stands in
 * the first place, how far that is ahead of the next file, and its score. Fitted on the questions of the training
 * repositories, asked of their own repository and of wrong ones.
 */
function confidence({ candidates }: Observation): number {
  const first = candidates[0];
  if (!first) return 0;
  const rival = candidates.find(({ span }) => span.path !== first.span.path);
  const lead = rival ? 1 - rival.prior / Math.max(first.prior, 1e-9) : 1;
  return 1 / (1 + Math.exp(5.69 - 2.03 * first.coverage - 0.75 * lead - 2.4 * first.prior));
}
