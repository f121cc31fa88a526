/** What a policy may do now. What is not possible, or was done before, is not offered. */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import type { Lead } from '#core/agent/leads.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import type { ToolName } from '#core/agent/tools.ts';
import { countCalls } from '#core/agent/turn.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';

/** A place that can be cited, and the candidate that it comes from. */
export interface CitePlace {
  readonly span: Span;
  readonly candidate: number;
}

/** What legality depends on. */
export interface Situation {
  readonly phase: 'search' | 'cite';
  readonly budget: Budget;
  readonly without: readonly ToolName[];
  readonly pool: EvidencePool;
  readonly candidates: readonly Candidate[];
  readonly leads: readonly Lead[];
  /** Chosen for this turn, not run yet. */
  readonly pending: readonly Action[];
  /** Keys of the actions of earlier turns. */
  readonly done: ReadonlySet<string>;
  readonly turnsRun: number;
  readonly citePlaces: readonly CitePlace[];
  readonly cited: readonly CitePlace[];
}

/** Places offered for reading, the best by prior. */
const MAX_READ_OFFERS = 40;
/** Lines read before and after a window, so that a citation can grow to whole definitions. */
const READ_MARGIN = 60;
/** Names of the question that are offered to the symbols tool. */
export const MAX_NAMES = 8;

export const legalActions = (situation: Situation): Action[] =>
  situation.phase === 'search' ? searchActions(situation) : citeActions(situation);

/** What makes a call the same call again. */
export function actionKey(action: Action): string {
  if (action.kind === 'grep') return `grep ${action.term.key}`;
  if (action.kind === 'symbols') return `symbols ${action.name}`;
  if (action.kind === 'read') return `read ${action.span.path}:${action.span.start}`;
  return action.kind;
}

function searchActions(situation: Situation): Action[] {
  const { budget, pending, turnsRun, pool } = situation;
  const full = countCalls(pending, budget.termsPerGrep) >= budget.callsPerTurn;
  const chosen = new Set(pending.map(actionKey));
  const isOpen = (action: Action): boolean => !situation.done.has(actionKey(action)) && !chosen.has(actionKey(action));
  const legal = [...grepOffers(situation, full), ...(full ? [] : otherOffers(situation))].filter(isOpen);
  if (pending.length) legal.push({ kind: 'run' });
  else if (turnsRun) {
    if (pool.hasReads()) legal.push({ kind: 'answer' });
    legal.push({ kind: 'not-found' });
  }
  return legal;
}

/** Terms of the question and names found on the way. A grep call with room takes more in a turn without a free call. */
function grepOffers({ pool, leads, pending, budget, without }: Situation, full: boolean): Action[] {
  const planned = pending.filter((action) => action.kind === 'grep').length;
  if (without.includes('grep') || (full && planned % budget.termsPerGrep === 0)) return [];
  const asked = pool.terms.filter(({ origin, searched }) => origin === 'question' && !searched);
  return [
    ...asked.map(({ term, origin, lead }): Action => ({ kind: 'grep', term, origin, lead })),
    ...leads.map(({ term, origin, strength }): Action => ({ kind: 'grep', term, origin, lead: strength })),
  ];
}

function otherOffers(situation: Situation): Action[] {
  const { pool, candidates, without } = situation;
  const can = (tool: ToolName): boolean => !without.includes(tool);
  const hasTerms = pool.question.terms.length > 0;
  const offers: Action[] = [];
  if (hasTerms && can('docs')) offers.push({ kind: 'docs' });
  if (hasTerms && can('history')) offers.push({ kind: 'history' });
  if (candidates.length && can('history')) offers.push({ kind: 'co-change' });
  if (can('symbols'))
    offers.push(...pool.question.names.slice(0, MAX_NAMES).map((name): Action => ({ kind: 'symbols', name })));
  if (can('read')) offers.push(...readOffers(situation));
  return offers;
}

/** Candidates that no read covers yet, and the lines around them. */
function readOffers({ candidates, pool, pending }: Situation): Action[] {
  const planned = pending.filter((action) => action.kind === 'read').map(({ span }) => span);
  const offers: Action[] = [];
  for (const [candidate, { span }] of candidates.entries()) {
    if (offers.length >= MAX_READ_OFFERS) break;
    if (planned.some((one) => covers(one, span)) || isRead(span, pool)) continue;
    offers.push({ kind: 'read', span: around(span), candidate });
  }
  return offers;
}

/** The lines that are read for a window. */
export const around = ({ path, start, end }: Span): Span => ({
  path,
  start: Math.max(1, start - READ_MARGIN),
  end: end + READ_MARGIN,
});

const covers = (outer: Span, inner: Span): boolean =>
  outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end;

/** A window that begins inside of what was read has nothing more to give: reads end at a file's end or after it. */
const isRead = (span: Span, pool: EvidencePool): boolean =>
  pool.readRanges(span.path).some((range) => range.start <= span.start && rangesOverlap(range, span));

/** Places that do not overlap what is cited; at the limit only the end is left. Nothing where nothing was read. */
function citeActions({ budget, citePlaces, cited }: Situation): Action[] {
  if (citePlaces.length === 0) return [];
  if (cited.length >= budget.citations) return [{ kind: 'finish' }];
  const isFree = ({ span }: CitePlace): boolean =>
    !cited.some((one) => one.span.path === span.path && rangesOverlap(one.span, span));
  const legal = citePlaces.filter(isFree).map((place): Action => ({ kind: 'cite', ...place }));
  return [...legal, cited.length ? { kind: 'finish' } : { kind: 'not-found' }];
}
