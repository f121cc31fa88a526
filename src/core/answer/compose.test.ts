import { describe, expect, test } from 'vitest';
import { EvidencePool } from '#core/agent/pool.ts';
import type { Definition, DocsSection } from '#core/agent/tools.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { composeNotFound, composeSentences, surenessOf, textOf } from '#core/answer/compose.ts';
import { placeAt, type Place } from '#core/answer/place.ts';
import { whyCited } from '#core/answer/why.ts';
import { parseQuestion } from '#core/search/question.ts';
import { memoryTools } from '../../../test/fakes/memoryTools.ts';

const RETRY = [
  "import { isFinal } from './errors.ts';",
  '/** Tries again. Then gives up. */',
  'export function withBackoff(task) {',
  '  return isFinal(task) ? limits.maxTries : task();',
  '}',
];
const QUEUE = [
  "import { withBackoff } from './retry.ts';",
  'export class UploadQueue {',
  '  send(file) {',
  '    return withBackoff(() => file);',
  '  }',
  '  again(file) {',
  '    return withBackoff(() => file);',
  '  }',
  '}',
];

interface Case {
  readonly question?: string;
  /** The first file is the first citation, whole. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly sections?: readonly DocsSection[];
  readonly says: string | RegExp;
}

const section = (path: string, start: number, end: number, heading: string): DocsSection => ({
  span: { path, start, end },
  source: 'workspace',
  headings: ['Guide', heading],
  score: 1,
  text: '',
});

const CASES: readonly [rule: string, scene: Case][] = [
  [
    'says what it is, where, and what its comment says first',
    {
      files: { 'src/retry.ts': RETRY },
      says: '`withBackoff` is a function in src/retry.ts, lines 3–5 [1]. Its comment says: “Tries again.” [1]',
    },
  ],
  [
    'does not end a comment at an abbreviation',
    {
      files: {
        'src/retry.ts': ['/** Tries again, e.g. after a timeout. Then gives up. */', 'function withBackoff() {', '}'],
      },
      says: /Its comment says: “Tries again, e\.g\. after a timeout\.”/,
    },
  ],
  [
    'says what a method is part of',
    {
      question: 'which method has an answer to send',
      files: { 'a.ts': ['class UploadQueue {', '  send() {', '  }', '}'] },
      says: /^`send` is a method of `UploadQueue` in a\.ts, lines 2–3 \[1\]\./,
    },
  ],
  [
    'names users of one file once, and together',
    {
      files: { 'src/retry.ts': RETRY, 'src/queue.ts': QUEUE },
      says: /`withBackoff` is used by `UploadQueue\.send` and `UploadQueue\.again` in src\/queue\.ts \[2\]\.$/,
    },
  ],
  [
    'takes neither an import nor a comment for a use',
    {
      files: { 'src/retry.ts': RETRY, 'src/queue.ts': [QUEUE[0]!, 'class UploadQueue {', '  // withBackoff', '}'] },
      says: /“Tries again\.” \[1\] Related: `UploadQueue` in src\/queue\.ts \[2\]\.$/,
    },
  ],
  [
    'says what the first place uses, by its name',
    {
      files: { 'src/retry.ts': RETRY, 'src/errors.ts': ['export function isFinal(error) {', '  return true;', '}'] },
      says: /`withBackoff` uses `isFinal` in src\/errors\.ts \[1\]\[2\]\.$/,
    },
  ],
  [
    'claims nothing by a plain word that is not imported',
    {
      question: 'send',
      files: {
        'a.ts': ['export function send(file) {', '  return 1;', '}'],
        'b.ts': ['function answer(reply) {', '  reply.send(1);', '}'],
      },
      says: /Related: `answer` in b\.ts \[2\]\.$/,
    },
  ],
  [
    'believes a plain word that is imported',
    {
      question: 'send',
      files: {
        'a.ts': ['export function send(file) {', '  return 1;', '}'],
        'b.ts': ["import { send } from './a.ts';", 'function answer(reply) {', '  send(1);', '}'],
      },
      says: /`send` is used by `answer` in b\.ts \[2\]\.$/,
    },
  ],
  [
    'takes a word in a text of the same file for no use',
    {
      question: 'send',
      files: { 'a.ts': ['function send(file) {', '}', 'function usage() {', '  return `send (needs) a file`;', '}'] },
      says: '`send` is a function in a.ts, lines 1–2 [1]. It begins `function send(file) {` [1].',
    },
  ],
  [
    'claims nothing by a name that two places define',
    {
      files: {
        'src/retry.ts': RETRY,
        'b.ts': ['function withBackoff(x) {', '  return 1;', '}'],
        'c.ts': ['function other(x) {', '  withBackoff(x);', '}'],
      },
      says: /Related: `withBackoff` in b\.ts and `other` in c\.ts \[2\]\[3\]\.$/,
    },
  ],
  [
    'claims nothing by a name that most places have',
    {
      files: {
        'src/retry.ts': RETRY,
        ...Object.fromEntries(
          ['b', 'c', 'd'].map((name) => [`${name}.ts`, [`function ${name}Task() {`, '  withBackoff(1);', '}']]),
        ),
      },
      says: /Related: `bTask` in b\.ts, `cTask` in c\.ts and `dTask` in d\.ts \[2\]\[3\]\[4\]\.$/,
    },
  ],
  [
    'says where it is tested and described',
    {
      files: {
        'src/retry.ts': RETRY,
        'test/retry.test.ts': ["it('tries again', () => withBackoff(fail));"],
        'docs/retry.md': ['# Guide', '## Retries', 'By `withBackoff`.'],
      },
      sections: [section('docs/retry.md', 2, 3, 'Retries')],
      says: /`withBackoff` is described in the section “Retries” of docs\/retry\.md, lines 2–3 \[3\]\. `withBackoff` is tested in test\/retry\.test\.ts \[2\]\.$/,
    },
  ],
  [
    'says where the settings are that it uses, when asked for them',
    {
      question: 'how is withBackoff configured',
      files: { 'src/retry.ts': RETRY, 'config/limits.json': ['{', '  "maxTries": 5,', '  "other": 1', '}'] },
      says: /`maxTries` is set in config\/limits\.json \[2\]\.$/,
    },
  ],
  [
    'begins with a section of the docs, and quotes it',
    {
      question: 'where are retries documented',
      files: {
        'docs/retry.md': ['# Guide', '## Retries', '', '| a |', 'Files are sent', 'again. Twice.', '', 'More.'],
      },
      sections: [section('docs/retry.md', 2, 8, 'Retries')],
      says: 'It is documented in the section “Retries” of docs/retry.md, lines 2–8 [1]. It says: “Files are sent again.” [1]',
    },
  ],
  [
    'does not believe a section whose heading is not there',
    {
      question: 'where are retries documented',
      files: { 'docs/retry.md': ['# Guide', '## Waits', 'retries'] },
      sections: [section('docs/retry.md', 2, 3, 'Retries')],
      says: 'The best place is docs/retry.md, lines 1–3 [1].',
    },
  ],
  [
    'takes no field for the headline',
    {
      question: 'number of tries',
      files: {
        'a.ts': ['export interface RetryOptions {', '  readonly maxTries: number;', '  readonly other: 1;', '}'],
      },
      says: /^`RetryOptions` is an interface in a\.ts, lines 1–4 \[1\]\./,
    },
  ],
  [
    'but a field that the question names',
    {
      question: 'what is maxTries',
      files: {
        'a.ts': ['export interface RetryOptions {', '  readonly maxTries: number;', '  readonly other: 1;', '}'],
      },
      says: /^`maxTries` is a field of `RetryOptions` in a\.ts, line 2 \[1\]\./,
    },
  ],
  [
    'makes a name with marks safe',
    { files: { 'a.ts': ['function `x`() {', '}'] }, says: 'The best place is a.ts, lines 1–2 [1].' },
  ],
];

