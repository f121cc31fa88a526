/** The axes of a chart as SVG markup, which a style gives their looks: `grid` for lines across it, `axis` for its frame. */
import { decimalsOf, rounded, scaleOf } from '#core/learning/chartScale.ts';
import { fixed } from '#core/learning/figures.ts';

/** What the axes enclose, in the drawing's units; y grows downwards. */
export interface PlotBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axes {
  /** From values to places. */
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
  /** Elements, a line each. */
  readonly drawn: readonly string[];
}

/** Two axes, with x in whole numbers. */
export function axes(plot: PlotBox, xTicks: readonly number[], yTicks: readonly number[]): Axes {
  const toX = scaleOf(xTicks, plot.left, plot.right);
  const drawn = [
    ...rowTicks(plot, yTicks),
    ...xTicks.map((tick) => columnTick(plot, fixed(tick, 0), rounded(toX(tick)))),
    `<path class="axis" d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}"/>`,
  ];
  return { toX, toY: scaleOf(yTicks, plot.bottom, plot.top), drawn };
}

/**
 * A line across and its number for each tick.
 *
 * @param nameOf the class of a tick's line.
 */
export function rowTicks(
  plot: PlotBox,
  ticks: readonly number[],
  nameOf = (_tick: number): string => 'grid',
): string[] {
  const toY = scaleOf(ticks, plot.bottom, plot.top);
  const decimals = decimalsOf(ticks);
  return ticks.map((tick) => {
    const y = rounded(toY(tick));
    const label = `<text x="${plot.left - 6}" y="${y + 4}" text-anchor="end">${fixed(tick, decimals)}</text>`;
    return `<path class="${nameOf(tick)}" d="M${plot.left} ${y}H${plot.right}"/>${label}`;
  });
}

const columnTick = ({ bottom }: PlotBox, text: string, x: number): string =>
  `<path class="axis" d="M${x} ${bottom}v4"/><text x="${x}" y="${bottom + 17}" text-anchor="middle">${text}</text>`;
