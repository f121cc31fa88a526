/** What so many accepted answers are worth, as an SVG text: mean change with its interval of 95 %, by number of answers. */
import { rowTicks } from '#core/learning/chartAxes.ts';
import { rounded, scaleOf, ticksOf } from '#core/learning/chartScale.ts';
import type { MeanChange } from '#core/learning/pairedBootstrap.ts';

export interface PlottedChange {
  /** How many answers were accepted. */
  readonly answers: number;
  readonly change: Pick<MeanChange, 'mean' | 'low' | 'high'>;
}

const SIZE = { width: 400, height: 240 };
const PLOT = { left: 58, right: 384, top: 40, bottom: 190 };
const STYLE =
  'svg{color:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.paper{fill:#fff}text{fill:currentColor}' +
  '.name{font-weight:600}.grid{stroke:currentColor;stroke-opacity:.15}.zero{stroke:currentColor;stroke-opacity:.6}' +
  '.change{stroke:#0072b2;fill:#0072b2;stroke-width:2}' +
  '@media(prefers-color-scheme:dark){svg{color:#e6edf3}.paper{fill:#0d1117}.change{stroke:#56b4e9;fill:#56b4e9}}';

/** @param panels at least one change each. */
export function answersPlot(
  panels: readonly { readonly title: string; readonly changes: readonly PlottedChange[] }[],
): string {
  const width = SIZE.width * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${SIZE.height}" viewBox="0 0 ${width} ${SIZE.height}" role="img">`,
    '<title>Change on questions that were not learned from, by number of accepted answers</title>',
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${SIZE.height}" rx="6"/>`,
    ...panels.map(
      ({ title, changes }, i) => `<g transform="translate(${i * SIZE.width} 0)">\n${panel(title, changes)}\n</g>`,
    ),
    '</svg>\n',
  ].join('\n');
}

function panel(title: string, changes: readonly PlottedChange[]): string {
  const ends = changes.flatMap(({ change: { low, high } }) => [low, high]);
  const ticks = ticksOf(Math.min(0, ...ends), Math.max(0, ...ends), 5);
  const toY = scaleOf(ticks, PLOT.bottom, PLOT.top);
  const toX = scaleOf([0, Math.max(...changes.map(({ answers }) => answers)) * 1.1], PLOT.left, PLOT.right);
  const middle = (PLOT.left + PLOT.right) / 2;
  return [
    `<text class="name" x="${PLOT.left}" y="22">${title}</text>`,
    ...rowTicks(PLOT, ticks, (tick) => (Math.abs(tick) < 1e-9 ? 'zero' : 'grid')),
    ...changes.map(({ answers, change }) => {
      const [x, mean] = [rounded(toX(answers)), rounded(toY(change.mean))];
      const bar = `<path class="change" d="M${x} ${rounded(toY(change.low))}V${rounded(toY(change.high))}"/>`;
      const label = `<text x="${x}" y="${PLOT.bottom + 18}" text-anchor="middle">${answers}</text>`;
      return `${bar}<circle class="change" cx="${x}" cy="${mean}" r="3"/>${label}`;
    }),
    `<text x="${middle}" y="${PLOT.bottom + 38}" text-anchor="middle">accepted answers</text>`,
  ].join('\n');
}
