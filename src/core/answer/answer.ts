/** A cited answer, as data: what `--json` prints and what a panel shows. */
import type { StopReason, TrailTurn } from '#core/agent/event.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import type { Span } from '#core/search/span.ts';

export interface Citation extends Span {
  /** 1-based; sentences refer to it. */
  readonly number: number;
  /** Relevance in [0, 1], comparable within one answer. */
  readonly score: number;
  /** Why it is here, a few words each: `defines withBackoff`, `matches "retry", "failed"`. */
  readonly why: readonly string[];
  readonly symbol?: CitedSymbol;
  /** The cited lines as they were read and are now. */
  readonly lines: readonly string[];
}

/** The definition that the cited lines belong to. */
export interface CitedSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Names of the definitions around it, outermost first. */
  readonly inside: readonly string[];
  /** Line of the name in its file, which may lie outside of what is cited; answers of earlier versions do not have it. */
  readonly line?: number;
}

export interface Sentence {
  readonly text: string;
  /** Numbers of the citations that the sentence rests on. */
  readonly citations: readonly number[];
}

export type Sureness = 'high' | 'medium' | 'low';

export interface Answer {
  readonly question: string;
  readonly sentences: readonly Sentence[];
  /** Ranked, at most 10; with `found: false` the nearest places, at most 3. */
  readonly citations: readonly Citation[];
  /** Ranked, at most 50. */
  readonly files: readonly string[];
  readonly found: boolean;
  /** In [0, 1]. */
  readonly confidence: number;
  readonly sure: Sureness;
  /** What the user should know about this answer, a sentence each: the docs index is not complete yet, a tool failed. */
  readonly notes: readonly string[];
  readonly trail: readonly TrailTurn[];
  readonly stopReason: StopReason;
  /** Milliseconds. */
  readonly timings: {
    readonly total: number;
    readonly tools: number;
    readonly policy: number;
    readonly answer: number;
  };
}
