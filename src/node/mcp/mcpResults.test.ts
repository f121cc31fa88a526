/** What clients hand to a model beside the text. */
import { describe, expect, test } from 'vitest';
import type { Definition } from '#core/agent/tools.ts';
import { MAX_REPLY_UNITS } from '#node/agentTools/quotedText.ts';
import { definitionsResult } from '#node/mcp/mcpResults.ts';
import { FIND_DEFINITIONS_OUTPUT } from '#node/mcp/mcpSchemas.ts';

const definition = (more: Partial<Definition> = {}): Definition => ({
  name: 'send',
  kind: 'function',
  span: { path: 'a.ts', start: 1, end: 9 },
  line: 3,
  signature: 'function send()',
  inside: [],
  ...more,
});

const definitionsOf = (...data: Definition[]) =>
  FIND_DEFINITIONS_OUTPUT.parse(definitionsResult({ text: '', data, notes: [] }).structuredContent).definitions;

describe('definitions as data', () => {
  test('have their documentation as it is, where there is any', () => {
    const [first, second] = definitionsOf(definition({ doc: 'Sends it.\nOnce.' }), definition());
    expect(first).toMatchObject({ doc: 'Sends it.\nOnce.', signature: 'function send()' });
    expect(second).not.toHaveProperty('doc');
  });

  test('are bounded, whatever stands in files', () => {
    for (const unit of ['w', '\u200b', '\n\u202e', '\ud800']) {
      const hostile = definition({ doc: unit.repeat(600), signature: unit.repeat(200) });
      const found = definitionsOf(...Array.from({ length: 20 }, () => hostile));
      expect(found.map(({ doc = '' }) => doc).join('').length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
      expect(found.map(({ signature }) => signature).join('').length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
      expect(found.map(({ doc }) => doc).join('')).not.toMatch(/[\u200b\u202e\p{Cs}]/u);
    }
  });
});
