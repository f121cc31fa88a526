/** Figures before and after, each with its change, how sure that is, and a bar that shows it. */
import { fixed, signed } from '#core/learning/figures.ts';
import type { Comparison, Measure } from '#core/learning/learningReport.ts';
import { escaped, filled } from '#core/learning/markup.ts';
import type { ReportLabels } from '#core/learning/reportLabels.ts';

/** More do not come from the gate. */
const MOST_ROWS = 40;

interface Shown {
  readonly scale: number;
  readonly decimals: number;
  /** Whether more is better; undefined where neither is. */
  readonly wants?: 'more' | 'less';
}

const SHOWN: Readonly<Record<Measure, Shown>> = {
  utility: { scale: 100, decimals: 1, wants: 'more' },
  reciprocalRank: { scale: 100, decimals: 1, wants: 'more' },
  spanRecall: { scale: 100, decimals: 1, wants: 'more' },
  calls: { scale: 1, decimals: 1, wants: 'less' },
  policyMs: { scale: 1, decimals: 1, wants: 'less' },
  notFound: { scale: 100, decimals: 0 },
};

const GROUPS = {
  own: 'own',
  answers: 'ofAnswers',
  history: 'ofHistory',
  frozen: 'frozen',
  all: 'all',
} as const satisfies Record<Comparison['set'], keyof ReportLabels>;

export function comparisonTable(comparisons: readonly Comparison[], labels: ReportLabels): string {
  const rows = comparisons.slice(0, MOST_ROWS);
  if (rows.length === 0) return `<p class="quiet">${escaped(labels.noComparison)}</p>`;
  const groups = [...Map.groupBy(rows, ({ set }) => set)];
  const explained = new Map(rows.toReversed().map((row) => [row.measure, row]));
  const isFirst = (row: Comparison): boolean => explained.get(row.measure) === row;
  return [
    '<table>',
    `<caption>${escaped(labels.comparisonAbout)}</caption>`,
    `<thead><tr>${[labels.figure, labels.before, labels.after, labels.change]
      .map((text) => `<th scope="col">${escaped(text)}</th>`)
      .join('')}</tr></thead>`,
    ...groups.map(([set, own]) => groupRows(set, own, labels, isFirst)),
    '</table>',
  ].join('\n');
}

function groupRows(
  set: Comparison['set'],
  rows: readonly Comparison[],
  labels: ReportLabels,
  isExplained: (row: Comparison) => boolean,
): string {
  const questions = rows.reduce((most, row) => Math.max(most, row.questions), 0);
  const head = escaped(filled(labels[GROUPS[set]], fixed(questions, 0)));
  return [
    '<tbody>',
    `<tr><th scope="rowgroup" colspan="4">${head}</th></tr>`,
    ...rows.map((row) => rowMarkup(row, labels, isExplained(row))),
    '</tbody>',
  ].join('\n');
}

function rowMarkup({ measure, before, after, change }: Comparison, labels: ReportLabels, isExplained: boolean): string {
  const { scale, decimals, wants } = SHOWN[measure];
  const text = (value: number): string => fixed(scale * value, decimals);
  const isSame = change.low === 0 && change.high === 0;
  const between = filled(labels.interval, signed(text(change.low)), signed(text(change.high)));
  const about = isExplained ? ` <span class="about">${escaped(labels[`${measure}About`])}</span>` : '';
  const gain = wants === 'less' ? -1 : 1;
  const isSure = change.low > 0 || change.high < 0;
  const tone = !wants || !isSure ? 'open' : change.mean * gain > 0 ? 'good' : 'bad';
  return [
    '<tr>',
    `<th scope="row">${escaped(labels[measure])}${about}</th>`,
    `<td>${text(before)}</td><td>${text(after)}</td>`,
    isSame
      ? `<td class="quiet">${escaped(labels.unchanged)}</td>`
      : `<td class="change">${signed(text(change.mean))} <span class="about">${escaped(between)}</span><span class="${tone}">${bar(change, widest(measure, before, change))}</span></td>`,
    '</tr>',
  ].join('');
}

/** What the half of a bar stands for: the same for all shares unless one is larger, half the old value for the others. */
function widest(measure: Measure, before: number, { low, high }: Comparison['change']): number {
  const usual = measure === 'calls' || measure === 'policyMs' ? before / 2 : 0.1;
  return Math.max(usual, Math.abs(low), Math.abs(high), 1e-9);
}

/** The interval as a line, the mean as a dot, beside a line for no change. The numbers beside it say the same. */
function bar({ mean, low, high }: Comparison['change'], most: number): string {
  const at = (value: number): number => Math.round(10 * (65 + 60 * Math.max(-1, Math.min(1, value / most)))) / 10;
  return [
    '<svg class="bar" viewBox="0 0 130 12" aria-hidden="true">',
    '<path class="zero" d="M65 0V12"/>',
    `<path class="span" d="M${at(low)} 6H${at(high)}"/><circle cx="${at(mean)}" cy="6" r="3.5"/>`,
    '</svg>',
  ].join('');
}
