/** What the command line needs from the process that it runs in; tests bring their own. */
import type { RunLearning } from '#node/learning/learningPlan.ts';
import type { Searcher, SearcherOptions } from '#node/searcher.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';

export interface CliEnvironment {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted when the user stops the program. */
  readonly signal: AbortSignal;
  readonly createSearcher: (options: SearcherOptions) => Promise<Searcher>;
  readonly createTrainable: (config: TrainingConfig) => Promise<Trainable>;
  readonly runLearning: RunLearning;
  /** Has `cleanup` run when the program is stopped from outside; it must not wait. */
  readonly onStop: (cleanup: () => void) => void;
}

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in columns; undefined where there is none. */
  readonly columns?: number | undefined;
}

/** How the program ends. */
export const EXIT = {
  answered: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  /** Training from use has ended without a policy that is better. */
  kept: 4,
  interrupted: 130,
  terminated: 143,
  hungUp: 129,
} as const;

/** The command line itself is wrong; the message says what and what is valid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that a person understands went wrong; the message is one or more whole sentences. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
