/**
 * The report of a training run as a page for people who do not know how training works: the same in the editor's view
 * and as a file. It needs no script and loads nothing. All text in it is hostile, and its length is bounded.
 */
import { curvesSvg } from '#core/learning/curvesSvg.ts';
import { fixed } from '#core/learning/figures.ts';
import type { CurvePoint, LearningReport } from '#core/learning/learningReport.ts';
import { escaped, excerpt, filled } from '#core/learning/markup.ts';
import { REPORT_LABELS, type ReportLabels } from '#core/learning/reportLabels.ts';
import { questionSections } from '#core/learning/reportQuestions.ts';
import { REPORT_STYLE } from '#core/learning/reportStyle.ts';
import { comparisonTable } from '#core/learning/reportTable.ts';

export interface ReportPageOptions {
  /** Content Security Policy; by default nothing may be loaded or run but the page's own style. */
  readonly csp?: string;
  /** Of the style, where the policy asks for one. */
  readonly nonce?: string;
  /** BCP 47 tag of the labels; English by default. */
  readonly language?: string;
  readonly labels?: ReportLabels;
  /** Milliseconds since 1970 as a time of day; in UTC by default. */
  readonly timeText?: (timeMs: number) => string;
}

/** What a run that still goes on can show. */
export interface RunningReport {
  /** What it is doing, a sentence each. */
  readonly sentences: readonly string[];
  readonly curves: readonly CurvePoint[];
}

const MOST = { items: 50, text: 600, name: 120 };
const OWN_STYLE_ONLY = "default-src 'none'; style-src 'unsafe-inline'";

export function reportPage(report: LearningReport, options: ReportPageOptions = {}): string {
  const { labels = REPORT_LABELS } = options;
  return page(filled(labels.title, report.workspace), options, [
    verdict(report, labels),
    section('learned', labels.learnedFrom, learnedFrom(report, labels, options.timeText ?? utcText)),
    section('comparison', labels.comparison, comparisonTable(report.gate.comparisons, labels)),
    section(
      'curves',
      labels.curves,
      `<p class="quiet">${escaped(labels.curvesAbout)}</p>`,
      curvesSvg(report.curves, labels),
    ),
    questionSections(report.questions, labels),
    section('dropped', labels.dropped, dropped(report, labels)),
    ...(report.notes.length ? [section('notes', labels.notes, list(report.notes))] : []),
  ]);
}

/** The same page while a run goes on. `title` is its heading. */
export function runningPage(title: string, running: RunningReport, options: ReportPageOptions = {}): string {
  const { labels = REPORT_LABELS } = options;
  return page(title, options, [
    `<h1>${excerpt(title, MOST.text)}</h1>`,
    `<div role="status">${paragraphs(running.sentences)}</div>`,
    section(
      'curves',
      labels.curvesNow,
      `<p class="quiet">${escaped(labels.curvesAbout)}</p>`,
      curvesSvg(running.curves, labels),
    ),
  ]);
}

function page(
  title: string,
  { csp = OWN_STYLE_ONLY, nonce, language = 'en' }: ReportPageOptions,
  parts: readonly string[],
): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${escaped(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(csp)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${excerpt(title, MOST.name)}</title>`,
    `<style${nonce === undefined ? '' : ` nonce="${escaped(nonce)}"`}>${REPORT_STYLE}</style>`,
    '</head>',
    '<body><main>',
    ...parts,
    '</main></body>',
    '</html>\n',
  ].join('\n');
}

function section(id: string, title: string, ...parts: readonly string[]): string {
  return [`<section aria-labelledby="${id}">`, `<h2 id="${id}">${escaped(title)}</h2>`, ...parts, '</section>'].join(
    '\n',
  );
}

const list = (texts: readonly string[]): string =>
  `<ul>${texts
    .slice(0, MOST.items)
    .map((text) => `<li>${excerpt(text, MOST.text)}</li>`)
    .join('')}</ul>`;

const paragraphs = (texts: readonly string[]): string =>
  texts
    .slice(0, MOST.items)
    .map((text) => `<p>${excerpt(text, MOST.text)}</p>`)
    .join('\n');

function verdict({ gate }: LearningReport, labels: ReportLabels): string {
  const { isPromoted, reasons, missing } = gate;
  return [
    `<header class="verdict${isPromoted ? ' promoted' : ''}">`,
    `<h1>${escaped(isPromoted ? labels.promoted : labels.notPromoted)}</h1>`,
    `<h2>${escaped(labels.why)}</h2>`,
    list(reasons),
    ...(missing ? [`<p>${escaped(filled(labels.missing, missing))}</p>`] : []),
    '</header>',
    `<p class="quiet">${escaped(labels.about)}</p>`,
  ].join('\n');
}

function learnedFrom(report: LearningReport, labels: ReportLabels, timeText: (timeMs: number) => string): string {
  const { learned, held, before, after, startedMs, endedMs } = report;
  const minutes = fixed(Math.max(0, endedMs - startedMs) / 60_000, 1);
  const policy = ({ name, digest }: LearningReport['before']): string =>
    `${excerpt(name, MOST.name)}${digest ? ` <code class="quiet">${excerpt(digest, 16)}</code>` : ''}`;
  const kept = [
    filled(labels.heldAnswers, held.answers),
    filled(labels.heldHistory, held.history),
    filled(labels.heldFrozen, held.frozen),
  ].join('; ');
  const rows: readonly (readonly [string, string])[] = [
    [labels.workspace, excerpt(report.workspace, MOST.text)],
    [labels.ended, escaped(filled(labels.endedValue, timeText(endedMs), minutes))],
    [labels.answers, `${learned.answers}`],
    [labels.rejected, `${learned.rejected}`],
    [labels.history, `${learned.history}`],
    [labels.held, escaped(kept)],
    [labels.oldPolicy, policy(before)],
    [labels.newPolicy, policy(after)],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${value}</dd>`).join('\n')}</dl>`;
}

const dropped = ({ dropped: counts }: LearningReport, labels: ReportLabels): string =>
  counts.length
    ? list(counts.map(({ reason, count }) => `${reason}: ${count}`))
    : `<p class="quiet">${escaped(labels.noDropped)}</p>`;

/** `2026-11-23 04:38 UTC`; of a time that is none, nothing. */
function utcText(timeMs: number): string {
  if (!(Math.abs(timeMs) <= 8.64e15)) return '';
  const format = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(timeMs)} UTC`;
}
