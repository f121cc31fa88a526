/** What a chart needs to place its points: round ticks, scales, and long lines averaged down. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points of a line; more would only draw noise. */
const MOST_POINTS = 150;

/** How many neighbouring x, counted from 1, become one point, so that lines up to `most` do not get too long. */
export const stretchOf = (most: number): number => Math.ceil(Math.max(1, most) / MOST_POINTS);

/** The mean of the points of each stretch, by x. */
export function averaged(points: readonly Point[], stretch: number): Point[] {
  const groups = [...Map.groupBy(points, ({ x }) => Math.floor((x - 1) / stretch))].sort(([a], [b]) => a - b);
  const mean = (group: readonly Point[], of: (point: Point) => number): number =>
    group.reduce((sum, point) => sum + of(point), 0) / group.length;
  return groups.map(([, group]) => ({ x: mean(group, ({ x }) => x), y: mean(group, ({ y }) => y) }));
}

/** Round numbers that enclose both ends, about `count` of them. */
export function ticksOf(least: number, most: number, count: number): number[] {
  const range = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / count));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => range / size <= count)!;
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  return Array.from({ length: Math.max(last, first + 1) - first + 1 }, (_, index) => (first + index) * step);
}

/** From values between the first and the last tick to places between `from` and `to`. */
export const scaleOf =
  (ticks: readonly number[], from: number, to: number): ((value: number) => number) =>
  (value) =>
    from + ((value - ticks[0]!) / (ticks.at(-1)! - ticks[0]!)) * (to - from);

/** Decimals that tell the ticks apart. */
export function decimalsOf(ticks: readonly number[]): number {
  const step = ticks[1]! - ticks[0]!;
  const decimals = [0, 1, 2, 3, 4, 5, 6].find((count) => Math.abs(step - Number(step.toFixed(count))) < step * 1e-6);
  return decimals ?? 6;
}

/** The `d` of a path along these points. */
export const lineThrough = (points: readonly Point[]): string =>
  points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${rounded(x)} ${rounded(y)}`).join('');

/** To tenths: a place in a drawing. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;
