/**
 * What an episode knows between two turns. It follows from what was searched for, not from when, and hardly from the
 * order: the calls of a turn count in the order in which they were offered, only names found on the way in that in which
 * they were chosen.
 */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import { rankCandidates } from '#core/agent/candidates.ts';
import { citableSpan } from '#core/agent/citableSpan.ts';
import { findLeads } from '#core/agent/leads.ts';
import {
  actionKey,
  turnOffers,
  type CitePlace,
  type Without,
  type Offers,
  type TurnStart,
} from '#core/agent/legalActions.ts';
import { EvidencePool } from '#core/agent/pool.ts';
import { kindFactor, PRIOR_WEIGHTS } from '#core/agent/prior.ts';
import type { Evidence } from '#core/agent/turn.ts';
import type { LineRange } from '#core/search/span.ts';
import type { Question } from '#core/search/question.ts';

/** Never changed: what was made from it stays valid. */
export interface SearchState extends TurnStart {
  /** Says what was searched for: equal for equal states of one workspace. */
  readonly key: string;
  readonly turnsRun: number;
  readonly offers: Offers;
  /** Share of the question's terms, by weight, that occur anywhere in the workspace. */
  readonly termsFound: number;
  /** The best places of what was read, found when citing begins. */
  readonly citePlaces: () => readonly CitePlace[];
}

export interface StateRules {
  readonly question: Question;
  readonly budget: Budget;
  readonly without: readonly Without[];
}

/** States that episodes of one question over one recorded workspace share. */
export interface SharedStates {
  /** The state of this key, made if it is not kept. */
  of(key: string, make: () => SearchState): SearchState;
}

/**
 * Keeps the `most` states that were used last. Made for tools that answer the same call the same way every time, as
 * recorded ones do: one question's episodes over one record may share it, and play as if they did not.
 */
export function createSharedStates(most: number): SharedStates {
  const kept = new Map<string, SearchState>();
  return {
    of(key, make) {
      const state = kept.get(key) ?? make();
      kept.delete(key);
      kept.set(key, state);
      if (kept.size > most) kept.delete(kept.keys().next().value!);
      return state;
    },
  };
}

export function firstState(rules: StateRules): SearchState {
  const { question, budget, without } = rules;
  const key = JSON.stringify([question.text, budget, without]);
  return stateOf(rules, key, 0, {
    pool: new EvidencePool(question),
    candidates: [],
    leads: [],
    done: new Set(),
  });
}

/** The actions of a turn in the order in which they count. */
export function inOrder({ offers }: SearchState, chosen: readonly Action[]): Action[] {
  const ranks = new Map<string, number>();
  for (const { key, action } of [...offers.greps, ...offers.others, ...offers.reads])
    ranks.set(key, isLead(action) ? offers.greps.length : ranks.size);
  const rankOf = (action: Action): number => ranks.get(actionKey(action)) ?? ranks.size;
  return [...chosen].sort((a, b) => rankOf(a) - rankOf(b));
}

const isLead = (action: Action): boolean => action.kind === 'grep' && action.origin !== 'question';

/** `actions` in order. */
export const nextKey = ({ key }: SearchState, actions: readonly Action[]): string =>
  `${key}\n\n${actions.map(actionKey).join('\n')}`;

/** After a turn of `actions`, in order, and what they brought. */
export function nextState(
  before: SearchState,
  actions: readonly Action[],
  evidence: readonly Evidence[],
  rules: StateRules,
): SearchState {
  const { question, budget } = rules;
  const pool = before.pool.fork();
  for (const action of actions)
    if (action.kind === 'grep' && action.origin !== 'question') pool.discover(action.term, action.origin, action.lead);
  const brought = new Map(evidence.map(({ action, apply }) => [action, apply]));
  for (const action of actions) brought.get(action)?.(pool);
  const turnsRun = before.turnsRun + 1;
  const candidates = rankCandidates(pool, PRIOR_WEIGHTS, (file) => kindFactor(file, question));
  const follows = turnsRun < budget.turns && !rules.without.includes('leads');
  const leads = follows ? findLeads(pool, candidates) : [];
  const done = new Set([...before.done, ...actions.map(actionKey)]);
  return stateOf(rules, nextKey(before, actions), turnsRun, { pool, candidates, leads, done });
}

function stateOf(rules: StateRules, key: string, turnsRun: number, start: TurnStart): SearchState {
  let places: readonly CitePlace[] | undefined;
  return {
    ...start,
    key,
    turnsRun,
    offers: turnOffers(start, rules.budget, rules.without),
    termsFound: termsFound(start.pool),
    citePlaces: () => (places ??= citePlaces(start, rules.budget.citeOffers)),
  };
}

function termsFound({ terms }: EvidencePool): number {
  const asked = terms.filter((term) => term.origin === 'question' && term.searched);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const found = asked.filter((term) => term.files > 0);
  return sum(found.map((term) => term.weight)) / (sum(asked.map((term) => term.weight)) || 1);
}

function citePlaces({ candidates, pool }: TurnStart, most: number): CitePlace[] {
  const ranges = new Map<string, readonly LineRange[]>();
  const places: CitePlace[] = [];
  for (const [candidate, { span, file }] of candidates.entries()) {
    if (places.length >= most) break;
    let read = ranges.get(span.path);
    if (!read) ranges.set(span.path, (read = pool.readRanges(span.path)));
    const citable = citableSpan(span, file, read);
    if (citable) places.push({ span: citable, candidate });
  }
  return places;
}
