import { expect, test } from 'vitest';
import type { FromPanel, ToPanel } from '#vscode/messages.ts';
import { english } from '../../../test/fakes/english.ts';
import { composeScope, composeSelection } from './composed.ts';
import { parseMessage } from './parseMessage.ts';

/** The question that the panel makes of it. */
function askedWith({ selection, scope = [] }: Extract<ToPanel, { readonly type: 'compose' }>): FromPanel | undefined {
  return parseMessage({ type: 'ask', question: 'why?', scope, ...(selection && { selection }) });
}

test('selected lines become what a question is about', () => {
  const { selection } = composeSelection({ path: 'a.ts', start: 2, end: 3, lines: ['a();', 'b();'] });
  expect(selection).toEqual({ path: 'a.ts', start: 2, end: 3, text: 'a();\nb();' });
});

test('very long code can be asked about, by its beginning', () => {
  const lines = ['first();', ...Array.from({ length: 20_000 }, (_, i) => `call(${i});`)];
  const composed = composeSelection({ path: 'a.ts', start: 1, end: lines.length, lines });
  expect(askedWith(composed)).toMatchObject({ selection: { start: 1, end: 20_001 } });
  expect(composed.selection.text).toMatch(/^first\(\);\ncall\(0\);\n/);
});

test('as many files as can be asked about narrow a question; none, or more, are told in a sentence', () => {
  const files = (count: number): string[] => Array.from({ length: count }, (_, i) => `src/${i}.ts`);
  const most = composeScope(files(100), english);
  expect(typeof most === 'object' && askedWith(most)).toMatchObject({ type: 'ask', scope: files(100) });
  expect(composeScope(files(101), english)).toBe(
    'A question can be narrowed to 100 files and folders at most. Choose a folder that holds them.',
  );
  expect(composeScope([], english)).toMatch(/^Open a file of the workspace first/);
});
