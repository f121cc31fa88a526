import { describe, expect, it } from 'vitest';
import type { Answer, Citation } from '#core/answer/answer.ts';
import { answerText, type AnswerLayout } from '#cli/answerText.ts';
import { durationText } from '#cli/trailText.ts';
import { answerAbout } from '../../test/fakes/scriptedSearcher.ts';

const retry: Citation = {
  number: 1,
  path: 'src/net/retry.ts',
  start: 12,
  end: 22,
  score: 0.9,
  why: ['defines withBackoff', 'matches "retry", "failed"'],
  symbol: { name: 'withBackoff', kind: 'function', inside: [] },
  lines: [
    '/** Runs a task again after a growing delay. */',
    'export async function withBackoff<T>(task: () => Promise<T>): Promise<T> {',
    '\tfor (let tries = 0; ; tries++) {',
    ...Array.from({ length: 7 }, (_, i) => `    step(${i});`),
    '}',
  ],
};
const queue: Citation = {
  number: 2,
  path: 'src/net/queue.ts',
  start: 88,
  end: 89,
  score: 0.6,
  why: [],
  symbol: { name: 'send', kind: 'method', inside: ['UploadQueue'] },
  lines: ['  async send(upload: Upload) {', '    await withBackoff(() => this.post(upload));'],
};
const full: Answer = {
  ...answerAbout('where do we retry failed uploads?', [retry, queue]),
  sentences: [
    { text: 'Uploads are retried by `withBackoff`, a function in src/net/retry.ts.', citations: [1] },
    { text: 'It is called by `UploadQueue.send`; the number of tries is `MAX_RETRIES`, 5.', citations: [1, 2] },
    { text: 'Nothing documents it', citations: [] },
  ],
  sure: 'high',
  notes: ['The docs index is not complete yet: 12 of 40 files.'],
  trail: [
    {
      turn: 1,
      ms: 40,
      calls: [
        { tool: 'grep', what: ['retry', 'upload', 'backoff'], said: '38 hits in 12 files', ms: 31.2 },
        { tool: 'history', what: ['failed', 'two words'], said: '4 commits', ms: 3 },
        { tool: 'docs', what: ['retry'], said: 'The docs index cannot be opened.', failure: 'failed', ms: 0.4 },
      ],
    },
    { turn: 2, ms: 5, calls: [{ tool: 'read', what: ['src/net/retry.ts:12-22'], said: 'lines 12–22', ms: 1 }] },
  ],
};

const attack = '\x1b[2J\x1b]0;x\x07\u202egnp.exe\r\nrm -rf\x9b31m\u200b';
const hostile: Answer = {
  ...full,
  question: attack,
  sentences: [{ text: `See ${attack}.`, citations: [1] }],
  citations: [
    {
      ...retry,
      path: `src/${attack}.ts`,
      why: [attack],
      symbol: { name: attack, kind: 'class', inside: [attack] },
      lines: [attack],
    },
  ],
  notes: [attack],
  trail: [{ turn: 1, ms: 1, calls: [{ tool: 'grep', what: [attack], said: attack, ms: 1 }] }],
};

const notFound: Answer = {
  ...answerAbout('where is the flux capacitor?', []),
  sentences: [{ text: 'Nothing in this workspace answers that.', citations: [] }],
  sure: 'low',
};

const cases: readonly [name: string, answer: Answer, layout: AnswerLayout][] = [
  ['answer-piped', full, { width: undefined, trail: 'full' }],
  ['answer-60-columns', full, { width: 60, trail: 'full' }],
  ['answer-on-terminal', full, { width: 100, trail: 'summary' }],
  ['answer-hostile', hostile, { width: undefined, trail: 'full' }],
  ['answer-not-found', notFound, { width: 80, trail: 'full' }],
];

describe('the text of an answer', () => {
  it.each(cases)('%s', async (name, answer, layout) => {
    const text = answerText(answer, layout);
    await expect(text).toMatchFileSnapshot(`../../test/golden/cli/${name}.txt`);
    for (const line of text.split('\n')) {
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u200b]/u);
      if (layout.width) expect(line.length).toBeLessThanOrEqual(layout.width);
    }
  });

  it('shows a long place from the name on', () => {
    const lines = Array.from({ length: 30 }, (_, i) => (i === 20 ? 'function deep() {' : `calls deep ${i + 1}`));
    const symbol = { name: 'deep', kind: 'function', inside: [], line: 21 } as const;
    const place: Citation = { ...queue, start: 1, end: 30, lines, symbol };
    const shown = answerText(answerAbout('x', [place]), { width: 80, trail: 'full' }).split('\n');
    const from = shown.findIndex((line) => line.includes('…'));
    expect(shown[from + 1]).toBe('    20 │ calls deep 20');
    expect(shown[from + 2]).toBe('    21 │ function deep() {');
    expect(shown[from + 9]).toBe('       …');
  });

  it.each([3, 31, undefined])('shows the first lines of a long place whose name stands in line %s', (line) => {
    const lines = Array.from({ length: 30 }, (_, i) => `deep ${i + 1}`);
    const symbol = { name: 'deep', kind: 'function', inside: [], ...(line !== undefined && { line }) } as const;
    const text = answerText(answerAbout('x', [{ ...queue, start: 1, end: 30, lines, symbol }]), cases[0]![2]);
    expect(text).toContain('    1 │ deep 1\n');
  });

  it('says something where the answer has no sentence', () => {
    expect(answerText(answerAbout('x', []), { width: 80, trail: 'full' })).toContain(
      'Nothing in this workspace answers that.',
    );
  });
});

it.each([
  [0.4, '<1 ms'],
  [999, '999 ms'],
  [1_234, '1.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [3_599_600, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
])('%d milliseconds are %s', (ms, text) => expect(durationText(ms)).toBe(text));
