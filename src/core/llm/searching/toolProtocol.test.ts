import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage, ToolCall } from '#core/llm/chatModel.ts';
import type { View } from './conversation.ts';
import type { FoundDocument } from './documents.ts';
import { chatMessages } from './protocol.ts';
import { toolProtocol } from './toolProtocol.ts';

const document = (number: number): FoundDocument => ({
  number,
  span: { path: `src/${number}.ts`, start: 1, end: 40 },
  head: '',
  body: '',
  tokens: 0,
});
const KNOWN = [document(1), document(2), document(3)];

const call = (name: string, given: unknown, id = 'c1'): ToolCall => ({
  id,
  name,
  argumentsText: typeof given === 'string' ? given : JSON.stringify(given),
});
const moveOf = (calls: readonly ToolCall[], text = '') => toolProtocol.read({ text, calls }, KNOWN).move;
const searched = (...queries: string[]) => ({ kind: 'search', queries });
const found = (documents: number[], unknown = 0) => ({ kind: 'answer', documents, unknown });

describe('a call', () => {
  test.each([
    [call('search', { query: 'retry backoff' }), searched('retry backoff')],
    [call('search', { query: ['retry', 'backoff'] }), searched('retry backoff')],
    [call('search', { q: 'retry' }), searched('retry')],
    [call('search', '"retry"'), searched('retry')],
    [call('search', 'retry backoff'), searched('retry backoff')],
    [call('search', { query: { text: 'retry' } }), searched('retry')],
    [call('search', { query: '' }), undefined],
    [call('search', { query: 7 }), undefined],
    [call('search', '{"query": "cut o'), undefined],
    [call('search', ''), undefined],
    [call('answer', { documents: [2, 1] }), found([2, 1])],
    [call('answer', { documents: ['2', '[1]'] }), found([2, 1])],
    [call('answer', { documents: '3, 2' }), found([3, 2])],
    [call('answer', '{"documents": [2, 1'), found([2, 1])],
    [call('answer', { documents: [9, 2, 2, -1, 1.5] }), found([2], 1)],
    [call('answer', {}), found([])],
    [call('not_found', {}), { kind: 'not-found' }],
    [call('delete_all_files', { path: '/' }), undefined],
  ])('%j', (one, move) => expect(moveOf([one])).toEqual(move));

  test('several searches are one move, a search goes before an answer', () => {
    const three = ['a', 'b', 'c', 'd', 'a'].map((query) => call('search', { query }));
    expect(moveOf(three)).toEqual(searched('a', 'b', 'c'));
    expect(moveOf([call('answer', { documents: [1] }), call('search', { query: 'x' })])).toEqual(searched('x'));
  });
});

describe('a text without a call', () => {
  test.each([
    ['<tool_call>{"name": "search", "arguments": {"query": "retry"}}</tool_call>', searched('retry')],
    ['<tool_call>\n{"name": "answer", "arguments": {"documents": [2]}}', found([2])],
    ['```json\n{"name": "search", "parameters": {"query": "retry"}}\n```', searched('retry')],
    ['<think>call search?</think>{"name": "not_found", "arguments": {}}', { kind: 'not-found' }],
    ['<|begin_of_query|> retry <|end_of_query|>', searched('retry')],
    ['The places are [2] and [3].', found([2, 3])],
    ['Nothing answers the question.', { kind: 'not-found' }],
    ['<think>[1] is not it</think> Let me think about it.', undefined],
    ['I cannot help with that.', undefined],
    ['{"name": 5}', undefined],
    ['', undefined],
  ])('%j', (text, move) => expect(moveOf([], text)).toEqual(move));
});

test('whatever is written, only shown numbers and queries with words come of it', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(
        fc.record({
          name: fc.constantFrom('search', 'answer', 'not_found', 'x'),
          given: fc.oneof(fc.string(), fc.json()),
        }),
      ),
      (text, calls) => {
        const move = moveOf(
          calls.map(({ name, given }) => call(name, given)),
          text,
        );
        if (move?.kind === 'answer') for (const number of move.documents) expect([1, 2, 3]).toContain(number);
        if (move?.kind === 'search') {
          expect(move.queries.length).toBeLessThanOrEqual(3);
          for (const query of move.queries) expect(query).toMatch(/\S/);
        }
      },
    ),
    { seed: 6, numRuns: 500 },
  );
});

describe('a conversation in chat form', () => {
  const shape = (messages: readonly ChatMessage[]): string[] =>
    messages.slice(1).map((message) => `${message.role}: ${message.text}`);
  const messages = (entries: View['entries']): string[] => shape(chatMessages('rules', { question: 'q?', entries }));

  test('documents are the result of the call, a remark is put to them', () => {
    expect(
      messages([
        { kind: 'wrote', text: '', calls: [call('search', {})] },
        { kind: 'found', text: 'documents' },
        { kind: 'told', text: 'No search is left.' },
      ]),
    ).toEqual(['user: Question: q?', 'assistant: ', 'tool: documents\n\nNo search is left.']);
  });

  test('every call of a move is answered', () => {
    const said = chatMessages('rules', {
      question: 'q?',
      entries: [
        { kind: 'wrote', text: '', calls: [call('search', {}, 'a'), call('search', {}, 'b')] },
        { kind: 'found', text: 'documents' },
        { kind: 'told', text: 'more' },
      ],
    });
    expect(said.slice(3)).toEqual([
      { role: 'tool', callId: 'a', text: 'documents\n\nmore' },
      { role: 'tool', callId: 'b', text: 'See the result of the first call.' },
    ]);
  });

  test('without a call they come from the user; nothing that was said to an empty reply is lost', () => {
    expect(
      messages([
        { kind: 'wrote', text: 'hm', calls: [] },
        { kind: 'told', text: 'Call search.' },
        { kind: 'wrote', text: '', calls: [] },
        { kind: 'told', text: 'Call search!' },
      ]),
    ).toEqual(['user: Question: q?', 'assistant: hm', 'user: Call search.\n\nCall search!']);
    expect(messages([{ kind: 'found', text: 'documents' }])).toEqual(['user: Question: q?\n\ndocuments']);
  });
});
