/** What a policy may do now. What is not possible, or was done before, is not offered. */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import type { Lead } from '#core/agent/leads.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import type { ToolName } from '#core/agent/tools.ts';
import { countCalls } from '#core/agent/turn.ts';
import { rangesOverlap, type LineRange, type Span } from '#core/search/span.ts';

/** A place that can be cited, and the candidate that it comes from. */
export interface CitePlace {
  readonly span: Span;
  readonly candidate: number;
}

/** What an episode knows when a turn begins. */
export interface TurnStart {
  readonly pool: EvidencePool;
  readonly candidates: readonly Candidate[];
  readonly leads: readonly Lead[];
  /** Keys of the actions of earlier turns. */
  readonly done: ReadonlySet<string>;
}

/** The calls that a turn may take, made once for all of its steps. */
export interface Offers {
  /** Terms of the question and names found on the way, not searched yet. */
  readonly greps: readonly Offer[];
  readonly others: readonly Offer[];
  /** Places not read yet, best first: as many as can be needed. */
  readonly reads: readonly ReadOffer[];
  /** Whether an answer could cite anything. */
  readonly canAnswer: boolean;
}

export interface Offer {
  readonly action: Action;
  readonly key: string;
}

export interface ReadOffer extends Offer {
  readonly window: Span;
  /** The same lines were asked for before, in vain: it takes its place among the offers and is not legal. */
  readonly isDone: boolean;
}

/** What was chosen for the turn, not run yet. */
export interface Chosen {
  readonly actions: readonly Action[];
  readonly keys: ReadonlySet<string>;
}

/** Lines read before and after a window, so that a citation can grow to whole definitions. */
const READ_MARGIN = 60;
/** Windows that one read can cover: those that begin in its first lines, a step apart. */
const WINDOWS_OF_READ = 7;
/** Names of the question that are offered to the symbols tool. */
export const MAX_NAMES = 8;

/** What makes a call the same call again. */
export function actionKey(action: Action): string {
  if (action.kind === 'grep') return `grep ${action.term.key}`;
  if (action.kind === 'symbols') return `symbols ${action.name}`;
  if (action.kind === 'read') return `read ${action.span.path}:${action.span.start}`;
  if ((action.kind === 'docs' || action.kind === 'history') && action.terms)
    return `${action.kind} ${action.terms.map(({ key }) => key).join(', ')}`;
  return action.kind;
}

/** What an episode may do without: a tool, or the names found on the way. */
export type Without = ToolName | 'leads';

export function turnOffers(start: TurnStart, budget: Budget, without: readonly Without[]): Offers {
  const can = (tool: ToolName): boolean => !without.includes(tool);
  const open = (actions: readonly Action[]): Offer[] => actions.map(offerOf).filter(({ key }) => !start.done.has(key));
  return {
    greps: can('grep') ? open(grepOffers(start)) : [],
    others: open(otherOffers(start, can)),
    reads: can('read') ? readOffers(start, budget.readOffers + budget.callsPerTurn * WINDOWS_OF_READ) : [],
    canAnswer: start.pool.hasReads(),
  };
}

export const offerOf = (action: Action): Offer => ({ action, key: actionKey(action) });

function grepOffers({ pool, leads }: TurnStart): Action[] {
  const asked = pool.terms.filter(({ origin, searched }) => origin === 'question' && !searched);
  return [
    ...asked.map(({ term, origin, lead }): Action => ({ kind: 'grep', term, origin, lead })),
    ...leads.map(({ term, origin, strength }): Action => ({ kind: 'grep', term, origin, lead: strength })),
  ];
}

function otherOffers({ pool, candidates }: TurnStart, can: (tool: ToolName) => boolean): Action[] {
  const hasTerms = pool.question.terms.length > 0;
  const offers: Action[] = [];
  if (hasTerms && can('docs')) offers.push({ kind: 'docs' });
  if (hasTerms && can('history')) offers.push({ kind: 'history' });
  if (candidates.length && can('history')) offers.push({ kind: 'co-change' });
  if (can('symbols'))
    offers.push(...pool.question.names.slice(0, MAX_NAMES).map((name): Action => ({ kind: 'symbols', name })));
  return offers;
}

/** Candidates that no read of an earlier turn covers, and the lines around them. */
function readOffers({ candidates, pool, done }: TurnStart, most: number): ReadOffer[] {
  const ranges = new Map<string, readonly LineRange[]>();
  const offers: ReadOffer[] = [];
  for (const [candidate, { span }] of candidates.entries()) {
    if (offers.length >= most) break;
    let read = ranges.get(span.path);
    if (!read) ranges.set(span.path, (read = pool.readRanges(span.path)));
    if (isRead(span, read)) continue;
    const offer = offerOf({ kind: 'read', span: around(span), candidate });
    offers.push({ ...offer, window: span, isDone: done.has(offer.key) });
  }
  return offers;
}

/** The lines that are read for a window. */
export const around = ({ path, start, end }: Span): Span => ({
  path,
  start: Math.max(1, start - READ_MARGIN),
  end: end + READ_MARGIN,
});

/** A window that begins inside of what was read has nothing more to give: reads end at a file's end or after it. */
const isRead = (span: Span, ranges: readonly LineRange[]): boolean =>
  ranges.some((range) => range.start <= span.start && rangesOverlap(range, span));

/** What may be added to the calls chosen for this turn, and how it may end. */
export function searchActions(offers: Offers, chosen: Chosen, budget: Budget, isFirstTurn: boolean): Action[] {
  const { actions, keys } = chosen;
  const isFull = countCalls(actions, budget.termsPerGrep) >= budget.callsPerTurn;
  const legal: Action[] = [];
  if (!isFull || hasRoom(actions, budget))
    for (const { action, key } of offers.greps) if (!keys.has(key)) legal.push(action);
  if (!isFull) {
    for (const { action, key } of offers.others) if (!keys.has(key)) legal.push(action);
    addReads(legal, offers.reads, chosen, budget.readOffers);
  }
  if (actions.length) legal.push({ kind: 'run' });
  else if (!isFirstTurn) {
    if (offers.canAnswer) legal.push({ kind: 'answer' });
    legal.push({ kind: 'not-found' });
  }
  return legal;
}

/** A grep call with room takes more in a turn without a free call. */
const hasRoom = (actions: readonly Action[], { termsPerGrep }: Budget): boolean =>
  actions.filter(({ kind }) => kind === 'grep').length % termsPerGrep !== 0;

/** Places that no read chosen for this turn covers. */
function addReads(legal: Action[], offers: readonly ReadOffer[], { actions, keys }: Chosen, most: number): void {
  const planned = actions.filter((action) => action.kind === 'read').map(({ span }) => span);
  let offered = 0;
  for (const { action, key, window, isDone } of offers) {
    if (offered >= most) break;
    if (planned.some((span) => covers(span, window))) continue;
    offered++;
    if (!isDone && !keys.has(key)) legal.push(action);
  }
}

const covers = (outer: Span, inner: Span): boolean =>
  outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end;

/** Places that do not overlap what is cited; at the limit only the end is left. Nothing where nothing was read. */
export function citeActions(places: readonly CitePlace[], cited: readonly CitePlace[], most: number): Action[] {
  if (places.length === 0) return [];
  if (cited.length >= most) return [{ kind: 'finish' }];
  const isFree = ({ span }: CitePlace): boolean =>
    !cited.some((one) => one.span.path === span.path && rangesOverlap(one.span, span));
  const legal = places.filter(isFree).map((place): Action => ({ kind: 'cite', ...place }));
  return [...legal, cited.length ? { kind: 'finish' } : { kind: 'not-found' }];
}
