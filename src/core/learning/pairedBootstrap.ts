/**
 * How sure a mean change is, by drawing the questions again and again (Efron's bootstrap, percentile interval). The two
 * policies answered the same questions, so what is drawn is a question with both results. Every set of questions keeps
 * its share in each draw.
 */
import { createRng } from '#core/rl/rng.ts';

/** A question: what one policy and the other has of a measure, and the set that it belongs to. */
export interface Paired {
  readonly stratum: string;
  readonly before: number;
  readonly after: number;
}

export interface MeanChange {
  readonly mean: number;
  /** Interval of 95 %. */
  readonly low: number;
  readonly high: number;
  /** Share of the draws in which the mean is above 0. */
  readonly aboveZero: number;
}

export const RESAMPLES = 2_000;

/** The same for the same pairs in the same order; all 0 for no pairs. */
export function pairedBootstrap(pairs: readonly Paired[], seed: number): MeanChange {
  const changes = pairs.map(({ before, after }) => after - before);
  const total = changes.reduce((sum, change) => sum + change, 0);
  if (pairs.length === 0 || changes.every((change) => change === 0)) return { mean: 0, low: 0, high: 0, aboveZero: 0 };
  const strata = [...Map.groupBy(changes.keys(), (i) => pairs[i]!.stratum).values()].map((members) =>
    Float64Array.from(members, (i) => changes[i]!),
  );
  const rng = createRng(seed);
  const sums = Float64Array.from({ length: RESAMPLES }, () =>
    strata.reduce((sum, values) => sum + drawnSum(values, rng.next), 0),
  ).sort();
  const at = (share: number): number => sums[Math.round(share * (RESAMPLES - 1))]! / pairs.length;
  return {
    mean: total / pairs.length,
    low: at(0.025),
    high: at(0.975),
    // What is left of rounding when gains and losses cancel out is no gain.
    aboveZero: sums.filter((sum) => sum > 1e-9).length / RESAMPLES,
  };
}

/** Sum of as many values as there are, each drawn from all. */
function drawnSum(values: Float64Array, next: () => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[Math.floor(next() * values.length)]!;
  return sum;
}
