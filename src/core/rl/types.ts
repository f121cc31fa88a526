/**
 * The vocabulary of reinforcement learning, one meaning each (after tinker-cookbook's `rl/types.py`).
 *
 * Letters used for shapes: B episodes of a batch, T steps of an episode, A legal actions of a step.
 */

/** A source of random numbers in [0, 1). The core has no other. */
export interface Rng {
  next(): number;
}

/** Milliseconds since any fixed moment. */
export interface Clock {
  nowMs(): number;
}

/** What a policy chose, and how likely that was. */
export interface Decision {
  /** Index into the legal actions. */
  readonly index: number;
  /** log π(a | o) of the choice under the policy that made it; 0 for a deterministic one. */
  readonly logProb: number;
}

/** A distribution over legal actions only: an illegal action cannot be chosen. */
export interface Policy<O, A> {
  readonly name: string;
  /** A written policy answers at once, a network when it was run. */
  decide(observation: O, legal: readonly A[], rng: Rng): Decision | Promise<Decision>;
}

export interface Transition<O, A> {
  readonly observation: O;
  /** Never empty unless `done`. */
  readonly legal: readonly A[];
  readonly done: boolean;
}

/** A single-use world: it starts once, takes actions until it is done, and is thrown away. */
export interface Environment<O, A, R> {
  start(): Promise<Transition<O, A>>;
  step(action: A): Promise<Transition<O, A>>;
  /** What came out; valid once the environment is done. */
  outcome(): R;
}

export interface Step<O, A> {
  readonly observation: O;
  readonly legal: readonly A[];
  readonly decision: Decision;
  /** 1 for a choice of the policy's, 0 for a forced action (one legal action): it then counts nowhere in training. */
  readonly mask: 0 | 1;
}

/** What happened from start to end. Observations hold what the tools returned; they carry no probability. */
export interface Trajectory<O, A, R> {
  readonly steps: readonly Step<O, A>[];
  readonly outcome: R;
}
