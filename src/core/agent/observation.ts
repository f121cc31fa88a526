/** What a policy sees when it decides: immutable, so that a trajectory can be learned from later. */
import type { Action } from '#core/agent/action.ts';
import type { Budget } from '#core/agent/budget.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import type { CancelSignal, ToolName } from '#core/agent/tools.ts';
import type { Question } from '#core/search/question.ts';
import type { Policy } from '#core/rl/types.ts';

export interface Observation {
  readonly question: Question;
  readonly phase: 'search' | 'cite';
  /** The turn being composed, 1-based. */
  readonly turn: number;
  readonly turnsLeft: number;
  /** Calls that this turn may still take. */
  readonly callsLeft: number;
  /** Chosen for this turn and not run yet, in order. */
  readonly pending: readonly Action[];
  /** Best prior first; the same array until a tool brings something new. */
  readonly candidates: readonly Candidate[];
  /** Cited so far: indices into `candidates`. */
  readonly cited: readonly number[];
  /** Files with any evidence, and files that the searches looked at. */
  readonly filesFound: number;
  readonly filesSearched: number;
  /** Share of the question's terms, by weight, that occur anywhere in the workspace. */
  readonly termsFound: number;
  /** Tools that failed so far. */
  readonly failed: readonly ToolName[];
}

/**
 * Queries in a policy's own words, for the turn that begins. The environment makes greps, and searches of docs and
 * history, of their words and offers them beside what it offers anyway; `suggestions.ts` bounds number and length.
 * Never rejects: a policy that cannot think of any has none.
 */
export type Suggest = (observation: Observation, signal: CancelSignal) => Promise<readonly string[]>;

/** A policy of this project: it also says how it ranks all candidates, and how sure it is. */
export interface SearchPolicy extends Policy<Observation, Action> {
  /** Asked once when a turn begins, before its first choice. Most policies have no words of their own. */
  readonly suggest?: Suggest;
  /** What the policy needs of an episode that differs from `DEFAULT_BUDGET`. */
  readonly budget?: Partial<Budget>;
  /** What the user should know about how it searched, a sentence each. */
  notes?(observation: Observation): readonly string[];
  /** Relevance of each candidate of the observation, larger is better. */
  rank(observation: Observation): ArrayLike<number>;
  /** In [0, 1]: how likely the first citations answer the question. */
  confidence(observation: Observation): number;
}
