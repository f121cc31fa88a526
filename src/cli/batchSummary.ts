/** What a batch came to, in two lines. */
import { durationText } from '#cli/trailText.ts';

/** Counts while a batch runs. */
export interface Tally {
  answered: number;
  failed: number;
  /** Rows answered by an earlier run. */
  skipped: number;
  /** Rows whose id had come before. */
  doubles: number;
  citations: number;
  violations: number;
  /** Milliseconds of each question. */
  readonly times: number[];
}

export const emptyTally = (doubles: number): Tally => ({
  answered: 0,
  failed: 0,
  skipped: 0,
  doubles,
  citations: 0,
  violations: 0,
  times: [],
});

export function summaryText(tally: Tally, out: string): string {
  const parts = [`${amount(tally.answered)} answered`];
  if (tally.failed) parts.push(`${amount(tally.failed)} failed (their lines in ${out} say why)`);
  if (tally.skipped) parts.push(`${amount(tally.skipped)} answered before`);
  if (tally.doubles) parts.push(`${amount(tally.doubles)} left out because their id came before`);
  const held = amount(tally.citations - tally.violations);
  return `${parts.join(', ')}${timesText(tally.times)}\ncitations verified: ${held} of ${amount(tally.citations)}\n`;
}

/** The value below which the share `q` of the values lies; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

const timesText = (times: readonly number[]): string =>
  times.length
    ? `; a question took ${durationText(quantile(times, 0.5))}, at the 95th percentile ${durationText(quantile(times, 0.95))}`
    : '';

const amount = (count: number): string => count.toLocaleString('en');
