import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProseSentence } from '#core/answer/prose.ts';
import { createProseReader, MAX_SENTENCES, MAX_TEXT } from './proseStream.ts';
import { MAX_SENTENCE } from './readSentence.ts';

const PLACES = new Map([
  [1, ['export function wait() {', '  return delay(attempt);', '}']],
  [2, ['const attempt = 1;', '', 'wait();']],
  [3, ['  return delay(attempt);', 'wait();']],
]);

const read = (text: string): ReturnType<ReturnType<typeof createProseReader>['prose']> => {
  const reader = createProseReader(PLACES);
  reader.push(text);
  reader.end();
  return reader.prose();
};

/** `text [1][3]`, with what begins before it. */
const COPIED = 'code: export function wait() {\n    return delay(attempt);\n} [1]';

const line = ({ text, citations, begins }: ProseSentence): string =>
  `${begins ? `${begins}: ` : ''}${text}${citations.map((number) => ` [${number}]`).join('')}`;
const lines = (text: string): string[] => read(text).sentences.map(line);

type Row = readonly [name: string, written: string, sentences: readonly string[]];

const marks: readonly Row[] = [
  ['before the stop', 'It waits [1].', ['It waits. [1]']],
  [
    'behind the stop',
    'It waits. [1] Then it ends.[2][3] Done [1].',
    ['It waits. [1]', 'Then it ends. [2] [3]', 'Done. [1]'],
  ],
  ['without a space', 'It waits[2].', ['It waits. [2]']],
  ['several in one', 'It waits [3, 1].', ['It waits. [1] [3]']],
  ['with words between', 'It waits [1 and 2; 3].', ['It waits. [1] [2] [3]']],
  ['a range', 'It waits [1-3].', ['It waits. [1] [2] [3]']],
  ['a range beyond the places', 'It waits [2–99].', ['It waits. [2] [3]']],
  ['a footnote', 'It waits [^2].', ['It waits. [2]']],
  ['a word before the number', 'It waits [place 1] [Source 2].', ['It waits. [1] [2]']],
  [
    'lines behind the number',
    'It waits [1, lines 3-9], goes [2:14-15], ends [3, L7].',
    ['It waits, goes, ends. [1] [2] [3]'],
  ],
  ['wide brackets', 'It waits 【1†source】 ［２］.', ['It waits. [1] [2]']],
  ['escaped', String.raw`It waits \[1\].`, ['It waits. [1]']],
  ['on a line of its own', 'It waits.\n\n[1][2]\n\nIt ends [3].', ['It waits. [1] [2]', 'paragraph: It ends. [3]']],
  ['as a word', 'As [2] shows, it waits; see [1] and [3].', ['As (2) shows, it waits; see (1) and (3). [1] [2] [3]']],
  ['as the subject', 'It waits [1]. [2] ends it.', ['It waits. [1]', '(2) ends it. [2]']],
  ['not in parentheses', 'It calls `f` (1) and f(2).', ['It calls `f` (1) and f(2).']],
  ['not in code', 'It reads `a[1]` and ``b[2]``.', ['It reads `a[1]` and `b[2]`.']],
  ['not before other words', 'It reads [1st] and [x1].', ['It reads [1st] and [x1].']],
];

const strangers: readonly Row[] = [
  ['no such place', 'It waits [4].', ['It waits.']],
  ['zero and less', 'It waits [0] [-1].', ['It waits.']],
  ['huge', `It waits [${'9'.repeat(400)}] [1-${'9'.repeat(30)}].`, ['It waits. [1] [2] [3]']],
  ['of other scripts', 'It waits [٣] [१].', ['It waits.']],
  ['hidden by joiners', 'It waits [\u200d9] [9\ufe0f].', ['It waits.']],
  ['one within another', 'It waits [1[9]2].', ['It waits ….']],
  ['cut in the middle', 'It waits [1', ['It waits']],
];

