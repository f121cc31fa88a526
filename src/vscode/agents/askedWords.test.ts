import type * as vscode from 'vscode';
import { expect, test } from 'vitest';
import { askedText, earlierQuestions, lastAnswer } from './askedWords.ts';

const reference = (range?: [number, number]): vscode.ChatPromptReference => ({
  id: 'x',
  value: undefined,
  ...(range && { range }),
});

test.each([
  ['  where?  ', [], 'where?'],
  ['how does #file:queue.ts retry?', [reference([9, 23])], 'how does retry?'],
  ['#a and #b', [reference([0, 2]), reference([7, 9])], 'and'],
  ['#a and #b', [reference([7, 9]), reference([0, 2]), reference()], 'and'],
  ['two\nlines', [], 'two\nlines'],
])('%j asks', (prompt, references, text) => {
  expect(askedText({ prompt, references })).toBe(text);
});

test('a text without end, such as a log that was pasted, is cut', () => {
  expect(askedText({ prompt: `why? ${'x'.repeat(1e6)}`, references: [] })).toHaveLength(10_000);
});

const turns = (...metadata: readonly unknown[]): vscode.ChatContext =>
  ({
    history: metadata.flatMap((one) => [{ prompt: 'typed' }, { result: { metadata: one } }]),
  }) as unknown as vscode.ChatContext;
const answer = (id: string, question: string) => ({ kind: 'answer', id, question });

test('questions that were answered come before, in their order', () => {
  const context = turns(answer('1', 'a?'), { kind: 'docs', query: 'q' }, answer('2', 'b?'), answer('2', 'b?'));
  expect(earlierQuestions(context)).toEqual(['a?', 'b?']);
  expect(lastAnswer(context)).toEqual({ id: '2', question: 'b?' });
});

test('what the editor kept of another version is passed over', () => {
  const context = turns(undefined, null, 'text', { kind: 'answer' }, { kind: 'answer', id: 1, question: 'a?' });
  expect(earlierQuestions(context)).toEqual([]);
  expect(lastAnswer(context)).toBeUndefined();
});
