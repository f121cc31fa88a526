import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALL_MARKS, writtenCalls } from './writtenCalls.ts';

const RETRY = { name: 'search', argumentsText: '{"query":"retry"}' };

test.each<[string, string, readonly object[]]>([
  ['Hermes', 'So:\n<tool_call>\n{"name": "search", "arguments": {"query": "retry"}}\n</tool_call>', [RETRY]],
  ['Hermes, cut at its end', '<tool_call>{"name": "search", "arguments": {"query": "retry"}}', [RETRY]],
  [
    'Hermes, several and one that is none',
    '<tool_call>{"name":"search","parameters":{"query":"retry"}}</tool_call><tool_call>{</tool_call>\n<tool_call>{"name":"none"}</tool_call>',
    [RETRY, { name: 'none', argumentsText: '{}' }],
  ],
  [
    'Qwen 3 Coder',
    '<tool_call>\n<function=search>\n<parameter=query>\na <b> c\n</parameter>\n<parameter=most>\n3\n</parameter>\n</function>\n</tool_call>',
    [{ name: 'search', argumentsText: '{"query":"a <b> c","most":"3"}' }],
  ],
  [
    'Mistral, a list',
    '[TOOL_CALLS] [{"name": "search", "arguments": {"query": "retry"}}, {"name": "none", "arguments": {}}]',
    [RETRY, { name: 'none', argumentsText: '{}' }],
  ],
  ['Mistral, a name', '[TOOL_CALLS]search[ARGS]{"query":"retry"}', [RETRY]],
  [
    'Mistral, names with ids',
    '[TOOL_CALLS]search[CALL_ID]a1b2c3d4e[ARGS]{"query":"retry"}[TOOL_CALLS]none[ARGS]{}',
    [RETRY, { name: 'none', argumentsText: '{}' }],
  ],
  ['Llama', '{"name": "search", "parameters": {"query": "retry"}}', [RETRY]],
  ['a fence', '```json\n{"name": "search", "arguments": "{\\"query\\":\\"retry\\"}"}\n```', [RETRY]],
  ['no call', 'I would search for {"query": "retry"}.', []],
  ['another JSON', '{"answer": 42}', []],
  ['a name and no arguments', '[TOOL_CALLS]search[ARGS]{"query', []],
])('%s', (_, text, calls) => {
  expect(writtenCalls(text)).toEqual(calls);
});

test('whatever a model writes, calls have names and arguments, or are none', () => {
  const part = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(...CALL_MARKS, '[ARGS]', '<function=x>', '<parameter=y>', '</parameter>', '{"name":"x"}', 'null'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      for (const { name, argumentsText } of writtenCalls(parts.join('')))
        expect([typeof name, typeof argumentsText]).toEqual(['string', 'string']);
    }),
  );
});
