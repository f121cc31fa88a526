/**
 * Learning curves as an SVG text: a panel for each figure, a colour for each series, a thin line for each run of it and
 * a thick one for their mean. Colours follow the reader's light or dark scheme, that of the paper too. Long runs are
 * averaged down. Colours repeat after six series.
 */
import { axes } from '#core/learning/chartAxes.ts';
import { averaged, lineThrough, rounded, stretchOf, ticksOf, type Point } from '#core/learning/chartScale.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';

/** Runs that differ in their seed alone. */
export interface CurveSeries {
  readonly label: string;
  /** The metrics of each run, by iteration. */
  readonly runs: readonly (readonly IterationMetrics[])[];
}

export function curvesSvg(title: string, series: readonly CurveSeries[]): string {
  const panels = PANELS.map((panel) => ({ panel, lines: series.map((one) => linesOf(one, panel)) })).filter(
    ({ lines }) => lines.some(({ runs }) => runs.some((run) => run.length > 0)),
  );
  const legendHeight = series.length > 1 ? 24 : 0;
  const height = TOP + legendHeight + Math.ceil(panels.length / COLUMNS) * PANEL.height;
  const drawn = panels.map(({ panel, lines }, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = TOP + legendHeight + Math.floor(index / COLUMNS) * PANEL.height;
    return `<g transform="translate(${x} ${y})">\n${panelSvg(panel.title, lines)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="${WIDTH / 2}" y="22" text-anchor="middle">${escaped(title)}</text>`,
    ...(legendHeight ? [legendSvg(series)] : []),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

interface Panel {
  readonly title: string;
  readonly value: (metrics: IterationMetrics) => number | undefined;
}

/** Figures in the order of the panels; one that no run has gets none. */
const PANELS: readonly Panel[] = [
  { title: 'Reward (mean of an episode)', value: ({ reward }) => reward },
  { title: 'Recall (share of what answers)', value: ({ measures }) => measures['recall'] },
  { title: 'Searches (of an episode)', value: ({ measures }) => measures['searches'] },
  { title: 'Without an answer (share of episodes)', value: ({ measures }) => measures['unanswered'] },
  { title: 'KL to the start (nats a choice)', value: ({ klReference }) => klReference },
  { title: 'Entropy (nats a choice)', value: ({ entropy }) => entropy },
];

const WIDTH = 800;
const COLUMNS = 2;
const TOP = 34;
const PANEL = { width: 400, height: 216 };
/** Of the axes within a panel. */
const PLOT = { left: 58, right: 384, top: 30, bottom: 166 };
/** Told apart by most people in both schemes (after Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#5b5bd6'];
const DARK_COLOURS = ['#56b4e9', '#ff9248', '#2bd4a4', '#f0a6cf', '#e0c34a', '#a9a9ff'];

const STYLE = [
  'svg{color:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.paper{fill:#fff}',
  'text{fill:currentColor}.title{font-size:15px;font-weight:600}.name{font-weight:600}',
  '.grid{stroke:currentColor;stroke-opacity:.15}.axis{stroke:currentColor;stroke-opacity:.6}',
  'path{fill:none;stroke-linejoin:round}.run{stroke-width:1;stroke-opacity:.35}.mean{stroke-width:2}',
  ...COLOURS.map((colour, index) => `.s${index}{stroke:${colour}}`),
  `@media(prefers-color-scheme:dark){svg{color:#e6edf3}.paper{fill:#0d1117}`,
  ...DARK_COLOURS.map((colour, index) => `.s${index}{stroke:${colour}}`),
  '}',
].join('');

interface SeriesLines {
  readonly runs: readonly (readonly Point[])[];
  readonly mean: readonly Point[];
}

function linesOf({ runs }: CurveSeries, { value }: Panel): SeriesLines {
  const points = runs.map((run) =>
    run.flatMap((metrics) => {
      const y = value(metrics);
      return y === undefined ? [] : [{ x: metrics.iteration, y }];
    }),
  );
  // All lines of a panel are averaged over the same stretches, so that the mean lies among its runs.
  const stretch = stretchOf(Math.max(1, ...points.flat().map(({ x }) => x)));
  const thinned = points.map((line) => averaged(line, stretch));
  return { runs: thinned, mean: averaged(thinned.flat(), stretch) };
}

function panelSvg(title: string, series: readonly SeriesLines[]): string {
  const points = series.flatMap(({ runs }) => runs.flat());
  const xTicks = ticksOf(0, Math.max(...points.map(({ x }) => x)), 5);
  const yTicks = ticksOf(Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y)), 4);
  const { toX, toY, drawn } = axes(PLOT, xTicks, yTicks);
  const path = (line: readonly Point[], names: string): string =>
    `<path class="${names}" d="${lineThrough(line.map(({ x, y }) => ({ x: toX(x), y: toY(y) })))}"/>`;
  return [
    `<text class="name" x="${PLOT.left}" y="18">${escaped(title)}</text>`,
    ...drawn,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 34}" text-anchor="middle">iteration</text>`,
    ...series.flatMap(({ runs }, index) => runs.map((run) => path(run, `run s${index % COLOURS.length}`))),
    ...series.map(({ mean }, index) => path(mean, `mean s${index % COLOURS.length}`)),
  ].join('\n');
}

function legendSvg(series: readonly CurveSeries[]): string {
  const share = WIDTH / series.length;
  return series
    .map(({ label }, index) => {
      const x = rounded(share * index + Math.max(12, share / 2 - 60));
      const line = `<path class="mean s${index % COLOURS.length}" d="M${x} ${TOP + 8}h24"/>`;
      return `${line}<text x="${x + 30}" y="${TOP + 12}">${escaped(label)}</text>`;
    })
    .join('\n');
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[^\P{C}]/gu, ' ');