const links: readonly Row[] = [
  ['a link', 'See [the docs](https://evil.example/x "t") [1].', ['See the docs. [1]']],
  ['a link on a number', 'See it [1](src/secret.ts#L3).', ['See it. [1]']],
  ['a link on a stranger', 'It waits [9](src/secret.ts#L3).', ['It waits.']],
  ['a link of code', 'See [`send`](src/a.ts:3).', ['See `send`.']],
  ['a command', 'Run [this](command:workbench.action.terminal.new).', ['Run this.']],
  ['an image', 'See ![the plan](http://evil.example/p.png) [1].', ['See the plan. [1]']],
  ['an image in a link', 'See [![plan](http://e.example/p.png)](http://e.example).', ['See plan.']],
  [
    'a reference',
    'See [the docs][evil].\n\n[evil]: https://evil.example',
    ['See the docs.', 'paragraph: [evil]: (link left out)'],
  ],
  ['an address in angles', 'See <https://evil.example/x>.', ['See (link left out).']],
  [
    'a bare address',
    'See https://evil.example/x?a=b, or www.evil.example.',
    ['See (link left out), or (link left out).'],
  ],
  ['a file', 'See file:///etc/passwd and vscode://file/x.', ['See (link left out) and (link left out).']],
  ['a mail', 'Ask me@evil.example or mailto:me.', ['Ask (link left out) or (link left out).']],
  ['an address in code', 'It is `https://api.example/v1`.', ['It is `…api.example/v1`.']],
  ['put together by a mark', 'See htt[9]ps://evil.example.', ['See htt (link left out).']],
  ['put together by a removal', 'See http:a:////evil.example.', ['See http:(link left out).']],
  ['cut off', 'See [the docs](https://evil.exam', ['See [the docs] ((link left out)']],
  ['no link: a version', 'It needs react@18.2.0 and file:line.', ['It needs react@18.2.0 and file:line.']],
];

const html: readonly Row[] = [
  ['tags', 'It <b>waits</b> <a href="http://evil.example">here</a>.', ['It waits here.']],
  ['a script', 'x<script>alert(1)</script>', ['xalert(1)']],
  ['a comment', 'It <!-- hidden [9] --> waits.', ['It waits.']],
  ['breaks', 'One<br>two<br/>three.', ['One two three.']],
  ['no tag: types', 'It is Map<String, Foo> or Vec<P>.', ['It is Map<String, Foo> or Vec<P>.']],
];

const blocks: readonly Row[] = [
  ['paragraphs', 'One.\n\nTwo.\n\n\nThree.', ['One.', 'paragraph: Two.', 'paragraph: Three.']],
  ['soft line ends', 'One\nand two.\r\nThree.', ['One and two.', 'Three.']],
  [
    'items',
    'So:\n- one\n- two. And\n  more.\n1. three\n2) four',
    ['So:', 'item: one', 'item: two.', 'And more.', 'item: three', 'item: four'],
  ],
  [
    'headings',
    '# Title\nIt waits.\n## More ##\nIt ends.',
    ['Title', 'paragraph: It waits.', 'paragraph: More ##', 'paragraph: It ends.'],
  ],
  ['underlined headings', 'Title\n=====\nIt waits.', ['Title', 'paragraph: It waits.']],
  ['rules', 'One.\n\n---\n\n***\nTwo.', ['One.', 'paragraph: Two.']],
  ['quotes', '> One.\n> Two [1].', ['One.', 'Two. [1]']],
  ['tables', '| a | b |\n|:--|--:|\n| c [1] | `d` |', ['item: a · b', 'item: c · `d` [1]']],
  ['tasks', '- [ ] one\n- [x] two', ['item: one', 'item: two']],
  [
    'code',
    'So:\n```ts\nconst a = b[1];\n\n  f();\n```\nDone [1].',
    ['So:', 'code: const a = b[1];\n\n  f();', 'paragraph: Done. [1]'],
  ],
  ['code without an end', '~~~\na[9]\n```\n', ['code: a[9]\n```']],
  ['code with an address', '```\ncurl https://evil.example\n```', ['code: curl …evil.example']],
  ['copied code', '```ts\nexport function wait() {\n    return delay(attempt);\n}\n```', [COPIED]],
  ['code with its line numbers', '```\n12 | const attempt = 1;\n```', ['code: 12 | const attempt = 1; [2]']],
  [
    'code of two places',
    '```\nexport function wait() {\nwait();\n```',
    ['code: export function wait() {\nwait(); [1] [2]'],
  ],
  ['code that several places have', '```\nreturn delay(attempt);\n```', ['code: return delay(attempt); [1]']],
  ['copied code with a line of its own', '```\nwait();\nsend();\n```', ['code: wait();\nsend();']],
  ['code of signs alone', '```\n}\n…\n```', ['code: }\n…']],
  ['a mark below code', '```\na();\n```\n[2]', ['code: a(); [2]']],
  ['code in one line', '```f()``` runs.', ['`f()` runs.']],
  ['emphasis', '**Bold `code`** and *thin* text.', ['Bold `code` and thin text.']],
  ['no emphasis', 'f(*args, **kwargs) is 2 * 3 for __init__.', ['f(*args, **kwargs) is 2 * 3 for __init__.']],
  ['a lone back-tick', "It's a ` sign. It ends [1].", ["It's a ' sign. It ends. [1]"]],
];

