/**
 * What a policy may do, one small decision at a time. Calls are chosen one after another and then run together as a
 * turn; an answer is built by pointing at what was read.
 */
import type { Term } from '#core/search/words.ts';
import type { Span } from '#core/search/span.ts';

/** Where a term or a name comes from: the question, what a search showed on the way, or a language model's own words. */
export type TermOrigin = 'question' | 'test' | 'docs' | 'model';

export type Action =
  /** Adds a term to this turn's grep. `lead`: how strongly what was found points at it, in [0, 1]. */
  | { readonly kind: 'grep'; readonly term: Term; readonly origin: TermOrigin; readonly lead: number }
  /** Searches the docs index for the question, or for the terms of a suggested query. */
  | { readonly kind: 'docs'; readonly terms?: readonly Term[] }
  /** Searches the commit messages for the question, or for the terms of a suggested query. */
  | { readonly kind: 'history'; readonly terms?: readonly Term[] }
  /** Asks which files changed together with the best ones so far. */
  | { readonly kind: 'co-change' }
  /** Looks up definitions of a name. */
  | { readonly kind: 'symbols'; readonly name: string }
  /** Reads lines around a candidate; only what was read can be cited. `candidate` is its rank in the observation. */
  | { readonly kind: 'read'; readonly span: Span; readonly candidate: number }
  /** Runs the calls chosen for this turn. */
  | { readonly kind: 'run' }
  /** Ends the search; citing begins. */
  | { readonly kind: 'answer' }
  /** Cites a candidate; the order of citing is the order of the answer. */
  | { readonly kind: 'cite'; readonly span: Span; readonly candidate: number }
  /** Ends the answer. */
  | { readonly kind: 'finish' }
  /** Ends the episode: the workspace does not hold it. */
  | { readonly kind: 'not-found' };
