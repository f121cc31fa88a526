/** Few figures out of many. */
import { quantile } from '#cli/batchSummary.ts';

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const p95 = (values: readonly number[]): number => quantile(values, 0.95);

export const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

/** `12, 18`: median and 95th percentile. */
export const spread = (values: readonly number[]): string => `${ms(median(values))}, ${ms(p95(values))}`;