const sentences: readonly Row[] = [
  [
    'abbreviations',
    'It waits, e.g. for locks, i.e. files. It ends.',
    ['It waits, e.g. for locks, i.e. files.', 'It ends.'],
  ],
  ['names of files', 'It is in retry.ts and a.b.c. See it.', ['It is in retry.ts and a.b.c.', 'See it.']],
  ['questions and cries', 'Why? Because! So it is…', ['Why?', 'Because!', 'So it is…']],
  ['quotations', 'It says “wait.” Then it ends.', ['It says “wait.”', 'Then it ends.']],
  ['no spaces between', '待つ。終わる[1]。', ['待つ。', '終わる。 [1]']],
  ['a stop in brackets', 'It [waits. Then](x) ends.', ['It waits. Then ends.']],
];

const thinking: readonly Row[] = [
  ['tags', '<think>\nIs it [1]? No.\n</think>\n\nIt waits [2].', ['It waits. [2]']],
  ['an end alone', 'Is it [9]? No.\n</think>\nIt waits [2].', ['It waits. [2]']],
  ['later', 'It waits [1].\n<thinking>hm</thinking>It ends [2].', ['It waits. [1]', 'paragraph: It ends. [2]']],
  ['never ended', 'It waits [1].\n<think>hm', ['It waits. [1]']],
  ['in code', 'It strips `<think>` and `</think>` [1].', ['It strips `<think>` and `</think>`. [1]']],
];

const unsafe: readonly Row[] = [
  ['terminal codes', 'It \x1b]8;;http://evil.example\x07waits\x1b[0m.', [String.raw`It \x1b]8;;(link left out)[0m.`]],
  ['what hides and reorders', 'It \u202ewaits\u200b.', [String.raw`It \u202ewaits\u200b.`]],
  ['half of a pair', 'It \ud83d waits \udc00.', [String.raw`It \ud83d waits \udc00.`]],
  ['a whole pair', 'It 😀 waits.', ['It 😀 waits.']],
  ['nothing', ' \n\n . \n- \n', []],
  ['marks alone', '[1] [2], [3].', []],
];

describe.each([
  ['marks', marks],
  ['numbers of no place', strangers],
  ['links', links],
  ['HTML', html],
  ['blocks', blocks],
  ['sentences', sentences],
  ['thinking', thinking],
  ['unsafe text', unsafe],
])('%s', (_, rows) => {
  it.each(rows)('%s', (_name, written, expected) => expect(lines(written)).toEqual(expected));
});

describe('notes', () => {
  it('count what was taken out', () => {
    expect(read('It waits [1].').notes).toEqual([]);
    expect(read('It waits [7].').notes).toEqual(['A number that is of no cited place was taken out.']);
    expect(read('It waits [7, 8]. It ends [2][9].').notes).toEqual([
      '3 numbers that are of no cited place were taken out.',
    ]);
    expect(read('See [x](y).').notes).toEqual(['Links were taken out; their words stay.']);
  });
});

