import fc from 'fast-check';
import { lexer } from 'marked';
import { describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import type { Conversation, ExchangeProse } from './conversation.ts';
import {
  addPlace,
  failExchange,
  finishExchange,
  giveVerdict,
  setProse,
  startConversation,
  startExchange,
} from './conversationChanges.ts';
import { answerMarkdown, citationMarkdown, conversationMarkdown } from './markdown.ts';
import { blockMarkdown, codeMarkdown, inlineMarkdown, linkTarget, placeMarkdown } from './markdownText.ts';
import { printable } from './plainText.ts';

/** What marked, with GitHub's additions, says that a text has become. */
interface Token {
  readonly type: string;
  readonly text?: string;
  readonly href?: string;
  readonly raw: string;
  readonly lang?: string;
  readonly depth?: number;
  readonly tokens?: readonly Token[];
  readonly items?: readonly Token[];
}

const answerWith = (text: string, path = text): Answer => ({
  question: text,
  sentences: [
    { text, citations: [1] },
    { text: `It is used by ${text}.`, citations: [2, 1] },
  ],
  citations: [1, 2].map((number) => ({
    number,
    path,
    start: 3,
    end: 4,
    score: 1,
    why: [text],
    symbol: { name: text, kind: 'function', inside: [text] },
    lines: [text, text],
  })),
  files: [path],
  found: true,
  confidence: 1,
  sure: 'high',
  notes: [text],
  trail: [{ turn: 1, ms: 1, calls: [{ tool: 'grep', what: [text, text], said: text, ms: 1 }] }],
  stopReason: 'answered',
  timings: { total: 1, tools: 1, policy: 0, answer: 0 },
});

/** In every place that it has. */
const proseWith = (text: string): ExchangeProse => ({
  model: text,
  sentences: [
    { text, citations: [1] },
    { text: `Also ${text}.`, citations: [] },
    { text, citations: [2], begins: 'item' },
    { text, citations: [], begins: 'item' },
    { text, citations: [], begins: 'code' },
    { text, citations: [1], begins: 'paragraph' },
  ],
  state: 'cut',
  notes: [text],
  failure: { message: text, remedy: 'retry' },
});

function conversationWith(text: string, path = text): Conversation {
  const span = { path, start: 1, end: 1 };
  const selection = { ...span, text };
  const asked = startExchange(startConversation('c', 1), { id: 'x', question: text, scope: [path], selection }, 2);
  const answered = giveVerdict(finishExchange(asked, 'x', answerWith(text, path), 3), 'x', 'accepted', 4);
  const failed = startExchange(addPlace(answered, 'x', span, 5), { id: 'y', question: text, scope: [] }, 6);
  const prose = setProse(failed, 'x', proseWith(text), 6);
  return { ...failExchange(prose, 'y', { message: text, remedy: 'retry' }, 7), title: text };
}

/** What a text has become, without its words: kinds of tokens in their order and depth, and where links lead. */
function formOf(tokens: readonly Token[]): unknown[] {
  return tokens
    .filter(({ type }) => type !== 'space')
    .map((token) => {
      const inner = token.type === 'list' ? token.items : token.tokens;
      const words = inner?.filter(({ type }) => type !== 'text' && type !== 'escape');
      const isWords = token.type === 'text' || token.type === 'escape';
      return isWords && !words?.length ? 'words' : [token.type, token.depth, ...(inner ? formOf(inner) : [])];
    })
    .filter((form) => form !== 'words');
}

const leaves = (tokens: readonly Token[]): Token[] =>
  tokens.flatMap((token) => [token, ...leaves(token.tokens ?? []), ...leaves(token.items ?? [])]);

const HOSTILE = [
  '# Heading',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![x](https://evil.example/x.png)',
  '[click](command:evil)',
  '](command:evil)',
  '`](command:evil)`',
  '``` ```',
  '```\nout of the fence\n```',
  '~~~',
  '    indented',
  '> quote',
  '- item',
  '1. item',
  '1) item',
  '---',
  '===',
  '| a | b |\n|---|---|',
  '&lt;b&gt; &#60;',
  '**bold** __bold__ ~~gone~~ $x$',
  'https://evil.example www.evil.example',
  'a\u202Eb\u2066c',
  '\x1b[31mred',
  'ends with a mark \\',
  '\\`',
  'a`b``c```d',
  '[x]: https://evil.example',
  '<!-- comment',
  '<https://evil.example>',
  '[^1]',
  '- [ ] task',
  ' ',
  '',
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .array(fc.constantFrom(...HOSTILE, 'word', ' ', '\n', '`', '```', '[', ']', '(', ')', '<', '*', '_', '\\'))
    .map((some) => some.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'`~#*_[]()<>!|\\-+=:/.&"\' \t\nw1') }),
);

