/**
 * One episode over one workspace: turns of tool calls, then citations of what was read. Single-use.
 *
 * Legal actions only: what is not possible now is not offered. A tool that fails is an observation with a reason.
 */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import { rankCandidates, type Candidate } from '#core/agent/candidates.ts';
import { citableSpan } from '#core/agent/citableSpan.ts';
import type { EpisodeEvent, StopReason, TrailTurn } from '#core/agent/event.ts';
import { findLeads, type Lead } from '#core/agent/leads.ts';
import { actionKey, legalActions, type CitePlace } from '#core/agent/legalActions.ts';
import type { Observation } from '#core/agent/observation.ts';
import { EvidencePool } from '#core/agent/pool.ts';
import { kindFactor, PRIOR_WEIGHTS } from '#core/agent/prior.ts';
import type { CancelSignal, DocsState, HistoryState, ToolName, Tools } from '#core/agent/tools.ts';
import { callsOf, countCalls, runTurn } from '#core/agent/turn.ts';
import type { Clock, Environment, Transition } from '#core/rl/types.ts';
import type { Question } from '#core/search/question.ts';
import type { Span } from '#core/search/span.ts';

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

/** Places offered for citing, the best by prior. */
const MAX_CITE_PLACES = 80;
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
  #citePlaces: readonly CitePlace[] = [];
  #cited: CitePlace[] = [];
  #trail: TrailTurn[] = [];
  /** By the note without its numbers: of "128 commits so far" and "384 commits so far" the later one holds. */
  #notes = new Map<string, string>();
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
      notes: [...this.#notes.values()],
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
    const { turns, callsPerTurn, termsPerGrep } = this.#setup.budget;
    const terms = this.#pool.terms.filter((term) => term.weight > 0 && term.searched);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    return {
      question: this.#setup.question,
      phase: this.#phase,
      turn: this.#turn,
      turnsLeft: turns - this.#turn + 1,
      callsLeft: callsPerTurn - countCalls(this.#pending, termsPerGrep),
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
    return legalActions({
      phase: this.#phase,
      budget: this.#setup.budget,
      without: this.#setup.without ?? [],
      pool: this.#pool,
      candidates: this.#candidates,
      leads: this.#leads,
      pending: this.#pending,
      done: this.#done,
      turnsRun: this.#trail.length,
      citePlaces: this.#citePlaces,
      cited: this.#cited,
    });
  }

  async #runTurn(): Promise<void> {
    const { setup, turn } = { setup: this.#setup, turn: this.#turn };
    const left = setup.budget.timeMs - (setup.clock.nowMs() - this.#startedMs);
    const ran = await runTurn({
      turn,
      calls: callsOf(this.#pending, setup.question, setup.budget.termsPerGrep),
      pool: this.#pool,
      candidates: this.#candidates,
      tools: setup.tools,
      clock: setup.clock,
      context: { signal: setup.signal, timeoutMs: Math.max(1, left) },
      emit: setup.emit,
    });
    for (const action of this.#pending) this.#done.add(actionKey(action));
    this.#pending = [];
    this.#trail.push(ran.turn);
    this.#toolsMs += ran.turn.ms;
    this.#docs = ran.docs ?? this.#docs;
    this.#history = ran.history ?? this.#history;
    for (const note of ran.notes) this.#notes.set(note.replace(/\d+/g, '#'), note);
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
    const places: CitePlace[] = [];
    for (const [candidate, { span, file }] of this.#candidates.entries()) {
      if (places.length >= MAX_CITE_PLACES) break;
      const citable = citableSpan(span, file, this.#pool.readRanges(span.path));
      if (citable) places.push({ span: citable, candidate });
    }
    this.#citePlaces = places;
  }

  #end(reason: StopReason): void {
    if (this.#stop) return;
    this.#stop = reason;
    if (reason === 'not-found') this.#cited = this.#nearest();
    this.#setup.emit?.({ type: 'stopped', reason, ms: this.#setup.clock.nowMs() - this.#startedMs });
  }

  /** The first places that could have been cited, no two of one file. */
  #nearest(): CitePlace[] {
    if (this.#phase === 'search') this.#startCiting();
    const files = new Map<string, CitePlace>();
    for (const place of this.#citePlaces) if (!files.has(place.span.path)) files.set(place.span.path, place);
    return [...files.values()].slice(0, NEAREST_PLACES);
  }
}
