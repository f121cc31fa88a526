/** What the terms of a pool are worth; the same for all files and windows. Arrays are [terms of the pool]. */
import type { EvidencePool } from '#core/agent/pool.ts';
import type { Term } from '#core/search/words.ts';

export interface TermWorth {
  readonly terms: readonly Term[];
  readonly idfs: Float64Array;
  /** Weight in the question times idf; 0 for a name that was found on the way. */
  readonly values: Float64Array;
  /** Strength of the lead times idf. */
  readonly strengths: Float64Array;
  /** 1 for the question's terms; of these, 1 for those that are names. */
  readonly isAsked: Uint8Array;
  readonly isName: Uint8Array;
  /** Worth of all terms of the question, and of all names that were followed. */
  readonly asked: number;
  readonly followed: number;
}

export function termWorth({ terms }: EvidencePool, idfs: Float64Array): TermWorth {
  const values = Float64Array.from(terms, ({ weight }, i) => weight * idfs[i]!);
  const strengths = Float64Array.from(terms, ({ lead }, i) => lead * idfs[i]!);
  const isAsked = Uint8Array.from(terms, ({ weight }) => (weight > 0 ? 1 : 0));
  const sum = (worth: Float64Array, asked: number): number =>
    worth.reduce((total, value, i) => (isAsked[i] === asked ? total + value : total), 0) || 1;
  return {
    terms: terms.map(({ term }) => term),
    idfs,
    values,
    strengths,
    isAsked,
    isName: Uint8Array.from(terms, ({ isName }) => (isName ? 1 : 0)),
    asked: sum(values, 1),
    followed: sum(strengths, 0),
  };
}
