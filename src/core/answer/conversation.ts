/** A conversation about a workspace, as data: what the panel shows, what is kept on disk and what is exported. */
import type { TrailTurn } from '#core/agent/event.ts';
import type { Answer } from '#core/answer/answer.ts';
import type { Prose } from '#core/answer/prose.ts';
import type { Span } from '#core/search/span.ts';

export interface Conversation {
  /** Letters, digits and `-` only: it names a file. */
  readonly id: string;
  /** The first question, shortened, until the user renames it. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly updatedMs: number;
  /** In the order of asking. */
  readonly exchanges: readonly Exchange[];
}

/** Code that the user had selected when asking. */
export interface Selection extends Span {
  readonly text: string;
}

export type ExchangeState =
  | 'running'
  | 'answered'
  | 'cancelled'
  | 'failed'
  /** It was running when the editor went away. */
  | 'interrupted';

/** One question and what became of it. */
export interface Exchange {
  readonly id: string;
  /** As the user typed it. */
  readonly question: string;
  /** Workspace files and folders that the search was narrowed to; all when empty. */
  readonly scope: readonly string[];
  readonly selection?: Selection;
  readonly askedMs: number;
  readonly state: ExchangeState;
  /** Turns so far; after the end those of the answer. */
  readonly trail: readonly TrailTurn[];
  readonly answer?: Answer;
  /** What a language model wrote over the answer, if the user has chosen one. */
  readonly prose?: ExchangeProse;
  readonly failure?: Failure;
  readonly feedback: ExchangeFeedback;
}

/** Prose with the reason why it is not whole. */
export interface ExchangeProse extends Prose {
  readonly failure?: Failure;
}

/** What the user can do about a failure; the editor has a command for each. */
export type Remedy =
  | 'retry'
  | 'open-folder'
  | 'manage-trust'
  | 'run-doctor'
  | 'open-settings'
  | 'resume-docs'
  | 'choose-model'
  | 'set-model-key'
  | 'show-log';

export interface Failure {
  /** Sentences: what happened and what to do next. */
  readonly message: string;
  readonly remedy: Remedy;
}

export type Verdict = 'accepted' | 'rejected';
export type Tick = 'right' | 'wrong';

export interface ExchangeFeedback {
  readonly verdict?: Verdict;
  /** By the citation's number. */
  readonly ticks: Readonly<Record<number, Tick>>;
  /** What the user pointed out as the right places. */
  readonly places: readonly Span[];
}

export const NO_FEEDBACK: ExchangeFeedback = { ticks: {}, places: [] };
