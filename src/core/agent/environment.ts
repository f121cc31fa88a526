/**
 * One episode over one workspace: turns of tool calls, then citations of what was read. Single-use.
 *
 * Legal actions only: what is not possible now is not offered. A tool that fails is an observation with a reason.
 */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import { MAX_CANDIDATES, rankCandidates, type Candidate } from '#core/agent/candidates.ts';
import { citableSpan } from '#core/agent/citableSpan.ts';
import type { EpisodeEvent, StopReason, TrailTurn } from '#core/agent/event.ts';
import { findLeads, type Lead } from '#core/agent/leads.ts';
import type { Observation } from '#core/agent/observation.ts';
import { EvidencePool } from '#core/agent/pool.ts';
import { kindFactor, PRIOR_WEIGHTS } from '#core/agent/prior.ts';
import type { CancelSignal, DocsState, HistoryState, ToolName, Tools } from '#core/agent/tools.ts';
import { callsOf, runTurn } from '#core/agent/turn.ts';
import type { Clock, Environment, Transition } from '#core/rl/types.ts';
import type { Question } from '#core/search/question.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';

export interface EpisodeSetup {
  readonly question: Question;
  readonly tools: Tools;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  /** Tools that the user switched off are not offered. */
  readonly without?: readonly ToolName[];
  readonly emit?: (event: EpisodeEvent) => void;
}

export interface EpisodeOutcome {
  readonly stopReason: StopReason;
  /** In the order of citing; each inside lines that the episode read. For `not-found`, the nearest places. */
  readonly citations: readonly Span[];
  readonly pool: EvidencePool;
  /** The last observation: what confidence and the ranking of files go by. */
  readonly observation: Observation;
  readonly trail: readonly TrailTurn[];
  readonly docs: DocsState | undefined;
  readonly history: HistoryState | undefined;
  /** What the tools left out or could not do, a sentence each. */
  readonly notes: readonly string[];
  readonly toolsMs: number;
}

/** Places offered for reading and for citing, the best by prior. */
const MAX_READ_OFFERS = 40;
const MAX_CITE_OFFERS = 80;
/** Lines read before and after a window, so that a citation can grow to whole definitions. */
const READ_MARGIN = 60;
/** Names of the question that are offered to the symbols tool. */
const MAX_NAMES = 8;
/** Places shown when nothing answers. */
const NEAREST_PLACES = 3;

export class SearchEnvironment implements Environment<Observation, Action, EpisodeOutcome> {
  readonly #setup: EpisodeSetup;
  readonly #pool: EvidencePool;
  readonly #startedMs: number;
  #phase: 'search' | 'cite' = 'search';
  #turn = 1;
  #pending: Action[] = [];
  #candidates: readonly Candidate[] = [];
  #leads: readonly Lead[] = [];
  #done = new Set<string>();
  #citeOffers: { readonly span: Span; readonly candidate: number }[] = [];
  #cited: { readonly span: Span; readonly candidate: number }[] = [];
  #trail: TrailTurn[] = [];
  #notes = new Set<string>();
  #failed = new Set<ToolName>();
  #docs: DocsState | undefined;
  #history: HistoryState | undefined;
  #toolsMs = 0;
  #stop: StopReason | undefined;
  /** Why the search ended, if it was not the policy's choice. */
  #forcedEnd: StopReason | undefined;

  constructor(setup: EpisodeSetup) {
    this.#setup = setup;
    this.#pool = new EvidencePool(setup.question);
    this.#startedMs = setup.clock.nowMs();
  }

  start(): Promise<Transition<Observation, Action>> {
    return Promise.resolve(this.#transition());
  }

  async step(action: Action): Promise<Transition<Observation, Action>> {
    if (action.kind === 'run') await this.#runTurn();
    else if (action.kind === 'answer') this.#startCiting();
    else if (action.kind === 'cite') this.#cited.push({ span: action.span, candidate: action.candidate });
    else if (action.kind === 'finish') this.#end(this.#forcedEnd ?? 'answered');
    else if (action.kind === 'not-found') this.#end('not-found');
    else this.#plan(action);
    return this.#transition();
  }

  #plan(action: Action): void {
    if (action.kind === 'grep' && action.origin !== 'question')
      this.#pool.discover(action.term, action.origin, action.lead);
    this.#pending.push(action);
  }

