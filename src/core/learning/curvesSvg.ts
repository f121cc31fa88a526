/**
 * What training looks like while it goes on and when it has ended: a small chart for each figure, as markup without a
 * script or an inline style. The style is that of `reportStyle.ts`.
 */
import { axes } from '#core/learning/chartAxes.ts';
import { averaged, lineThrough, rounded, stretchOf, ticksOf, type Point } from '#core/learning/chartScale.ts';
import { fixed } from '#core/learning/figures.ts';
import type { CurvePoint } from '#core/learning/learningReport.ts';
import { escaped, filled } from '#core/learning/markup.ts';
import { REPORT_LABELS, type ReportLabels } from '#core/learning/reportLabels.ts';

type Figure = Exclude<keyof CurvePoint, 'iteration'>;

const FIGURES: readonly Figure[] = ['reward', 'recall', 'kl', 'searches'];
const SIZE = { width: 320, height: 172 };
const PLOT = { left: 48, right: 312, top: 24, bottom: 136 };
/** Rounds before and after that a trend is the mean of. */
const SMOOTHED = 3;

/** By iteration; any number of points. */
export function curvesSvg(points: readonly CurvePoint[], labels: ReportLabels = REPORT_LABELS): string {
  if (points.length === 0) return `<p class="quiet">${escaped(labels.noCurves)}</p>`;
  return `<div class="curves">${FIGURES.map((figure) => chart(figure, points, labels)).join('\n')}</div>`;
}

function chart(figure: Figure, points: readonly CurvePoint[], labels: ReportLabels): string {
  const first = points[0]!;
  const last = points.at(-1)!;
  const decimals = figure === 'searches' ? 1 : 3;
  const ends = [first, last].map((point) => fixed(point[figure], decimals));
  const said = filled(labels.curveText, ends[0]!, ends[1]!, points.length);
  const id = `spoor-curve-${figure}`;
  return [
    '<figure class="curve">',
    `<figcaption><strong>${escaped(labels[figure])}</strong> ${escaped(labels[`${figure}About`])}</figcaption>`,
    `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escaped(labels[figure])}</title>`,
    `<desc id="${id}-desc">${escaped(said)}</desc>`,
    plot(figure, points, labels),
    '</svg>',
    `<p class="quiet">${escaped(said)}</p>`,
    '</figure>',
  ].join('\n');
}

function plot(figure: Figure, points: readonly CurvePoint[], labels: ReportLabels): string {
  const most = points.reduce((largest, { iteration }) => Math.max(largest, iteration), 1);
  const all = points.map((point): Point => ({ x: point.iteration, y: drawable(point[figure]) }));
  const line = averaged(all, stretchOf(most));
  const values = line.map(({ y }) => y);
  const xTicks = ticksOf(0, most, 4).filter(Number.isInteger);
  const yTicks = ticksOf(Math.min(...values), Math.max(...values), 3);
  const { toX, toY, drawn } = axes(PLOT, xTicks, yTicks);
  const placed = (some: readonly Point[]): Point[] => some.map(({ x, y }) => ({ x: toX(x), y: toY(y) }));
  return [
    `<text class="unit" x="2" y="12">${escaped(labels[`${figure}Unit`])}</text>`,
    ...drawn,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${SIZE.height - 4}" text-anchor="middle">${escaped(labels.round)}</text>`,
    ...(line.length > 1
      ? [
          `<path class="rounds" d="${lineThrough(placed(line))}"/>`,
          `<path class="trend" d="${lineThrough(placed(trendOf(line)))}"/>`,
        ]
      : placed(line).map(({ x, y }) => `<circle class="dot" cx="${rounded(x)}" cy="${rounded(y)}" r="3"/>`)),
  ].join('\n');
}

/** A report may come from anywhere; no figure is as large, and a smaller difference would not show. */
const drawable = (value: number): number => Number(Math.max(-1e9, Math.min(1e9, value)).toFixed(6));

/** Each point the mean of itself and its neighbours. */
const trendOf = (line: readonly Point[]): Point[] =>
  line.map(({ x }, i) => {
    const near = line.slice(Math.max(0, i - SMOOTHED), i + SMOOTHED + 1);
    return { x, y: near.reduce((sum, { y }) => sum + y, 0) / near.length };
  });
