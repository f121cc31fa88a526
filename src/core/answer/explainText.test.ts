import { expect, test } from 'vitest';
import { explainText, type ExplainWords } from '#core/answer/explainText.ts';
import type { Explanation } from '#core/answer/explanation.ts';

const WORDS: ExplainWords = {
  ask: 'Ask about this',
  read: 'Read',
  usedOnce: 'Used in 1 place',
  used: 'Used in {0} places',
  lastChanged: 'Last changed',
  justNow: 'just now',
  ages: ['year', 'month', 'week', 'day', 'hour', 'minute'].map(
    (unit) => [`1 ${unit} ago`, `{0} ${unit}s ago`] as const,
  ),
};
const NOW_S = 1_800_000_000;
const DAY_S = 86_400;

/** Links in square brackets, strong text in stars. */
const shown = (explanation: Explanation): string =>
  explainText(explanation, WORDS, NOW_S)
    .map((line) =>
      line.map(({ text, target, strong }) => (target ? `[${text}]` : strong ? `*${text}*` : text)).join(''),
    )
    .join('\n');

const FULL: Explanation = {
  name: 'withBackoff',
  definition: {
    kind: 'function',
    span: { path: 'src/net/retry.ts', start: 8, end: 40 },
    line: 12,
    inside: [],
    signature: 'export async function withBackoff<T>(task: () => Promise<T>): Promise<T>',
    doc: 'Runs a task again after a growing delay\nuntil it succeeds. Throws the last error.\n@param task what to run',
  },
  uses: {
    places: 4,
    files: 3,
    most: [
      { span: { path: 'src/net/queue.ts', start: 88, end: 88 }, inside: 'UploadQueue.send' },
      { span: { path: 'src/sync.ts', start: 7, end: 7 }, inside: 'syncOnce' },
      { span: { path: 'test/net/retry.test.ts', start: 14, end: 14 } },
    ],
  },
  change: { id: 'a'.repeat(40), subject: 'do not retry on 401', timeS: NOW_S - 22 * DAY_S },
  docs: { span: { path: 'docs/uploads.md', start: 30, end: 41 }, headings: ['Uploads', 'Retries'] },
};

test('all of it in five lines', () => {
  expect(shown(FULL)).toBe(
    `*withBackoff* function · [src/net/retry.ts:12]
Runs a task again after a growing delay until it succeeds. [Read]
Used in 4 places: [UploadQueue.send], [syncOnce], [net/retry.test.ts:14], …
Last changed: [“do not retry on 401”] (3 weeks ago) · [docs/uploads.md § Retries]
[Ask about this]`,
  );
});

test('every line has a place to go to', () => {
  const targets = explainText(FULL, WORDS, NOW_S).map((line) => line.flatMap(({ target }) => target ?? []));
  expect(targets.map((line) => line.map(({ type }) => type))).toEqual([
    ['place'],
    ['place'],
    ['place', 'place', 'place'],
    ['commit', 'place'],
    ['ask'],
  ]);
  expect(targets[0]![0]).toEqual({ type: 'place', span: { path: 'src/net/retry.ts', start: 12, end: 40 } });
  expect(targets[4]![0]).toEqual({ type: 'ask', text: 'How does withBackoff in src/net/retry.ts work?' });
});

test.each<[what: string, change: Partial<Explanation>, expected: string]>([
  [
    'a method with its class',
    { definition: { ...FULL.definition!, kind: 'method', inside: ['net', 'Queue', 'Inner'] } },
    '*withBackoff* method · Queue.Inner · [src/net/retry.ts:12]',
  ],
  [
    'a thing of no kind',
    { definition: { ...FULL.definition!, kind: 'other' } },
    '*withBackoff* · [src/net/retry.ts:12]',
  ],
  ['one use', { uses: { places: 1, files: 1, most: [FULL.uses!.most[0]!] } }, 'Used in 1 place: [UploadQueue.send]'],
  ['docs without a change', { change: undefined! }, '[docs/uploads.md § Retries]'],
  ['docs without headings', { change: undefined!, docs: { span: FULL.docs!.span, headings: [] } }, '[docs/uploads.md]'],
  [
    'tags only',
    { definition: { ...FULL.definition!, doc: '@param task\n@returns x' } },
    '*withBackoff* function · [src/net/retry.ts:12]\nUsed',
  ],
])('%s', (_, change, expected) => {
  const given = Object.fromEntries(Object.entries({ ...FULL, ...change }).filter(([, value]) => value !== undefined));
  expect(shown(given as unknown as Explanation)).toContain(expected);
});

test.each([
  [10, 'just now'],
  [60, '1 minute ago'],
  [7_300, '2 hours ago'],
  [DAY_S, '1 day ago'],
  [13 * DAY_S, '1 week ago'],
  [100 * DAY_S, '3 months ago'],
  [800 * DAY_S, '2 years ago'],
  [-50, 'just now'],
])('%d seconds are said as %s', (seconds, expected) =>
  expect(shown({ ...FULL, change: { ...FULL.change!, timeS: NOW_S - seconds } })).toContain(`(${expected})`),
);

test('what could hide or reorder text is shown', () => {
  const text = shown({
    ...FULL,
    name: 'a\u202eb',
    change: { id: 'b'.repeat(40), subject: 'red \u001b[31m\u2066\nnext', timeS: NOW_S },
    definition: { ...FULL.definition!, doc: 'x\u200by\u0000.' },
  });
  expect(text).toContain('*a\\u202eb*');
  expect(text).toContain('“red \\x1b[31m\\u2066 next”');
  expect(text).toContain('x\\u200by\\x00.');
});

test('long texts are cut', () => {
  const long = 'word '.repeat(500);
  const text = shown({
    name: 'x'.repeat(500),
    definition: { ...FULL.definition!, doc: long, inside: [long] },
    uses: { places: 1, files: 1, most: [{ span: FULL.docs!.span, inside: long }] },
    change: { id: 'b'.repeat(40), subject: long, timeS: NOW_S },
    docs: { span: FULL.docs!.span, headings: [long] },
  });
  expect(text.length).toBeLessThan(900);
});
