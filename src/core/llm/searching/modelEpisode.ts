/**
 * One episode of a model that searches: asks the model when a turn begins, keeps what it wants until the turns that do it
 * have run, gives it the documents. Total: a model that fails, or cannot be understood, ends its part with a note.
 */
import type { Action } from '#core/agent/action.ts';
import type { Observation } from '#core/agent/observation.ts';
import { queryTerms } from '#core/agent/suggestions.ts';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import type { Question } from '#core/search/question.ts';
import type { Span } from '#core/search/span.ts';
import { inertLine } from '#core/llm/prompt.ts';
import type { QueryResult } from './conversation.ts';
import { documentShelf, type DocumentShelf } from './documentShelf.ts';
import { MAX_SEARCHES, type Move } from './move.ts';
import type { Verdict } from './named.ts';
import { searchTalk, type SearchTalk, type TalkOptions } from './searchTalk.ts';

export interface ModelEpisode {
  /** Queries for the turn that begins. */
  suggest(observation: Observation): Promise<readonly string[]>;
  /** What the model's search wants of the turn, an index into the legal actions; -1 if it wants nothing more. */
  call(observation: Observation, legal: readonly Action[]): number;
  /** Has the model answer, if it has not: the turns are used up. */
  conclude(observation: Observation): Promise<void>;
  verdict(): Verdict;
  /** The places that it named, best first. */
  named(): readonly Span[];
  searches(): number;
  notes(): readonly string[];
}

export interface EpisodeOptions extends TalkOptions {
  readonly documents: number;
  /** A failure of the model is one of the episode. */
  readonly strict: boolean;
  readonly signal: CancelSignal;
}

/** What the turns are for: the words of the queries, the places that they found, or neither. */
type Stage = 'ask' | 'search' | 'read' | 'over';

export function beginEpisode(model: ChatModel, question: Question, options: EpisodeOptions): ModelEpisode {
  const talk: SearchTalk = searchTalk(model, question.text, options);
  const shelf: DocumentShelf = documentShelf();
  const { signal } = options;
  const searched = new Set<string>();
  const notes: string[] = [];
  let stage: Stage = 'ask';
  let verdict: Verdict = 'open';
  let queries: readonly string[] = [];
  let named: readonly Span[] = [];
  let searches = 0;

  const end = (how: Verdict): false => {
    stage = 'over';
    verdict = how;
    return false;
  };

  /** Goes on until a turn has to run, or all is said. */
  async function advance(observation: Observation): Promise<void> {
    while (verdict === 'open') {
      if (stage === 'search') {
        shelf.choose(observation, queries, options.documents);
        stage = 'read';
        if (observation.phase === 'search' && shelf.hasUnread(observation)) return;
      }
      if (stage === 'read') giveDocuments(observation);
      if (take(await talk.next(isLast(observation), signal)) && hasNewWords()) return;
    }
  }

  function giveDocuments(observation: Observation): void {
    talk.found(queries.map((query): QueryResult => ({ query, documents: shelf.documents(query, observation) })));
    stage = 'ask';
  }

  /** A search in the last turn would be followed by no reading. */
  const isLast = ({ phase, turnsLeft }: Observation): boolean =>
    searches > 0 && (searches >= MAX_SEARCHES || phase === 'cite' || turnsLeft < 2);

  /** Whether the model searches. */
  function take(move: Move | undefined): boolean {
    if (searches === 0 && move?.kind !== 'search') {
      // Nothing is answered, and nothing is nowhere, before a search: that for the question itself.
      talk.forget();
      return search([question.text]);
    }
    if (move === undefined) {
      notes.push(
        `The model ${inertLine(model.name, MAX_NAME)} did not say which places answer: they are ranked without it.`,
      );
      return end('answer');
    }
    if (move.kind === 'search') return search(move.queries.slice(0, MAX_SEARCHES - searches));
    if (move.kind === 'not-found') return end('not-found');
    if (move.unknown > 0)
      notes.push(`The model ${inertLine(model.name, MAX_NAME)} named places that it was not shown; they are left out.`);
    named = move.documents.flatMap((number) => shelf.spanOf(number) ?? []);
    return end('answer');
  }

  function search(wanted: readonly string[]): true {
    queries = wanted;
    searches += wanted.length;
    stage = 'search';
    return true;
  }

  /** What was searched for before brings nothing new: its places are known already. */
  function hasNewWords(): boolean {
    const known = searched.size;
    for (const query of queries) for (const { key } of queryTerms(query)) searched.add(key);
    return searched.size > known;
  }

  async function safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ModelFailure) || (options.strict && !signal.aborted)) throw error;
      end('written');
      if (!signal.aborted) notes.push(`${error.message} The search went on without the model.`);
    }
  }

  return {
    async suggest(observation) {
      await safely(() => advance(observation));
      return stage === 'search' ? queries : [];
    },
    call(observation, legal) {
      if (stage === 'search') return searchCall(queries, observation, legal);
      if (stage === 'read') return shelf.readCall(legal, observation);
      return verdict === 'written' ? -1 : endCall(verdict, legal);
    },
    conclude: (observation) => safely(() => advance(observation)),
    verdict: () => verdict,
    named: () => named,
    searches: () => searches,
    notes: () => notes,
  };
}

const MAX_NAME = 80;

/** The words of the queries wherever they are offered; in the first turn those of the question too, as far as there is room. */
function searchCall(queries: readonly string[], { turn }: Observation, legal: readonly Action[]): number {
  const keys = new Set(queries.flatMap((query) => queryTerms(query).map(({ key }) => key)));
  const isWanted = (action: Action): boolean =>
    action.kind === 'grep' ? keys.has(action.term.key) : SEARCHES.has(action.kind) && isOwn(action);
  const wanted = legal.findIndex(isWanted);
  if (wanted >= 0) return wanted;
  const asked = turn === 1 ? legal.findIndex((action) => action.kind === 'grep' && action.origin === 'question') : -1;
  return asked >= 0 ? asked : legal.findIndex(({ kind }) => kind === 'run');
}

const SEARCHES: ReadonlySet<Action['kind']> = new Set(['docs', 'history', 'symbols']);
const isOwn = (action: Action): boolean =>
  action.kind === 'docs' || action.kind === 'history' ? action.terms !== undefined : true;

/** Ends the search. What was planned and not run is run first. */
function endCall(verdict: Verdict, legal: readonly Action[]): number {
  const kinds: readonly Action['kind'][] = ['run', ...(verdict === 'answer' ? (['answer'] as const) : []), 'not-found'];
  return kinds.map((kind) => legal.findIndex((action) => action.kind === kind)).find((index) => index >= 0) ?? -1;
}