  outcome(): EpisodeOutcome {
    return {
      stopReason: this.#stop ?? 'cancelled',
      citations: this.#cited.map(({ span }) => span),
      pool: this.#pool,
      observation: this.#observe(),
      trail: this.#trail,
      docs: this.#docs,
      history: this.#history,
      notes: [...this.#notes],
      toolsMs: this.#toolsMs,
    };
  }

  #transition(): Transition<Observation, Action> {
    if (this.#setup.signal.aborted) this.#end('cancelled');
    let legal = this.#stop ? [] : this.#legal();
    if (!this.#stop && legal.length === 0) {
      this.#end(this.#cited.length ? (this.#forcedEnd ?? 'answered') : (this.#forcedEnd ?? 'not-found'));
      legal = [];
    }
    return { observation: this.#observe(), legal, done: this.#stop !== undefined };
  }

  #observe(): Observation {
    const { turns, callsPerTurn } = this.#setup.budget;
    const terms = this.#pool.terms.filter((term) => term.weight > 0 && term.searched);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    return {
      question: this.#setup.question,
      phase: this.#phase,
      turn: this.#turn,
      turnsLeft: turns - this.#turn + 1,
      callsLeft: callsPerTurn - this.#callsPending(),
      pending: [...this.#pending],
      candidates: this.#candidates,
      cited: this.#cited.map(({ candidate }) => candidate),
      filesFound: this.#pool.files.size,
      filesSearched: this.#pool.filesSearched,
      termsFound:
        sum(terms.filter((term) => term.files > 0).map((term) => term.weight)) /
        (sum(terms.map((term) => term.weight)) || 1),
      failed: [...this.#failed],
    };
  }

  #legal(): Action[] {
    return this.#phase === 'search' ? this.#legalSearch() : this.#legalCite();
  }

  #legalSearch(): Action[] {
    const legal: Action[] = [];
    const full = this.#callsPending() >= this.#setup.budget.callsPerTurn;
    legal.push(...this.#grepOffers(full));
    if (!full) legal.push(...this.#otherOffers());
    if (this.#pending.length) legal.push({ kind: 'run' });
    if (this.#trail.length && !this.#pending.length) {
      if (this.#pool.files.size && this.#hasReads()) legal.push({ kind: 'answer' });
      legal.push({ kind: 'not-found' });
    }
    return legal;
  }

  /** Terms not searched yet. A grep call that has room takes more even when the turn has no free call. */
  #grepOffers(full: boolean): Action[] {
    if (this.#without('grep')) return [];
    const chosen = this.#pending.filter((action) => action.kind === 'grep');
    if (full && chosen.length % this.#setup.budget.termsPerGrep === 0) return [];
    const keys = new Set(chosen.map((action) => action.term.key));
    const offers: Action[] = [];
    for (const { term, origin, lead, searched } of this.#pool.terms)
      if (!searched && origin === 'question' && !keys.has(term.key) && !this.#done.has(`grep ${term.key}`))
        offers.push({ kind: 'grep', term, origin, lead });
    for (const { term, origin, strength } of this.#leads)
      if (!keys.has(term.key) && !this.#done.has(`grep ${term.key}`))
        offers.push({ kind: 'grep', term, origin, lead: strength });
    return offers;
  }

  #otherOffers(): Action[] {
    const offers: Action[] = [];
    const open = (tool: ToolName, key: string): boolean =>
      !this.#without(tool) && !this.#done.has(key) && !this.#pending.some((action) => keyOf(action) === key);
    const hasTerms = this.#setup.question.terms.length > 0;
    if (hasTerms && open('docs', 'docs')) offers.push({ kind: 'docs' });
    if (hasTerms && open('history', 'history')) offers.push({ kind: 'history' });
    if (this.#candidates.length && open('history', 'co-change')) offers.push({ kind: 'co-change' });
    for (const name of this.#setup.question.names.slice(0, MAX_NAMES))
      if (open('symbols', `symbols ${name}`)) offers.push({ kind: 'symbols', name });
    if (!this.#without('read')) offers.push(...this.#readOffers());
    return offers;
  }

  #readOffers(): Action[] {
    const offers: Action[] = [];
    const planned = this.#pending.filter((action) => action.kind === 'read').map((action) => action.span);
    for (const [candidate, { span }] of this.#candidates.entries()) {
      if (offers.length >= MAX_READ_OFFERS) break;
      if (
        this.#done.has(`read ${span.path}:${span.start}`) ||
        planned.some((one) => covers(one, span)) ||
        this.#isRead(span)
      )
        continue;
      offers.push({
        kind: 'read',
        span: { path: span.path, start: Math.max(1, span.start - READ_MARGIN), end: span.end + READ_MARGIN },
        candidate,
      });
    }
    return offers;
  }

  #legalCite(): Action[] {
    if (this.#cited.length >= this.#setup.budget.citations) return [{ kind: 'finish' }];
    const free = this.#citeOffers.filter(
      ({ span }) => !this.#cited.some((one) => one.span.path === span.path && rangesOverlap(one.span, span)),
    );
    const legal: Action[] = free.map(({ span, candidate }) => ({ kind: 'cite', span, candidate }));
    if (this.#cited.length) legal.push({ kind: 'finish' });
    else legal.push({ kind: 'not-found' });
    return legal;
  }

  async #runTurn(): Promise<void> {
    const { setup, turn } = { setup: this.#setup, turn: this.#turn };
    const left = setup.budget.timeMs - (setup.clock.nowMs() - this.#startedMs);
    const ran = await runTurn({
      turn,
      calls: callsOf(this.#pending, setup.budget.termsPerGrep),
      pool: this.#pool,
      candidates: this.#candidates,
      tools: setup.tools,
      clock: setup.clock,
      context: { signal: setup.signal, timeoutMs: Math.max(1, left) },
      emit: setup.emit,
    });
    for (const action of this.#pending) this.#done.add(keyOf(action));
    this.#pending = [];
    this.#trail.push(ran.turn);
    this.#toolsMs += ran.turn.ms;
    this.#docs = ran.docs ?? this.#docs;
    this.#history = ran.history ?? this.#history;
    for (const note of ran.notes) this.#notes.add(note);
    for (const tool of ran.failed) this.#failed.add(tool);
    this.#turn++;
    this.#candidates = rankCandidates(this.#pool, PRIOR_WEIGHTS, (file) => kindFactor(file, setup.question));
    this.#leads = this.#turn <= setup.budget.turns ? findLeads(this.#pool, this.#candidates) : [];
    this.#endSearchIfSpent();
  }

  #endSearchIfSpent(): void {
    const { budget, clock } = this.#setup;
    const outOfTime = clock.nowMs() - this.#startedMs >= budget.timeMs;
    if (!outOfTime && this.#turn <= budget.turns) return;
    this.#forcedEnd = outOfTime ? 'out-of-time' : 'out-of-turns';
    this.#startCiting();
  }

  #startCiting(): void {
    this.#phase = 'cite';
    const offers: { span: Span; candidate: number }[] = [];
    for (const [candidate, { span, file }] of this.#candidates.slice(0, MAX_CANDIDATES).entries()) {
      if (offers.length >= MAX_CITE_OFFERS) break;
      const citable = citableSpan(span, file, this.#pool.readRanges(span.path));
      if (citable) offers.push({ span: citable, candidate });
    }
    this.#citeOffers = offers;
  }

  #end(reason: StopReason): void {
    if (this.#stop) return;
    this.#stop = reason;
    if (reason === 'not-found') this.#cited = this.#nearest();
    this.#setup.emit?.({ type: 'stopped', reason, ms: this.#setup.clock.nowMs() - this.#startedMs });
  }

  /** The first places that could have been cited, no two of one file. */
  #nearest(): { span: Span; candidate: number }[] {
    if (this.#phase === 'search') this.#startCiting();
    const files = new Map<string, { span: Span; candidate: number }>();
    for (const offer of this.#citeOffers) if (!files.has(offer.span.path)) files.set(offer.span.path, offer);
    return [...files.values()].slice(0, NEAREST_PLACES);
  }

  #callsPending(): number {
    return callsOf(this.#pending, this.#setup.budget.termsPerGrep).length;
  }

  #hasReads(): boolean {
    for (const file of this.#pool.files.values()) if (file.reads.length) return true;
    return false;
  }

  #isRead(span: Span): boolean {
    return this.#pool.readRanges(span.path).some((range) => rangesOverlap(range, span) && range.start <= span.start);
  }

  #without(tool: ToolName): boolean {
    return this.#setup.without?.includes(tool) ?? false;
  }
}

const covers = (outer: Span, inner: Span): boolean =>
  outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end;

/** What makes a call the same call again. */
function keyOf(action: Action): string {
  if (action.kind === 'grep') return `grep ${action.term.key}`;
  if (action.kind === 'symbols') return `symbols ${action.name}`;
  if (action.kind === 'read') return `read ${action.span.path}:${action.span.start}`;
  return action.kind;
}
