/**
 * The searcher policy that is learned: asks the network once for each state, then takes the small decisions of a turn by
 * softmax over what is legal. Greedy for the user, by chance for the trainer.
 */
import type { Action } from '#core/agent/action.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import { encodeState, encodeStep, type EncodedState, type StateView } from '#core/policy/encodeState.ts';
import { PLAIN_ACTIONS, SLOTS } from '#core/policy/inputs.ts';
import type { Decision, Rng } from '#core/rl/types.ts';

/** What the network says of one state. */
export interface StateScores {
  /** [V] */
  readonly logits: Float32Array;
  /** Log-odds that one of the first files is right. */
  readonly confidence: number;
  /** [2] */
  readonly sameFile: Float32Array;
  /** [P + 1, plain actions] */
  readonly step: Float32Array;
}

/** Runs the network. */
export type Scorer = (state: EncodedState) => Promise<StateScores>;

/** A decision as the network can look at it again. */
export interface SeenDecision {
  readonly encoded: EncodedState;
  /** [L] slots of the legal actions. */
  readonly slots: Int32Array;
  /** [L] how many places of the same file were chosen before; 0 for what is no place. */
  readonly sameFile: Uint8Array;
  /** [P] */
  readonly step: Float32Array;
  readonly chosen: number;
}

export interface LearnedPolicyOptions {
  readonly name?: string;
  /** Choose the likeliest, or draw. */
  readonly greedy: boolean;
  /** Says the index of what is taken instead, to learn how likely the policy was to choose it. */
  readonly choose?: (legal: readonly Action[]) => number;
  /** Is told of every choice that there was, in its order. */
  readonly onDecision?: (decision: SeenDecision) => void;
}

interface ScoredState {
  readonly view: StateView;
  readonly scores: StateScores;
}

export function learnedPolicy(
  score: Scorer,
  { name = 'learned', greedy, choose, onDecision }: LearnedPolicyOptions,
): SearchPolicy {
  const known = new WeakMap<object, Map<string, Promise<ScoredState>>>();
  const latest = new WeakMap<object, StateScores>();

  /** States that look alike are one: candidates are the same array as long as no tool brought anything. */
  function stateOf(observation: Observation, legal: readonly Action[]): Promise<ScoredState> {
    const anchor = observation.turn === 1 ? observation.question : observation.candidates;
    let states = known.get(anchor);
    if (!states) known.set(anchor, (states = new Map()));
    const key = `${observation.phase} ${observation.turn} ${observation.turnsLeft}`;
    let state = states.get(key);
    if (!state) states.set(key, (state = scoreState(observation, legal)));
    return state;
  }

  async function scoreState(observation: Observation, legal: readonly Action[]): Promise<ScoredState> {
    const view = encodeState(observation, legal);
    const scores = await score(view.encoded);
    latest.set(observation.candidates, scores);
    return { view, scores };
  }

  const pick = (logits: Float64Array, rng: Rng): Decision => (greedy ? largest(logits) : draw(logits, rng));
  const taken = (logits: Float64Array, index: number): Decision => ({ index, logProb: logProbOf(logits, index) });

  return {
    name,
    async decide(observation, legal, rng) {
      const { view, scores } = await stateOf(observation, legal);
      const decision = look(view, observation, legal);
      const logits = optionLogits(scores, decision);
      const given = choose?.(legal) ?? (greedy ? saysNowhere(observation, legal, scores) : -1);
      const chosen = given >= 0 ? taken(logits, given) : pick(logits, rng);
      onDecision?.({ ...decision, chosen: chosen.index });
      return chosen;
    },
    rank({ candidates }) {
      const scores = latest.get(candidates);
      return scores
        ? besideBest(scores.logits.subarray(SLOTS.cite, candidates.length))
        : candidates.map(({ prior }) => prior);
    },
    confidence({ candidates }) {
      const scores = latest.get(candidates);
      return scores && candidates.length ? likelihoodOf(scores.confidence) : 0;
    },
  };
}

