/**
 * A language model as the searcher: R1-Searcher's loop (arXiv 2503.05592, section 3) in our environment. The model writes
 * a query; its words are this turn's grep, docs and history search; the next turn reads the best places; their lines come
 * back to it as documents; and so on, at most `MAX_SEARCHES` times, until it names the documents that answer.
 *
 * Two turns make one search of the model's, as candidates are known only after a turn. Where the model fails in the
 * middle, the policy written by hand goes on.
 */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel } from '#core/llm/chatModel.ts';
import type { Question } from '#core/search/question.ts';
import { beginEpisode, type ModelEpisode } from './modelEpisode.ts';
import { DOCUMENTS_SHOWN, MAX_SEARCHES } from './move.ts';
import { chooseCitation, rankNamed } from './named.ts';
import type { ProtocolName } from './searchTalk.ts';

export interface ModelPolicyOptions {
  /** What answers and measurements call it; by default `llm:` and the model's name. */
  readonly name?: string;
  /** `auto` by default. */
  readonly protocol?: ProtocolName;
  /** Documents of each search: 5 by default, 3 in training. */
  readonly documents?: number;
  /**
   * For measuring: where the model fails, the episode fails with its `ModelFailure`. Otherwise it goes on without the
   * model, and a note says so.
   */
  readonly strict?: boolean;
}

/** Models are slow, on a processor alone very slow; a search of theirs takes two turns. */
export const MODEL_BUDGET: Partial<Budget> = {
  turns: 2 * MAX_SEARCHES,
  readOffers: 300,
  citeOffers: 300,
  timeMs: 30 * 60_000,
};

/** Episodes are told apart by their question: each must have an object of its own, as `parseQuestion` makes it. */
export function modelPolicy(model: ChatModel, options: ModelPolicyOptions = {}): SearchPolicy {
  const { name = `llm:${model.name}`, protocol = 'auto', documents = DOCUMENTS_SHOWN, strict = false } = options;
  const episodes = new WeakMap<Question, ModelEpisode>();
  const begin = (question: Question, signal: CancelSignal): ModelEpisode => {
    const episode = beginEpisode(model, question, { protocol, documents, strict, signal });
    episodes.set(question, episode);
    return episode;
  };
  const of = ({ question }: Observation): ModelEpisode | undefined => episodes.get(question);
  return {
    name,
    budget: MODEL_BUDGET,
    suggest(observation, signal) {
      const known = observation.turn === 1 ? undefined : of(observation);
      return (known ?? begin(observation.question, signal)).suggest(observation);
    },
    async decide(observation, legal, rng) {
      const episode = of(observation);
      if (observation.phase === 'cite') await episode?.conclude(observation);
      const wanted = episode ? choose(episode, observation, legal) : -1;
      return wanted >= 0 ? { index: wanted, logProb: 0 } : handPolicy.decide(observation, legal, rng);
    },
    rank: (observation) => rankNamed(observation, of(observation)?.named() ?? [], handPolicy.rank(observation)),
    confidence: (observation) => confidence(observation, of(observation)),
    notes: (observation) => of(observation)?.notes() ?? [],
  };
}

/** -1 leaves the choice to the policy written by hand. */
function choose(episode: ModelEpisode, observation: Observation, legal: readonly Action[]): number {
  if (observation.phase === 'search') return episode.call(observation, legal);
  const named = chooseCitation(episode.verdict(), episode.named(), observation, legal);
  // The written policy might say "not found" against the model's answer.
  return named < 0 && episode.verdict() === 'answer' ? legal.findIndex(({ kind }) => kind === 'cite') : named;
}

/**
 * Nothing was fitted for models: it is what the written policy would say of what was found, less for every search after
 * the first, as more searches mostly mean a lost episode. It is never as sure as to be called certain: that the model's
 * own words stand in what was found for them says little.
 */
function confidence(observation: Observation, episode: ModelEpisode | undefined): number {
  const hand = handPolicy.confidence(observation);
  if (!episode || episode.searches() === 0) return hand;
  if (episode.verdict() === 'not-found') return Math.min(hand, NOT_FOUND_AT_MOST);
  return Math.min(hand, MODEL_AT_MOST) * SEARCH_FACTOR ** (episode.searches() - 1);
}

const SEARCH_FACTOR = 0.9;
const NOT_FOUND_AT_MOST = 0.15;
/** Below "high". */
export const MODEL_AT_MOST = 0.74;
