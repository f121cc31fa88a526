import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { REPORT_LABELS, type ReportLabels } from '#core/learning/reportLabels.ts';
import { reportPage, runningPage } from '#core/learning/reportPage.ts';
import { trainedReport } from '../../../test/fakes/trainedReport.ts';

const good = trainedReport(0.3);
const bad = trainedReport(-0.03, 2);

const textOf = (html: string): string =>
  html
    .replace(/<style.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

/** Every tag that opens or closes, without what is in it. */
const tagsOf = (html: string): string[] => [...html.matchAll(/<(\/?[a-z]\w*)/gi)].map(([, tag]) => tag!);

describe('the page of a report', () => {
  it('begins with the verdict and why', () => {
    expect(textOf(reportPage(good))).toMatch(
      /The new policy is better\. It takes the place of the old one\. Why Of the questions of this workspace it answers \d+ of 40 better and 0 worse\./,
    );
    expect(textOf(reportPage(bad))).toMatch(
      /The old policy stays in use\. .* Why It answers the questions of this workspace worse than before: /,
    );
  });

  it('says what it learned from, what was left out, and notes', () => {
    const text = textOf(reportPage(good));
    for (const part of [
      'Workspace parcels Trained 2026-11-23 09:34 UTC, in 4.2 min Accepted or corrected answers 14 Rejected answers, as what not to do 3 Questions from the git history 80',
      'from your answers: 12; the newest of the history: 28; come with Spoor: 150',
      'Old policy shipped 1 a12d8a6a5d88330b New policy this workspace, version 1 3f786850e387550f',
      'commits without a message that could be asked: 41 answers whose lines are not there any more: 2',
      'Training stopped after 5 minutes, before all rounds had been played.',
    ])
      expect(text).toContain(part);
  });

  it('has a table whose every number stands under and beside its headers', () => {
    const html = reportPage(good);
    expect(html.match(/<th scope="col">/g)).toHaveLength(4);
    expect(html.match(/<th scope="rowgroup" colspan="4">/g)).toHaveLength(5);
    expect(html.match(/<th scope="row">/g)).toHaveLength(good.gate.comparisons.length);
    const score = good.gate.comparisons[0]!;
    const numbers = [score.before, score.after, score.change.mean].map((value) => (100 * value).toFixed(1));
    expect(textOf(html)).toContain(`Score mean of the two below, 0 to 100 ${numbers[0]} ${numbers[1]} +${numbers[2]}`);
  });

  it('shows both answers to a question, and marks what is right by a word', () => {
    const text = textOf(reportPage(good));
    expect(text).toMatch(/Questions with a better answer \(20\) where do we retry .*? from your answers · Score \+\d/);
    expect(text).toMatch(
      /Before First right file: number 5 .*?\.ts:100–118 ✓ +right .*?After First right file: number 1 .*?\.ts:20–38 ✓ right/,
    );
    expect(text).toContain('Questions with a worse answer (0) None.');
  });

  it('is whole: every tag that opens is closed', () => {
    const alone = new Set(['meta', 'path', 'circle']);
    const open: string[] = [];
    for (const tag of tagsOf(reportPage(good)))
      if (tag.startsWith('/')) expect(open.pop()).toBe(tag.slice(1));
      else if (!alone.has(tag)) open.push(tag);
    expect(open).toEqual([]);
    const ids = [...reportPage(good).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('loads and runs nothing, under a policy of its own or that of the editor', () => {
    const html = reportPage(good);
    expect(html).toContain(
      '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;">',
    );
    expect(html).not.toMatch(/<script|<link|<img|<a |href=|src=|url\(|style="|\son\w+=/);
    const own = reportPage(good, { csp: "style-src 'nonce-abc'", nonce: 'abc', language: 'de' });
    expect(own).toContain('<html lang="de">');
    expect(own).toContain('content="style-src &#39;nonce-abc&#39;"');
    expect(own).toContain('<style nonce="abc">');
  });

  it('speaks another language wherever it speaks at all', () => {
    const labels = Object.fromEntries(
      Object.entries(REPORT_LABELS).map(([name, text]) => [name, `«${name}»${text.match(/\{\d\}/g)?.join('') ?? ''}`]),
    ) as ReportLabels;
    const pages = [reportPage(good, { labels }), reportPage(bad, { labels }), reportPage(emptied, { labels })];
    const said = pages.concat(runningPage('x', { sentences: [], curves: [] }, { labels })).join('');
    for (const name of Object.keys(REPORT_LABELS)) expect(said).toContain(`«${name}»`);
    expect(said).not.toMatch(/\{\d\}/);
    for (const text of Object.values(REPORT_LABELS).filter((text) => text.length > 20))
      expect(said).not.toContain(text);
  });

  it('can show a run that has only begun', () => {
    const html = runningPage('Training', { sentences: ['Two minutes left.'], curves: [] });
    expect(textOf(html)).toContain('Training Two minutes left. How training goes');
    expect(textOf(html)).toContain('No round has ended yet.');
    expect(runningPage('x', { sentences: [], curves: good.curves.slice(0, 1) })).toContain('<circle class="dot"');
  });
});

/** With nothing in it but what has to be. */
const emptied: LearningReport = {
  ...good,
  dropped: [],
  curves: [],
  questions: good.questions.slice(0, 1).map((one) => ({
    ...one,
    set: 'frozen',
    before: { ...one.after, notFound: true },
    after: { notFound: true, places: [] },
  })),
  notes: [],
  gate: { isPromoted: false, reasons: [], comparisons: [], missing: 3 },
};

describe('text of others', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '</style><script>alert(1)</script>',
      '" onload="alert(1)',
      "' x='",
      '<!-- ',
      '&lt;b&gt;&#60;',
      '\u202egnp.exe\u0000\u001b[31m',
      '{0}{1}$&$1',
    ),
  );
  const withText = (text: string): LearningReport => ({
    ...good,
    workspace: text,
    dropped: [{ reason: text, count: 1 }],
    notes: [text],
    gate: { ...good.gate, reasons: [text] },
    before: { name: text, digest: text },
    after: { name: text, digest: text },
    questions: good.questions.map((one) => ({
      ...one,
      id: text,
      question: text,
      after: { ...one.after, places: [{ path: text, start: 1, end: 2, isRight: true }] },
    })),
  });
  const plain = tagsOf(reportPage(withText('text')));

  it('is text wherever it stands', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const html = reportPage(withText(text), { csp: text, nonce: text, language: text });
        // An empty digest has no mark-up of its own.
        if (text) expect(tagsOf(html)).toEqual(plain);
        expect(html).not.toMatch(/[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/);
        const running = runningPage(text, { sentences: [text], curves: [] });
        expect(tagsOf(running)).toEqual(tagsOf(runningPage('x', { sentences: ['x'], curves: [] })));
      }),
      { numRuns: 60 },
    );
  });

  it('and many of them make no page without end', () => {
    const long = 'x<'.repeat(50_000);
    const report = withText(long);
    const flooded: LearningReport = {
      ...report,
      notes: Array.from({ length: 5_000 }, () => long),
      dropped: Array.from({ length: 5_000 }, () => ({ reason: long, count: 1 })),
      curves: Array.from({ length: 20_000 }, (_, i) => ({ ...good.curves[i % 40]!, iteration: i + 1 })),
      questions: Array.from({ length: 2_000 }, () => report.questions[0]!),
      gate: {
        ...report.gate,
        reasons: Array.from({ length: 5_000 }, () => long),
        comparisons: Array.from({ length: 5_000 }, () => good.gate.comparisons[0]!),
      },
    };
    expect(reportPage(flooded).length).toBeLessThan(500_000);
  });
});
