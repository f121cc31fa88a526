/**
 * A searcher written by hand, without learning: the baseline that a learned policy must beat.
 *
 * Turn 1 searches for everything that the question says. Turn 2 follows names from tests, docs and sources, asks what
 * changed together with the best files, and reads the best places. Further turns read on. It cites by the mixture of
 * evidence (`prior.ts`), and says "not found" when hardly a word of the question occurs together anywhere.
 */
import type { Action } from '#core/agent/action.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';

/** Names followed in the second turn: one grep call. */
const LEADS_FOLLOWED = 8;
const WEAKEST_LEAD = 0.15;
/** Citations whose prior is below this share of the best are left out after the first few. */
const WEAKEST_CITED = 0.3;
const FEWEST_CITED = 10;
const NOT_FOUND_BELOW = 0.12;

export const handPolicy: SearchPolicy = {
  name: 'hand',
  decide: (observation, legal) => ({ index: choose(observation, legal), logProb: 0 }),
  rank: (observation) => Float64Array.from(observation.candidates, ({ prior }) => prior),
  confidence,
};

function choose(observation: Observation, legal: readonly Action[]): number {
  if (observation.phase === 'cite') return chooseCitation(observation, legal);
  const wanted = observation.turn === 1 ? firstTurn(legal) : laterTurn(observation, legal);
  if (wanted >= 0) return wanted;
  const stop = firstOf(legal, 'run', 'answer', 'not-found');
  return Math.max(0, stop);
}

const firstTurn = (legal: readonly Action[]): number => firstOf(legal, 'docs', 'history', 'symbols', 'grep');

function laterTurn(observation: Observation, legal: readonly Action[]): number {
  const { turn, turnsLeft, pending } = observation;
  if (turn === 2) {
    const coChange = firstOf(legal, 'co-change');
    if (coChange >= 0) return coChange;
    const followed = pending.filter((action) => action.kind === 'grep').length;
    const lead = legal.findIndex((action) => action.kind === 'grep' && action.lead >= WEAKEST_LEAD);
    if (lead >= 0 && followed < LEADS_FOLLOWED) return lead;
  }
  // The last turn is for reading what the turns before it brought up.
  if (turnsLeft === 1 && turn === 2 && pending.length === 0) return firstOf(legal, 'read');
  return firstOf(legal, 'read');
}

/** The first legal action of the first kind that has one; -1 if none has. */
function firstOf(legal: readonly Action[], ...kinds: readonly Action['kind'][]): number {
  for (const kind of kinds) {
    const index = legal.findIndex((action) => action.kind === kind);
    if (index >= 0) return index;
  }
  return -1;
}

/** The offers come by prior: the first one is the best that does not overlap what is cited. */
function chooseCitation(observation: Observation, legal: readonly Action[]): number {
  const finish = firstOf(legal, 'finish');
  const next = firstOf(legal, 'cite');
  if (isNowhere(observation)) return Math.max(0, firstOf(legal, 'not-found', 'finish'));
  if (next < 0) return Math.max(0, finish, firstOf(legal, 'not-found'));
  const action = legal[next]!;
  const best = observation.candidates[0]?.prior ?? 0;
  const prior = action.kind === 'cite' ? (observation.candidates[action.candidate]?.prior ?? 0) : 0;
  const weak = observation.cited.length >= FEWEST_CITED && prior < WEAKEST_CITED * best;
  return weak && finish >= 0 ? finish : next;
}

const isNowhere = (observation: Observation): boolean =>
  observation.cited.length === 0 &&
  observation.candidates.length > 0 &&
  bestCoverage(observation.candidates) < NOT_FOUND_BELOW;

const bestCoverage = (candidates: readonly Candidate[]): number =>
  candidates.slice(0, 10).reduce((best, { coverage }) => Math.max(best, coverage), 0);

/** From how much of the question stands together, and how far the best place is ahead of the next file. */
function confidence({ candidates, termsFound }: Observation): number {
  const first = candidates[0];
  if (!first) return 0;
  const rival = candidates.find(({ span }) => span.path !== first.span.path);
  const lead = rival ? 1 - rival.prior / Math.max(first.prior, 1e-9) : 1;
  return Math.min(1, Math.max(0, 0.15 + 0.5 * first.coverage + 0.6 * lead - 0.3 * (1 - termsFound)));
}
