/** A reliability plot as an SVG text: what answers state and how many of them are right, with intervals of 95 %. */
import { axes } from '#core/learning/chartAxes.ts';
import { rounded } from '#core/learning/chartScale.ts';
import { shareInterval, type ReliabilityBin } from './figures.ts';

const SIZE = { width: 400, height: 330 };
const PLOT = { left: 58, right: 384, top: 44, bottom: 276 };
const PERCENT = [0, 20, 40, 60, 80, 100];
const STYLE =
  'svg{color:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.paper{fill:#fff}text{fill:currentColor}' +
  '.name{font-weight:600}.grid{stroke:currentColor;stroke-opacity:.15}.axis{stroke:currentColor;fill:none}' +
  '.exact{stroke:currentColor;stroke-opacity:.6;stroke-dasharray:4 4}.bin{stroke:#0072b2;fill:#0072b2;stroke-width:2}' +
  '@media(prefers-color-scheme:dark){svg{color:#e6edf3}.paper{fill:#0d1117}.bin{stroke:#56b4e9;fill:#56b4e9}}';

export function reliabilityPlot(bins: readonly ReliabilityBin[]): string {
  const { toX, toY, drawn } = axes(PLOT, PERCENT, PERCENT);
  const middle = { x: (PLOT.left + PLOT.right) / 2, y: (PLOT.top + PLOT.bottom) / 2 };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img">`,
    '<title>Share of right answers by what they state, in percent</title>',
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${SIZE.width}" height="${SIZE.height}" rx="6"/>`,
    `<text class="name" x="${PLOT.left}" y="26">Right answers by how sure they are, %</text>`,
    ...drawn,
    `<path class="exact" d="M${PLOT.left} ${PLOT.bottom}L${PLOT.right} ${PLOT.top}"/>`,
    ...bins.map(({ stated, right, count }) => {
      const { low, high } = shareInterval(right, count);
      const [x, y] = [rounded(toX(100 * stated)), rounded(toY(100 * right))];
      const bar = `<path class="bin" d="M${x} ${rounded(toY(100 * low))}V${rounded(toY(100 * high))}"/>`;
      return `${bar}<circle class="bin" cx="${x}" cy="${y}" r="4"/><text x="${x + 8}" y="${y + 14}">${count}</text>`;
    }),
    `<text x="${middle.x}" y="${PLOT.bottom + 38}" text-anchor="middle">stated</text>`,
    `<text x="18" y="${middle.y}" text-anchor="middle" transform="rotate(-90 18 ${middle.y})">right</text>`,
    '</svg>\n',
  ].join('\n');
}