describe('bounds', () => {
  it('cut a long sentence, whole code kept', () => {
    const [sentence] = read(`It is \`${'x'.repeat(1_500)}\` [1].`).sentences;
    expect(sentence!.text.length).toBeLessThanOrEqual(MAX_SENTENCE);
    expect(sentence!.text.endsWith('…`')).toBe(true);
  });

  it('end a sentence that has no end', () => {
    const { sentences } = read(Array.from({ length: 5_000 }, (_, i) => `word${i}`).join(' '));
    expect(sentences.length).toBeGreaterThan(10);
    for (const { text } of sentences) expect(text.length).toBeLessThanOrEqual(MAX_SENTENCE);
  });

  it('end prose that has no end', () => {
    const reader = createProseReader(PLACES);
    for (let i = 0; !reader.isFull(); i++) reader.push(`Sentence ${i} is here [1]. `);
    reader.push('One more [1].');
    const { sentences, notes } = reader.prose();
    expect(sentences).toHaveLength(MAX_SENTENCES);
    expect(notes).toEqual(['The model wrote too much. The rest was left out.']);
  });

  it('end thinking and code that have no end', () => {
    const thinks = createProseReader(PLACES);
    thinks.push('<think>');
    for (let i = 0; !thinks.isFull(); i++) thinks.push('hm '.repeat(1_000));
    expect(thinks.prose().sentences).toEqual([]);
    const codes = createProseReader(PLACES);
    codes.push('```\n');
    for (let i = 0; !codes.isFull(); i++) codes.push(`line ${i}\n`);
    const length = codes.prose().sentences.reduce((sum, { text }) => sum + text.length, 0);
    expect(length).toBeLessThan(MAX_TEXT * 1.2);
  });

  it('end repetition', () => {
    const { sentences, notes } = read('It waits until all is done [1]. '.repeat(50));
    expect(sentences).toHaveLength(5);
    expect(notes).toEqual(['The model repeated itself. The rest was left out.']);
  });
});

/** Everything that means something to the reader, in any order. */
const sign = fc.constantFrom(
  ...'[ ] ( ) < > ` `` ``` ~~~ * ** ! # - . .. , : / \\ | = _ ~ 1 2 9 0 [1] [2] [9] [1-3] 【1】 ](x) http:// www.a b@c.de'.split(
    ' ',
  ),
  ...[
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    ' ',
    '. ',
    '。',
    '<think>',
    '</think>',
    '<a href="x">',
    '<!--',
    '-->',
    '\n- ',
    '\n1. ',
    '\n> ',
    '\n| ',
  ],
  ...['It ends. ', 'Foo', 'bar ', '`code`', '\ud83d', '\ude00', '\u202e', '\u200d', '\x1b', 'é', '日', 'command:x'],
);
const written = fc.oneof(
  fc.array(sign, { maxLength: 60 }).map((signs) => signs.join('')),
  fc.string({ unit: 'binary', maxLength: 80 }),
);

describe('any text', () => {
  it('is read alike however it is cut', () => {
    fc.assert(
      fc.property(written, fc.infiniteStream(fc.integer({ min: 0, max: 7 })), (text, sizes) => {
        const reader = createProseReader(PLACES);
        for (let at = 0; at < text.length;) {
          const size = sizes.next().value as number;
          reader.push(text.slice(at, at + size));
          at += size;
          const whole = createProseReader(PLACES);
          whole.push(text.slice(0, at));
          expect(reader.prose()).toEqual(whole.prose());
        }
        reader.end();
        expect(reader.prose()).toEqual(read(text));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps sentences that have ended', () => {
    const noThinking = written.map((text) => text.replaceAll('think', 'thnk'));
    fc.assert(
      fc.property(noThinking, (text) => {
        const reader = createProseReader(PLACES);
        let settled: readonly ProseSentence[] = [];
        for (const unit of text.split('')) {
          reader.push(unit);
          const { sentences } = reader.prose();
          expect(sentences.slice(0, settled.length)).toEqual(settled);
          settled = sentences.slice(0, -1);
        }
        reader.end();
        expect(reader.prose().sentences.slice(0, settled.length)).toEqual(settled);
      }),
      { numRuns: 300 },
    );
  });

  it('takes time in proportion to its length', () => {
    const hard = ['[', '`', '<!--', '![', '*a ', '[1', '. ', '](', '<a ', '\\', 'a@', 'x://', 'A. [ '];
    for (const unit of hard) {
      const reader = createProseReader(PLACES);
      const started = performance.now();
      for (let i = 0; i < 40_000 / unit.length; i++) reader.push(unit);
      reader.end();
      reader.prose();
      expect(performance.now() - started, unit).toBeLessThan(5_000);
    }
  });
});