describe('sentences', () => {
  test.each(CASES)('%s', async (_, { question = 'withBackoff', files, sections, says }) => {
    const { places, pool } = await scene(question, files, sections);
    const text = textOf(composeSentences(places, pool, 'high'));
    if (typeof says === 'string') expect(text).toBe(says);
    else expect(text).toMatch(says);
  });

  test('say once that they are unsure, and name the commit first when history is asked for', async () => {
    const { places, pool } = await scene('why was withBackoff added', { 'src/retry.ts': RETRY, 'src/queue.ts': QUEUE });
    const commit = { id: '0123456789abcdef', timeS: 0, subject: 'Try again', files: ['src/retry.ts'], fileCount: 1 };
    pool.addCommits([{ commit, score: 1 }]);
    const texts = composeSentences(places, pool, 'low').map(({ text }) => text);
    expect(texts.filter((text) => text.includes('not sure'))).toHaveLength(1);
    expect(texts.indexOf('Commit 01234567, “Try again”, changed src/retry.ts.')).toBe(3);
  });

  test('do not doubt a place that the question names', async () => {
    const { places, pool } = await scene('explain src/retry.ts', { 'src/retry.ts': RETRY });
    expect(textOf(composeSentences(places, pool, 'low', false))).toMatch(/^I am not sure\./);
    expect(textOf(composeSentences(places, pool, 'low', true))).toMatch(/^`withBackoff` is a function/);
  });

  test('that nothing was found name the nearest places', async () => {
    const { places } = await scene('withBackoff', { 'src/retry.ts': RETRY, 'b.md': ['x'] });
    expect(textOf(composeNotFound(places, { ...ended, filesSearched: 1 }))).toBe(
      'Nothing in this workspace answers that: 1 file was searched. The nearest places are `withBackoff` in src/retry.ts and b.md:1 [1][2].',
    );
  });

  const ended = { filesSearched: 7, stopReason: 'not-found', failed: [] } as const;
  test.each([
    [ended, 'Nothing in this workspace answers that: 7 files were searched.'],
    [{ ...ended, kind: 'test' }, 'No test answers that.'],
    [{ ...ended, kind: 'docs' }, 'No document answers that.'],
    [{ ...ended, filesSearched: 0 }, 'Nothing in this workspace answers that: no files were searched.'],
    [{ ...ended, stopReason: 'cancelled' }, 'The search was stopped before it came to an answer.'],
    [
      { ...ended, stopReason: 'out-of-turns' },
      'All turns went into searching, and nothing was read that could be cited. Allow one turn more.',
    ],
    [{ ...ended, stopReason: 'out-of-time' }, 'The time allowed ran out before an answer was found.'],
    [{ ...ended, filesSearched: 0, failed: ['grep'] }, 'The files of this workspace could not be searched.'],
  ] as const)('say that nothing is there only after a search: %o', (search, text) =>
    expect(textOf(composeNotFound([], search))).toBe(text),
  );

  test.each([
    [0.75, 'high'],
    [0.74, 'medium'],
    [0.44, 'low'],
  ] as const)('confidence %s is %s', (confidence, sure) => expect(surenessOf(confidence)).toBe(sure));
});

