/** How far stated confidence can be relied on. */

export interface Stated {
  /** In [0, 1]. */
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Answers that state about the same. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of what they state. */
  readonly stated: number;
  /** Share of them that is right. */
  readonly right: number;
}

const BINS = 5;

/** Bins of the same width that have answers, ascending. */
export function reliabilityOf(answers: readonly Stated[]): ReliabilityBin[] {
  const groups = Map.groupBy(answers, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)));
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([bin, some]) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count: some.length,
      stated: some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length,
      right: some.filter(({ isRight }) => isRight).length / some.length,
    }));
}

/** The chance that one of `higher` is above one of `lower`; equal ones count half. NaN if either is empty. */
export function areaUnderRoc(higher: readonly number[], lower: readonly number[]): number {
  let above = 0;
  for (const one of higher) for (const other of lower) above += one > other ? 1 : one === other ? 0.5 : 0;
  return above / (higher.length * lower.length);
}

/** Wilson's interval of 95 % of a share. */
export function shareInterval(share: number, count: number): { low: number; high: number } {
  const z = 1.96;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: middle - half, high: middle + half };
}
