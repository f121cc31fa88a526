/**
 * What a user said about an answer, as a log: events are appended and never changed. A record is what the events of one
 * answer add up to (`foldFeedback`). docs/feedback.md documents the lines for those who read them elsewhere.
 */
import type { Action } from '#core/agent/action.ts';
import type { Span } from '#core/search/span.ts';

/** The form's version, in each line. */
export const FEEDBACK_VERSION = 1;

/** State of one folder of the workspace, or in shared feedback of one repository, when the question was asked. */
export interface FolderState {
  /** Name under which its files stand in workspace paths; empty with a single folder. */
  readonly name: string;
  /** Name of the repository, only in what is shared: there a folder is a whole repository, and its paths begin at its top. */
  readonly repository?: string;
  /** HEAD, where the folder is in a git repository. */
  readonly commit?: string;
}

/** A place with its content, so that it can be found again when lines have moved. */
export interface PlaceText extends Span {
  readonly lines: readonly string[];
}

/** One decision of the episode with the probability that the policy gave it then. */
export interface FeedbackStep {
  readonly action: Action;
  /** log π(a | o) of the policy that acted; 0 when it had no chance in it. */
  readonly logProb: number;
  /** How many actions were legal. */
  readonly legal: number;
}

export type FeedbackEvent = {
  readonly version: typeof FEEDBACK_VERSION;
  readonly id: string;
  readonly timeMs: number;
} & (
  | {
      readonly type: 'answered';
      /** As typed, and as it was searched for (with what it follows up and what was selected). */
      readonly question: string;
      readonly searchedFor: string;
      readonly scope: readonly string[];
      readonly folders: readonly FolderState[];
      /** Name of the policy and the digest of its model file, empty without one. */
      readonly policy: { readonly name: string; readonly digest: string };
      readonly steps: readonly FeedbackStep[];
      /** In the answer's order: number 1 first. */
      readonly citations: readonly PlaceText[];
      readonly found: boolean;
      readonly confidence: number;
    }
  /** `none` takes back. */
  | { readonly type: 'verdict'; readonly verdict: 'accepted' | 'rejected' | 'none' }
  | { readonly type: 'tick'; readonly number: number; readonly tick: 'right' | 'wrong' | 'none' }
  | { readonly type: 'place'; readonly place: PlaceText; readonly taken: 'added' | 'removed' }
  /** Weak signals: kept, not learned from by themselves. */
  | { readonly type: 'signal'; readonly signal: 'opened' | 'copied'; readonly number: number }
);
