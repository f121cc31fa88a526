/** What goes between the main thread and the parser's: plain data, a request and its reply, in the order of requests. */
import type { Definition } from '#core/agent/tools.ts';

export interface ParseRequest {
  readonly id: number;
  readonly path: string;
  readonly text: string;
  /** By `sharedNowMs`. */
  readonly deadlineMs: number;
}

/** First that the thread is on this request now, then how it ended; a request that comes too late just ends. */
export type ParseReply =
  { readonly id: number; readonly begun: true } | { readonly id: number; readonly end: ParseEnd };

export type ParseEnd = ParseResult & {
  /** The thread must not be used again: its parser trapped, or its memory has grown. */
  readonly isSpent?: boolean;
};

export type ParseResult =
  | { readonly definitions: readonly Definition[] }
  /** Why there is no outline, as the end of a sentence after "because"; `isForNow` if more time may help. */
  | { readonly failed: string; readonly isForNow?: boolean }
  /** The time was up before it began. */
  | { readonly stopped: 'timeout' };

/** Milliseconds of a clock that all threads of the process share, which `performance.now()` is not. */
export const sharedNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
