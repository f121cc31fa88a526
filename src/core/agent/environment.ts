/**
 * One episode over one workspace: turns of tool calls, then citations of what was read. Single-use.
 *
 * Legal actions only: what is not possible now is not offered. A tool that fails is an observation with a reason.
 */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import type { EpisodeEvent, StopReason, TrailTurn } from '#core/agent/event.ts';
import {
  actionKey,
  citeActions,
  searchActions,
  type CitePlace,
  type Offers,
  type Without,
} from '#core/agent/legalActions.ts';
import { citedForNames, joinNamed, NOTHING_NAMED, readOfNamed } from '#core/agent/namedPlaces.ts';
import type { Observation, Suggest } from '#core/agent/observation.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import {
  firstState,
  inOrder,
  nextKey,
  nextState,
  type SearchState,
  type SharedStates,
  type StateRules,
} from '#core/agent/searchState.ts';
import { withSuggestions } from '#core/agent/suggestions.ts';
import type { CancelSignal, DocsState, HistoryState, ToolName, Tools } from '#core/agent/tools.ts';
import { callsOf, countCalls, runTurn, type Evidence } from '#core/agent/turn.ts';
import type { Clock, Environment, Transition } from '#core/rl/types.ts';
import type { NamedPlace } from '#core/search/fileMentions.ts';
import type { Question } from '#core/search/question.ts';
import type { Span } from '#core/search/span.ts';

export interface EpisodeSetup {
  readonly question: Question;
  readonly tools: Tools;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  /** Tools that the user switched off, or the names found on the way, are not offered. */
  readonly without?: readonly Without[];
  /** Queries in the policy's own words, asked for when a turn begins (`SearchPolicy.suggest`). */
  readonly suggest?: Suggest | undefined;
  /** Files of the workspace that the question names: they are read in the first turn and cited. */
  readonly named?: readonly NamedPlace[] | undefined;
  /** States of other episodes of this question over the same recorded tools; what they found is not worked out again. */
  readonly shared?: SharedStates;
  readonly emit?: (event: EpisodeEvent) => void;
}

export interface EpisodeOutcome {
  readonly stopReason: StopReason;
  /** In the order of citing; each inside lines that the episode read. For `not-found`, the nearest places. */
  readonly citations: readonly Span[];
  /** Those of them that the question names and is about. */
  readonly named: readonly Span[];
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

/** Places shown when nothing answers. */
const NEAREST_PLACES = 3;

export class SearchEnvironment implements Environment<Observation, Action, EpisodeOutcome> {
  readonly #setup: EpisodeSetup;
  readonly #rules: StateRules;
  readonly #startedMs: number;
  #phase: 'search' | 'cite' = 'search';
  #turn = 1;
  #state: SearchState;
  /** What the turn offers. */
  #offers: Offers;
  /** The turn for which the policy was asked for queries. */
  #askedTurn = 0;
  #pending: Action[] = [];
  #pendingKeys = new Set<string>();
  #citePlaces: readonly CitePlace[] = [];
  #cited: CitePlace[] = [];
  /** To be cited for their names. */
  #named = NOTHING_NAMED;
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
    this.#rules = { question: setup.question, budget: setup.budget, without: setup.without ?? [] };
    this.#state = firstState(this.#rules);
    this.#offers = this.#state.offers;
    this.#startedMs = setup.clock.nowMs();
  }

  start(): Promise<Transition<Observation, Action>> {
    return this.#transition();
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
    this.#pending.push(action);
    this.#pendingKeys.add(actionKey(action));
  }

