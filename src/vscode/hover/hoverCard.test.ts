import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainText } from '#core/answer/explainText.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import { cardMarkdown, commandLink, HOVER_COMMANDS, plainMarkdown } from '#vscode/hover/hoverCard.ts';

/** A link is ours: a label and a tip without a sign of Markdown, one of the commands, encoded arguments. */
const LABEL = String.raw`(?:[^!-/:-@[-\x60{-~]|&#\d+;)*`;
const LINK = new RegExp(`\\[${LABEL}\\]\\(command:(spoor\\.\\w+)\\?((?:[\\w.-]|%[0-9A-Fa-f]{2})*) "${LABEL}"\\)`, 'gu');
const PLAIN = new RegExp(`^${LABEL}$`, 'u');

/** The commands of the links, decoded twice as the editor does; fails for anything else that is not just text. */
function linksOf(markdown: string): { command: string; argument: unknown }[] {
  const links = [...markdown.matchAll(LINK)].map(([, command, args]) => ({
    command: command!,
    argument: (JSON.parse(decodeURIComponent(decodeURIComponent(args!))) as unknown[])[0],
  }));
  const rest = markdown.replace(LINK, '').replace(/^\*\*(.*?)\*\*/, '$1');
  for (const line of rest.split('  \n')) expect(line).toMatch(PLAIN);
  for (const { command } of links) expect(HOVER_COMMANDS).toContain(command);
  return links;
}

const HOSTILE = [
  '[x](command:workbench.action.terminal.new)',
  '<img src=x onerror=alert(1)>',
  '![x](https://example.org/x.png)',
  '</a><script>alert(1)</script>',
  'https://example.org www.example.org a@example.org',
  '`code` ~~no~~ **no** __no__ $(alert) <!-- x -->',
  '"](command:evil "x',
  '# no\n- no\n1. no\n> no\n```\nno\n    no',
  '&lt;b&gt; &#91;x&#93;(y)',
  '\u202ereversed\u202c \u001b[31m \u0000',
  '\\[x\\](y) \\',
  '[ref]: https://example.org',
  '| a | b |\n|---|---|',
];

const explanationOf = (text: string): Explanation => ({
  name: text,
  definition: {
    kind: 'function',
    span: { path: `src/${text}`, start: 1, end: 9 },
    line: 3,
    inside: [text],
    signature: text,
    doc: text,
  },
  uses: {
    places: 7,
    files: 2,
    most: [{ span: { path: text, start: 2, end: 2 } }, { span: { path: text, start: 5, end: 5 }, inside: text }],
  },
  change: { id: 'a'.repeat(40), subject: text, timeS: 1 },
  docs: { span: { path: text, start: 4, end: 8 }, headings: [text] },
});

const WORDS = {
  ask: 'Ask about this',
  read: 'Read',
  usedOnce: 'Used in 1 place',
  used: 'Used in {0} places',
  lastChanged: 'Last changed',
  justNow: 'just now',
  ages: [],
};
const card = (text: string): string => cardMarkdown(explainText(explanationOf(text), WORDS, 1));

describe('text of the workspace stays text', () => {
  test.each(HOSTILE)('%j', (text) => {
    const links = linksOf(card(text));
    expect(links.map(({ command }) => command)).toEqual([
      'spoor.openPlace',
      ...(links.length === 7 ? ['spoor.openPlace'] : []),
      'spoor.openPlace',
      'spoor.openPlace',
      'spoor.openCommit',
      'spoor.openPlace',
      'spoor.ask',
    ]);
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const links = linksOf(card(text));
        expect(links.at(-1)).toEqual({
          command: 'spoor.ask',
          argument: { text: `How does ${text} in src/${text} work?` },
        });
      }),
    );
  });

  test('one line is one line', () => {
    for (const text of HOSTILE) expect(card(text).split('\n').length).toBeLessThanOrEqual(5);
  });
});

test('arguments come through as they are', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      const [link] = linksOf(commandLink('x', 'spoor.openPlace', { path, start: 1, end: 2 }, 'tip'));
      expect(link).toEqual({ command: 'spoor.openPlace', argument: { path, start: 1, end: 2 } });
    }),
  );
});

test('letters, digits and other scripts are readable in the source', () => {
  expect(plainMarkdown('Größe 12 名前 «x»')).toBe('Größe 12 名前 «x»');
  expect(plainMarkdown('a_b')).toBe('a&#95;b');
});
