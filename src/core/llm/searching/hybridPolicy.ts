/**
 * A learned policy and a language model together: the model says what else to search for when the search begins, the
 * learned policy searches, reads and ranks, and the model says at the end which of the best places answer. It is asked
 * twice, whatever the question; where it fails, the learned policy's answer stands.
 */
import type { Action } from '#core/agent/action.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { inertLine } from '#core/llm/prompt.ts';
import type { Question } from '#core/search/question.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';
import { documentOf, type FoundDocument } from './documents.ts';
import { MODEL_AT_MOST, MODEL_BUDGET, type ModelPolicyOptions } from './modelPolicy.ts';
import { chooseCitation, rankNamed, type Verdict } from './named.ts';
import { searchTalk, type SearchTalk } from './searchTalk.ts';

/** Places that the model is shown: as many as an answer cites. */
const PLACES_SHOWN = 10;

interface Judged {
  readonly talk: SearchTalk;
  readonly signal: CancelSignal;
  readonly notes: string[];
  verdict: Verdict;
  named: readonly Span[];
  /** Its words had a part in what was found. */
  hasSearched: boolean;
}

/** Episodes are told apart by their question, as `modelPolicy` does. */
export function hybridPolicy(model: ChatModel, learned: SearchPolicy, options: ModelPolicyOptions = {}): SearchPolicy {
  const { name = `hybrid:${model.name}`, protocol = 'auto', strict = false } = options;
  const episodes = new WeakMap<Question, Judged>();
  const of = ({ question }: Observation): Judged | undefined => episodes.get(question);

  async function safely<T>(judged: Judged, work: () => Promise<T>): Promise<T | undefined> {
    if (judged.verdict === 'written') return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ModelFailure) || (strict && !judged.signal.aborted)) throw error;
      judged.verdict = 'written';
      if (!judged.signal.aborted) judged.notes.push(`${error.message} The search went on without the model.`);
      return undefined;
    }
  }

  async function judge(judged: Judged, observation: Observation, legal: readonly Action[]): Promise<void> {
    const documents = bestPlaces(observation, legal, learned);
    if (judged.verdict !== 'open' || documents.length === 0) return;
    judged.talk.found([{ query: observation.question.text, documents }]);
    const move = await safely(judged, () => judged.talk.next(true, judged.signal));
    if (judged.verdict === 'open') judged.verdict = move?.kind === 'not-found' ? 'not-found' : 'answer';
    if (move?.kind !== 'answer') return;
    if (move.unknown > 0)
      judged.notes.push(
        `The model ${inertLine(model.name, 80)} named places that it was not shown; they are left out.`,
      );
    judged.named = move.documents.flatMap((number) => documents.find((one) => one.number === number)?.span ?? []);
  }

  return {
    name,
    budget: { timeMs: MODEL_BUDGET.timeMs! },
    async suggest(observation, signal) {
      if (observation.turn > 1) return [];
      const talk = searchTalk(model, observation.question.text, { protocol });
      const judged: Judged = { talk, signal, notes: [], verdict: 'open', named: [], hasSearched: false };
      episodes.set(observation.question, judged);
      const move = await safely(judged, () => talk.next(false, signal));
      if (move?.kind === 'search') {
        judged.hasSearched = true;
        return move.queries;
      }
      talk.forget();
      return [];
    },
    async decide(observation, legal, rng) {
      const judged = of(observation);
      if (observation.phase === 'search') {
        const own = legal.findIndex((action) => action.kind === 'grep' && action.origin === 'model');
        return own >= 0 ? { index: own, logProb: 0 } : learned.decide(observation, legal, rng);
      }
      if (judged) await judge(judged, observation, legal);
      const wanted = judged ? chooseCitation(judged.verdict, judged.named, observation, legal) : -1;
      return wanted >= 0 ? { index: wanted, logProb: 0 } : learned.decide(observation, legal, rng);
    },
    rank: (observation) => rankNamed(observation, of(observation)?.named ?? [], learned.rank(observation)),
    confidence(observation) {
      const sure = learned.confidence(observation);
      return of(observation)?.hasSearched ? Math.min(sure, MODEL_AT_MOST) : sure;
    },
    notes: (observation) => of(observation)?.notes ?? [],
  };
}

/** The places that may be cited, best first by the learned policy, as documents. */
function bestPlaces(observation: Observation, legal: readonly Action[], learned: SearchPolicy): FoundDocument[] {
  const ranks = learned.rank(observation);
  const places = legal.filter((action) => action.kind === 'cite');
  const best = places.toSorted((a, b) => (ranks[b.candidate] ?? 0) - (ranks[a.candidate] ?? 0));
  const apart: typeof best = [];
  for (const place of best) {
    if (apart.length === PLACES_SHOWN) break;
    if (!apart.some(({ span }) => span.path === place.span.path && rangesOverlap(span, place.span))) apart.push(place);
  }
  return apart.flatMap(
    ({ span, candidate }, i) => documentOf(i + 1, span, observation.candidates[candidate]!.file) ?? [],
  );
}
