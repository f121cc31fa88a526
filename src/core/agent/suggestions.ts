/**
 * Queries that a policy brings in its own words, as calls that a turn may take: what a language model wants to search
 * for need not stand in the question or in anything that was found.
 */
import type { Action } from '#core/agent/action.ts';
import { MAX_NAMES, offerOf, type Offer, type Offers, type Without } from '#core/agent/legalActions.ts';
import type { SearchState } from '#core/agent/searchState.ts';
import { parseQuestion, type Question } from '#core/search/question.ts';
import type { Term } from '#core/search/words.ts';

/** Queries of a turn, and UTF-16 units of each; what is beyond is left out. */
export const MAX_QUERIES = 3;
export const MAX_QUERY_LENGTH = 300;
/** Terms of a turn: two grep calls. */
const MAX_TERMS = 16;

/** What a query searches for; empty for one without a word to search for. */
export const queryTerms = (query: string): Term[] =>
  parseQuestion(query.slice(0, MAX_QUERY_LENGTH)).terms.map(({ term }) => term);

/** The offers of the turn with those of the queries behind them. What was searched for before is not offered again. */
export function withSuggestions(state: SearchState, queries: readonly string[], without: readonly Without[]): Offers {
  const { offers } = state;
  const asked = queries.slice(0, MAX_QUERIES).map((query) => parseQuestion(query.slice(0, MAX_QUERY_LENGTH)));
  const searches = asked.filter(({ terms }) => terms.length > 0);
  if (searches.length === 0) return offers;
  const can = (tool: Without): boolean => !without.includes(tool);
  const greps = can('grep') ? newGreps(searches, state) : [];
  const others = searches.flatMap(searchesOf).filter(({ kind }) => can(kind));
  const names = can('symbols') ? searches.flatMap((one) => one.names.slice(0, MAX_NAMES)) : [];
  const symbols = names.map((name): Action => ({ kind: 'symbols', name }));
  return {
    ...offers,
    greps: [...offers.greps, ...greps.slice(0, MAX_TERMS)],
    others: [...offers.others, ...unknown([...others, ...symbols], state)],
  };
}

function newGreps(searches: readonly Question[], { pool, ...state }: SearchState): Offer[] {
  const terms = searches.flatMap((one) => one.terms.map(({ term }) => term));
  const open = terms.filter((term) => {
    const known = pool.indexOf(term);
    return known === undefined || !pool.terms[known]!.searched;
  });
  return unknown(
    open.map((term): Action => ({ kind: 'grep', term, origin: 'model', lead: 1 })),
    state,
  );
}

function searchesOf(query: Question): { readonly kind: 'docs' | 'history'; readonly terms: readonly Term[] }[] {
  const terms = query.terms.map(({ term }) => term);
  return [
    { kind: 'docs', terms },
    { kind: 'history', terms },
  ];
}

/** Each once, and none that the turn is offered anyway or that was done. */
function unknown(actions: readonly Action[], { offers, done }: Pick<SearchState, 'offers' | 'done'>): Offer[] {
  const known = new Set([...done, ...[...offers.greps, ...offers.others].map(({ key }) => key)]);
  return actions.map(offerOf).filter(({ key }) => !known.has(key) && known.add(key));
}
