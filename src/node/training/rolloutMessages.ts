/** What the pool and its processes tell each other. */

/** A task to be played a number of times. */
export interface RolloutJob<T = unknown> {
  readonly task: T;
  /** What has to be loaded to play it; jobs of one world go to one process where that costs no waiting. */
  readonly world: string;
  readonly seed: number;
  /** Episodes to play. */
  readonly count: number;
}

export type WorkerRequest =
  | { readonly kind: 'setup'; readonly setup: unknown }
  | { readonly kind: 'parameters'; readonly parameters: Float32Array }
  | { readonly kind: 'job'; readonly index: number; readonly job: unknown };

export type WorkerReply =
  | { readonly kind: 'episodes'; readonly index: number; readonly episodes: readonly unknown[] }
  /** `isExpected`: it was a `TrainingError`, and is one again. */
  | { readonly kind: 'failed'; readonly why: string; readonly isExpected: boolean };
