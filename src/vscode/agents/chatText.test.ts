/** Hostile text of a workspace in the editor's chat, read by a Markdown parser. */
import { Marked, type Token } from 'marked';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chatBlock, chatCode, chatText, placeTitle } from './chatText.ts';

const HOSTILE = [
  '[click](command:workbench.action.quit)',
  '![x](https://example.com/x.png)',
  '<img src=x onerror=alert(1)>',
  '<vscode_codeblock_uri>file:///etc/passwd</vscode_codeblock_uri>',
  '`<vscode_codeblock_uri isEdit>file:///etc/passwd</vscode_codeblock_uri>`',
  '# heading',
  '> quote',
  '1. item',
  'https://example.com www.example.com a@example.com',
  '$(zap) $x$',
  '```\nfence',
  'a\u202eb',
  '| a | b |\n| - | - |',
];

/** Kinds of all tokens of a text. */
function kindsIn(markdown: string): Set<string> {
  const marked = new Marked({ gfm: true });
  const kinds = new Set<string>();
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => void kinds.add(token.type));
  return kinds;
}

const HARMLESS = ['paragraph', 'text', 'escape', 'codespan', 'space', 'br'];

test.each(HOSTILE)('%j is only text', (text) => {
  const markdown = chatText(text);
  expect([...kindsIn(`x ${markdown}`)].filter((kind) => !HARMLESS.includes(kind))).toEqual([]);
  expect(markdown).not.toMatch(/<\/?vscode_/i);
});

test('whatever it is, it is only text', () => {
  const hostile = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), { maxLength: 4 });
  fc.assert(
    fc.property(hostile, (parts) => {
      const markdown = chatText(parts.join(' '));
      const kinds = [...kindsIn(`x ${markdown}`)];
      expect(kinds.filter((kind) => !HARMLESS.includes(kind))).toEqual([]);
      expect(markdown).not.toMatch(/<\/?vscode_/i);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('code and blocks hold none of the elements of the chat', () => {
  const element = '<vscode_codeblock_uri>file:///x</vscode_codeblock_uri>';
  expect(chatCode(element)).toBe('`‹vscode_codeblock_uri>file:///x‹/vscode_codeblock_uri>`');
  expect(chatBlock([element, 'if (a < b) {'], 'a.ts')).toBe(
    '```ts\n‹vscode_codeblock_uri>file:///x‹/vscode_codeblock_uri>\nif (a < b) {\n```\n',
  );
});

test.each([
  ['src/upload/queue.ts', 'queue.ts:7'],
  ['pkg/__init__.py', '__init__.py:7'],
  ['docs/How to.md', 'How to.md:7'],
  ['a](command:x).ts', '…:7'],
  ['x/<img src=x>', '…:7'],
  ['`a`.ts', '…:7'],
  ['a!b*c.ts', '…:7'],
  [`${'long'.repeat(30)}.ts`, '…:7'],
])('a link to %j is titled %j', (path, title) => {
  expect(placeTitle(path, 7)).toBe(title);
});
