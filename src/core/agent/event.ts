/** What a user interface can show while an episode runs. Events come in the order in which things happen. */
import type { FailureReason, ToolName } from '#core/agent/tools.ts';
import type { Span } from '#core/search/span.ts';

/** Why an episode ended. */
export type StopReason =
  /** The policy chose to answer. */
  | 'answered'
  /** The policy chose to say that the workspace does not hold it. */
  | 'not-found'
  /** All turns were used; an answer was made from what was read. */
  | 'out-of-turns'
  /** The time allowed ran out; an answer was made from what was read. */
  | 'out-of-time'
  /** The user stopped it. */
  | 'cancelled'
  /** No tool could work at all. */
  | 'failed';

/** One call of a turn, as the trail shows it. */
export interface TrailCall {
  readonly tool: ToolName;
  /** What was asked: terms, names, or for `read` one `path:start-end`. */
  readonly what: readonly string[];
  /** `38 hits in 12 files`, `4 commits`, `lines 80–140`, or the failure's sentence. */
  readonly said: string;
  readonly failure?: FailureReason;
  /** Set by a successful read: the lines that became citable. */
  readonly read?: Span;
  readonly ms: number;
}

export type EpisodeEvent =
  | {
      readonly type: 'turn-started';
      readonly turn: number;
      readonly calls: readonly { readonly tool: ToolName; readonly what: readonly string[] }[];
    }
  | { readonly type: 'call-ended'; readonly turn: number; readonly call: TrailCall }
  | { readonly type: 'turn-ended'; readonly turn: number; readonly ms: number }
  | { readonly type: 'stopped'; readonly reason: StopReason; readonly ms: number };

export interface TrailTurn {
  /** 1-based. */
  readonly turn: number;
  readonly calls: readonly TrailCall[];
  readonly ms: number;
}