describe('hostile text', () => {
  test('stays the words of its place, whatever it is', () => {
    const plain = formOf(lexer(conversationMarkdown(conversationWith('word', 'word'))));
    fc.assert(
      fc.property(
        hostile.filter((text) => printable(text).replaceAll('`', '').trim() !== ''),
        (text) => {
          const markdown = conversationMarkdown(conversationWith(withoutCode(text), 'word'));
          expect(formOf(lexer(markdown))).toEqual(plain);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('is shown as it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const all = leaves(lexer(inlineMarkdown(text)));
        expect(all.filter(({ type }) => !['paragraph', 'text', 'escape', 'codespan'].includes(type))).toEqual([]);
        const shown = all.filter(({ tokens }) => !tokens).map((token) => token.text);
        expect(shown.join('')).toBe(
          printable(text)
            .trim()
            .replace(/(?<!`)`([^`]+)`(?!`)/g, '$1'),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('in a path leads nowhere but into the workspace', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = conversationMarkdown(conversationWith('word', text));
        const target = linkTarget({ path: text, start: 3, end: 4 });
        for (const { type, href, raw } of leaves(lexer(markdown))) {
          expect(['html', 'image', 'def', 'table', 'blockquote', 'hr', 'del']).not.toContain(type);
          if (type !== 'link') continue;
          expect(raw).not.toMatch(/^https?:|^www/);
          expect([target, linkTarget({ path: text, start: 1, end: 1 })]).toContain(href);
          expect(new URL(href!, 'https://workspace.example/w/').href).toMatch(
            /^https:\/\/workspace\.example\/w\/[^?]*#L/,
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  test('in code is the code', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (lines) => {
        const [token, ...others] = lexer(blockMarkdown(lines, 'a.ts')).filter(({ type }) => type !== 'space');
        expect(others).toEqual([]);
        expect(token).toMatchObject({ type: 'code', lang: 'ts' });
        expect(token!.raw.trimEnd().split('\n').slice(1, -1)).toEqual(
          lines.map((line) => line.split('\t').map(printable).join('\t')),
        );
        const span = (lexer(`a ${codeMarkdown(lines[0]!)} z`)[0] as Token).tokens!.filter(
          ({ type }) => type === 'codespan',
        );
        const code = printable(lines[0]!);
        expect(span.map(({ text }) => text)).toEqual(code.trim() ? [code] : []);
      }),
      { numRuns: 400 },
    );
  });

  /** A name between back-ticks becomes code on purpose, which a plain word does not. */
  const withoutCode = (text: string): string => text.replaceAll('`', "\\'");
});

describe('an answer', () => {
  test('reads like this', () => {
    const answer: Answer = {
      ...answerWith('retry', 'src/net (old)/retry_all.ts'),
      sentences: [
        { text: 'Uploads are retried by `withBackoff`, a function in src/net/retry.ts.', citations: [1] },
        { text: 'It says: “Tries <b>again</b>.”', citations: [2] },
      ],
      notes: ['The docs index is still being made: 3 sections of 1 files so far.'],
    };
    expect(answerMarkdown(answer)).toBe(`Uploads are retried by \`withBackoff\`, a function in src/net/retry.ts \
[\\[1\\]](src/net%20%28old%29/retry%5Fall.ts#L3-L4). It says: “Tries \\<b\\>again\\</b\\>.” \
[\\[2\\]](src/net%20%28old%29/retry%5Fall.ts#L3-L4)

Sure: high

Note: The docs index is still being made: 3 sections of 1 files so far.

**1** [\`src/net (old)/retry_all.ts:3–4\`](src/net%20%28old%29/retry%5Fall.ts#L3-L4) · \`retry.retry\` · retry

\`\`\`ts
retry
retry
\`\`\`

**2** [\`src/net (old)/retry_all.ts:3–4\`](src/net%20%28old%29/retry%5Fall.ts#L3-L4) · \`retry.retry\` · retry

\`\`\`ts
retry
retry
\`\`\`
`);
  });

  test.each([
    ['~docs/guide/a.md', '`~docs/guide/a.md:7`'],
    ['../closed/a.ts', '`../closed/a.ts:7`'],
    ['/etc/passwd', '`/etc/passwd:7`'],
    ['//evil.example/x', '`//evil.example/x:7`'],
    ['javascript:alert(1)', '[`javascript:alert(1):7`](javascript%3Aalert%281%29#L7)'],
    ['a b/[c].ts', '[a b/\\[c\\].ts:7](a%20b/%5Bc%5D.ts#L7)'],
    ['é.ts', '[`é.ts:7`](%C3%A9.ts#L7)'],
  ])('names a place in %s', (path, expected) => {
    expect(placeMarkdown({ path, start: 7, end: 7 })).toBe(expected);
  });

  test('without words says what it is', () => {
    const empty = { ...answerWith('x'), sentences: [], citations: [], notes: [] };
    expect(answerMarkdown(empty)).toBe('These places fit the question.\n\nSure: high\n');
    expect(answerMarkdown({ ...empty, found: false })).toMatch(/^Nothing in this workspace answers that\.\n/);
  });

  test('has citations that can be copied alone', () => {
    expect(citationMarkdown(answerWith('x', 'a.ts').citations[0]!)).toBe(
      '**1** [`a.ts:3–4`](a.ts#L3-L4) · `x.x` · x\n\n```ts\nx\nx\n```\n',
    );
  });
});

test('a conversation reads like this', () => {
  const conversation = conversationWith('where is it?', 'src/a.ts');
  const whole = conversationMarkdown({
    ...conversation,
    exchanges: conversation.exchanges.map((one) => ({
      ...one,
      ...(one.answer && { answer: { ...one.answer, citations: [] } }),
    })),
  });
  expect(whole).toBe(`# where is it?

## where is it?

In \`src/a.ts\`

About [\`src/a.ts:1\`](src/a.ts#L1)

**where is it? wrote:**

where is it \\[1\\]? Also where is it? \\[?\\].

- where is it \\[2\\]?

- where is it \\[?\\]?

\`\`\`
where is it?
\`\`\`

\\[?\\]

where is it \\[1\\]?

\\[?\\]: rests on no cited place.

Note: where is it?

where is it? \\[1\\] It is used by where is it? \\[2\\]\\[1\\].

Sure: high

Note: where is it?

- grep \`where is it?\` \`where is it?\`: where is it?

Accepted by the user.

A right place, by the user: [\`src/a.ts:1\`](src/a.ts#L1)

## where is it?

where is it?
`);
});