  outcome(): EpisodeOutcome {
    const { budget } = this.#setup;
    const cited = this.#cited.map(({ span }) => span);
    return {
      stopReason: this.#stop ?? 'cancelled',
      citations: this.#stop === 'cancelled' ? cited : joinNamed(cited, this.#named, budget.citations),
      named: this.#named.topics,
      pool: this.#state.pool,
      observation: this.#observe(),
      trail: this.#trail,
      docs: this.#docs,
      history: this.#history,
      notes: [...this.#notes.values()],
      toolsMs: this.#toolsMs,
    };
  }

  async #transition(): Promise<Transition<Observation, Action>> {
    if (this.#setup.suggest) await this.#takeSuggestions(this.#setup.suggest);
    if (this.#setup.signal.aborted) this.#end('cancelled');
    let legal = this.#stop ? [] : this.#legal();
    if (!this.#stop && legal.length === 0) {
      this.#end(this.#cited.length ? (this.#forcedEnd ?? 'answered') : (this.#forcedEnd ?? 'not-found'));
      legal = [];
    }
    return { observation: this.#observe(), legal, done: this.#stop !== undefined };
  }

  /** Once a turn, before its first choice. Time that the policy takes to think of queries is the episode's. */
  async #takeSuggestions(suggest: Suggest): Promise<void> {
    const { signal, without } = this.#setup;
    const isTurnBegun = this.#phase === 'search' && this.#askedTurn < this.#turn;
    if (!isTurnBegun || this.#stop || signal.aborted) return;
    this.#askedTurn = this.#turn;
    const queries = await suggest(this.#observe(), signal);
    this.#offers = withSuggestions(this.#state, queries, without ?? []);
    this.#endSearchIfSpent();
  }

  #observe(): Observation {
    const { turns, callsPerTurn, termsPerGrep } = this.#setup.budget;
    return {
      question: this.#setup.question,
      phase: this.#phase,
      turn: this.#turn,
      turnsLeft: turns - this.#turn + 1,
      callsLeft: callsPerTurn - countCalls(this.#pending, termsPerGrep),
      pending: [...this.#pending],
      candidates: this.#state.candidates,
      cited: this.#cited.map(({ candidate }) => candidate),
      filesFound: this.#state.pool.files.size,
      filesSearched: this.#state.pool.filesSearched,
      termsFound: this.#state.termsFound,
      failed: [...this.#failed],
    };
  }

  #legal(): Action[] {
    const { budget } = this.#setup;
    if (this.#phase === 'cite') return citeActions(this.#citePlaces, this.#cited, budget.citations);
    const chosen = { actions: this.#pending, keys: this.#pendingKeys };
    return searchActions(this.#offers, chosen, budget, this.#trail.length === 0);
  }

  async #runTurn(): Promise<void> {
    const { setup, turn } = { setup: this.#setup, turn: this.#turn };
    const left = setup.budget.timeMs - (setup.clock.nowMs() - this.#startedMs);
    if (turn === 1) this.#pending.push(...(setup.named ?? []).map(readOfNamed));
    const ran = await runTurn({
      turn,
      calls: callsOf(this.#pending, setup.question, setup.budget.termsPerGrep),
      question: setup.question,
      candidates: this.#state.candidates,
      tools: setup.tools,
      clock: setup.clock,
      context: { signal: setup.signal, timeoutMs: Math.max(1, left) },
      emit: setup.emit,
    });
    this.#state = this.#next(ran.evidence);
    this.#offers = this.#state.offers;
    this.#pending = [];
    this.#pendingKeys = new Set();
    this.#trail.push(ran.turn);
    this.#toolsMs += ran.turn.ms;
    this.#docs = ran.docs ?? this.#docs;
    this.#history = ran.history ?? this.#history;
    for (const note of ran.notes) this.#notes.set(note.replace(/\d+/g, '#'), note);
    for (const tool of ran.failed) this.#failed.add(tool);
    this.#turn++;
    this.#endSearchIfSpent();
  }

  #next(evidence: readonly Evidence[]): SearchState {
    const actions = inOrder(this.#state, this.#pending);
    const make = (): SearchState => nextState(this.#state, actions, evidence, this.#rules);
    return this.#setup.shared?.of(nextKey(this.#state, actions), make) ?? make();
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
    this.#citePlaces = this.#state.citePlaces();
  }

  #end(reason: StopReason): void {
    if (this.#stop) return;
    this.#named = citedForNames(this.#setup.named ?? [], this.#state);
    const { topics, others } = this.#named;
    const isNowhere = reason === 'not-found' && topics.length + others.length === 0;
    this.#stop = reason === 'not-found' && !isNowhere ? 'answered' : reason;
    if (isNowhere) this.#cited = this.#nearest();
    this.#setup.emit?.({ type: 'stopped', reason: this.#stop, ms: this.#setup.clock.nowMs() - this.#startedMs });
  }

  /** The first places that could have been cited, no two of one file. */
  #nearest(): CitePlace[] {
    if (this.#phase === 'search') this.#startCiting();
    const files = new Map<string, CitePlace>();
    for (const place of this.#citePlaces) if (!files.has(place.span.path)) files.set(place.span.path, place);
    return [...files.values()].slice(0, NEAREST_PLACES);
  }
}