/** As the hand-written searcher: all but sure to be wrong, it is better to say so. */
const NOT_FOUND_BELOW = 0.15;

/**
 * Where the answer is "not found", the index of that action. Training pays no episode for it, as every task has an
 * answer; the confidence was fitted on questions asked of wrong repositories too, and it decides.
 */
function saysNowhere({ phase, cited }: Observation, legal: readonly Action[], scores: StateScores): number {
  const isTimeToSay = phase === 'cite' && cited.length === 0;
  return isTimeToSay && isUnsure(scores) ? legal.findIndex(({ kind }) => kind === 'not-found') : -1;
}

/** When it is time to cite, whether the answer is "not found" instead. */
export const isUnsure = ({ confidence }: StateScores): boolean => likelihoodOf(confidence) < NOT_FOUND_BELOW;

const likelihoodOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Likelihoods beside that of the likeliest, in (0, 1]. */
function besideBest(logits: Float32Array): Float32Array {
  const most = logits.reduce((max, value) => Math.max(max, value), -Infinity);
  return logits.map((value) => Math.exp(value - most));
}

/** The decision as numbers, without what is chosen. */
function look(view: StateView, observation: Observation, legal: readonly Action[]): Omit<SeenDecision, 'chosen'> {
  const slots = Int32Array.from(legal, (action) => view.slotOf(action) ?? UNKNOWN);
  return {
    encoded: view.encoded,
    slots,
    sameFile: chosenOfFile(observation, legal),
    step: encodeStep(observation, legal),
  };
}

/** Slot of a word beyond those that the network has room for: as likely as the first word. */
const UNKNOWN = SLOTS.word;

function chosenOfFile({ candidates, cited, pending }: Observation, legal: readonly Action[]): Uint8Array {
  const counts = new Map<string, number>();
  const count = (path: string): Map<string, number> => counts.set(path, (counts.get(path) ?? 0) + 1);
  for (const index of cited) count(candidates[index]!.span.path);
  for (const action of pending) if (action.kind === 'read') count(action.span.path);
  if (counts.size === 0) return new Uint8Array(legal.length);
  return Uint8Array.from(legal, (action) =>
    action.kind === 'cite' || action.kind === 'read' ? (counts.get(action.span.path) ?? 0) : 0,
  );
}

/** [L] as `decisionOutputs` computes them. */
export function optionLogits(
  { logits, sameFile, step }: StateScores,
  decision: Omit<SeenDecision, 'chosen'>,
): Float64Array {
  return Float64Array.from(decision.slots, (slot, option) => {
    const repeated = decision.sameFile[option]! * sameFile[slot < SLOTS.read ? 0 : 1]!;
    return logits[slot]! + repeated + (slot >= SLOTS.plain ? stepLogit(step, decision.step, slot - SLOTS.plain) : 0);
  });
}

function stepLogit(weights: Float32Array, step: Float32Array, action: number): number {
  let sum = weights[step.length * PLAIN_ACTIONS.length + action]!;
  for (let i = 0; i < step.length; i++) sum += step[i]! * weights[i * PLAIN_ACTIONS.length + action]!;
  return sum;
}

/** log π of an option. */
export function logProbOf(logits: Float64Array, option: number): number {
  const most = logits.reduce((max, value) => Math.max(max, value), -Infinity);
  return logits[option]! - most - Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

function largest(logits: Float64Array): Decision {
  let index = 0;
  for (let option = 1; option < logits.length; option++) if (logits[option]! > logits[index]!) index = option;
  return { index, logProb: logProbOf(logits, index) };
}

function draw(logits: Float64Array, rng: Rng): Decision {
  const most = logits.reduce((max, value) => Math.max(max, value), -Infinity);
  const weights = logits.map((value) => Math.exp(value - most));
  let left = rng.next() * weights.reduce((sum, value) => sum + value, 0);
  let index = weights.findIndex((weight) => (left -= weight) < 0);
  if (index < 0) index = weights.length - 1;
  return { index, logProb: logProbOf(logits, index) };
}