test('a citation says why it is there, without a part of what it said', async () => {
  const { places, pool } = await scene('withBackoff', { 'src/retry.ts': RETRY });
  expect(whyCited(places[0]!, pool)).toEqual(['defines withBackoff', 'matches "withBackoff"']);
});

/** Whole files as places, with the evidence of a search for the question's terms. */
async function scene(
  text: string,
  files: Case['files'],
  sections: readonly DocsSection[] = [],
): Promise<{ places: Place[]; pool: EvidencePool }> {
  const question = parseQuestion(text);
  const pool = new EvidencePool(question);
  const terms = question.terms.map(({ term }) => term);
  const texts = Object.fromEntries(Object.entries(files).map(([path, lines]) => [path, lines.join('\n')]));
  const found = await memoryTools({ files: texts }).grep.search({ terms }, { signal: noSignal, timeoutMs: 1 });
  if (found.ok) pool.addGrep(terms, found.value);
  pool.addSections(sections);
  for (const [path, lines] of Object.entries(files))
    pool.addRead(
      { path, start: 1, lines, totalLines: lines.length, sizeBytes: 1, encoding: 'utf-8', lossy: false },
      outlineOf(path, lines),
    );
  const spans = Object.entries(files).map(([path, lines]) => ({ path, start: 1, end: lines.length }));
  return { places: spans.map((span) => placeAt(span, pool)!), pool };
}

const noSignal = new AbortController().signal;
const DEFINITION =
  /^(\s*)(?:export )?(?:(class|interface|function) (\w+)|readonly (\w+):|(?!if|for)(\w+)\([^()]*\) \{)/;

/** A definition ends at the brace with its own indentation; what is indented belongs to what stands around it. */
function outlineOf(path: string, lines: readonly string[]): Definition[] {
  const open: { name: string; end: number }[] = [];
  return lines.flatMap((signature, i): Definition[] => {
    const [, indent, kind, name = '', field, method] = DEFINITION.exec(signature) ?? [];
    if (indent === undefined) return [];
    const start = i + 1;
    const end = field ? start : lines.indexOf(`${indent}}`, i) + 1;
    const inside = open.filter((one) => one.end >= start).map((one) => one.name);
    const one = field ?? method ?? name;
    open.push({ name: one, end });
    const comment = /^\/\*\* (.*) \*\/$/.exec(lines[i - 1] ?? '')?.[1];
    return [
      {
        name: one,
        kind: (field ? 'field' : (kind ?? 'method')) as SymbolKind,
        span: { path, start, end },
        line: start,
        signature,
        inside,
        ...(comment && { doc: comment }),
      },
    ];
  });
}
