import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReplyReader, type ReplyForm } from '#node/llm/onnx/replyReader.ts';
import { createTokenText } from '#node/llm/onnx/tokenText.ts';

const FORM: ReplyForm = { stop: [], keepsStop: true, callsTools: false, knownIds: ['call00000'], trims: false };

/** What is shown, and the reply, of a text that comes in pieces. */
function read(pieces: readonly string[], form: Partial<ReplyForm> = {}) {
  const shown: string[] = [];
  const reader = createReplyReader({ ...FORM, ...form }, (piece) => shown.push(piece));
  for (const piece of pieces) if (reader.push(piece)) break;
  return { shown, reply: reader.end('cut') };
}

describe('a reply in pieces', () => {
  test('is shown as it comes', () => {
    const { shown, reply } = read(['One', ' two', '.']);
    expect(shown).toEqual(['One', ' two', '.']);
    expect(reply).toEqual({ text: 'One two.', calls: [], end: 'cut' });
  });

  test('ends after the first stop text, however it is cut', () => {
    const text = 'I look. <search>where</search> and more';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 40 }), (sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of [...sizes, text.length]) pieces.push(text.slice(at, (at += size)));
        const { shown, reply } = read(pieces, { stop: ['</answer>', '</search>'] });
        expect(reply).toEqual({ text: 'I look. <search>where</search>', calls: [], end: 'stop' });
        expect(shown.join('')).toBe(reply.text);
      }),
    );
  });

  test('never shows the beginning of a stop text before it knows better', () => {
    const { shown, reply } = read(['a <', '/', 'p> b', ' </'], { stop: ['</search>'] });
    expect(shown).toEqual(['a ', '</p> b', ' ', '</']);
    expect(reply.text).toBe('a </p> b </');
  });

  test('leaves a stop text out that is not its own, and space before the first word', () => {
    const { reply } = read(['\n ', ' Yes.', '\nUser', ': and'], { stop: ['\nUser:'], keepsStop: false, trims: true });
    expect(reply).toEqual({ text: 'Yes.', calls: [], end: 'done' });
  });
});

describe('calls of tools', () => {
  const call = '<tool_call>\n{"name": "search", "arguments": {"query": "retry"}}\n</tool_call>';

  test('are taken out of the text', () => {
    const { shown, reply } = read(['I search.\n<tool', call.slice(5)], { callsTools: true });
    expect(shown.join('')).toBe('I search.\n');
    expect(reply.calls).toEqual([{ id: 'call00001', name: 'search', argumentsText: '{"query":"retry"}' }]);
  });

  test('may be several, and their arguments may be called parameters', () => {
    const other = '<tool_call>{"name":"read","parameters":{"path":"a.ts"}}</tool_call>';
    expect(read([`${call}\n${other}`], { callsTools: true }).reply.calls.map(({ id, name }) => [id, name])).toEqual([
      ['call00001', 'search'],
      ['call00002', 'read'],
    ]);
  });

  test('may be in the form of Mistral', () => {
    const { shown, reply } = read(['I search.[TOOL', '_CALLS]search[ARGS]{"query": ', '"retry"}'], {
      callsTools: true,
    });
    expect(shown.join('')).toBe('I search.');
    expect(reply.calls).toEqual([{ id: 'call00001', name: 'search', argumentsText: '{"query": "retry"}' }]);
  });

  test('may be all that there is, without marks', () => {
    const { shown, reply } = read(['{"name": "read", ', '"parameters": {}}'], { callsTools: true });
    expect(shown).toEqual([]);
    expect(reply).toMatchObject({ text: '', calls: [{ name: 'read', argumentsText: '{}' }] });
  });

  test.each([
    ['cut off', '<tool_call>\n{"name": "sea'],
    ['without a name', '<tool_call>{"arguments": {}}</tool_call>'],
    ['another JSON', '{"answer": 42}'],
  ])('%s: it is shown as text', (_, text) => {
    const { shown, reply } = read([text], { callsTools: true });
    expect(reply).toMatchObject({ text, calls: [] });
    expect(shown.join('')).toBe(text);
  });

  test('are text where no tools were given', () => {
    expect(read([call]).reply).toMatchObject({ text: call, calls: [] });
  });
});

describe('text of tokens', () => {
  const decoder = new TextDecoder();
  const decode = (tokens: readonly number[]): string => decoder.decode(Uint8Array.from(tokens));
  const spell = (bytes: Iterable<number>): string[] => {
    const text = createTokenText(decode);
    return [...Array.from(bytes, (byte) => text.push(byte)), text.end()];
  };

  test('has no part of a character, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const pieces = spell(new TextEncoder().encode(text));
        expect(pieces.join('')).toBe(text);
        if (!text.includes('\ufffd')) expect(pieces.filter((piece) => piece.includes('\ufffd'))).toEqual([]);
      }),
    );
  });

  test('is not held for ever when bytes make no character', () => {
    const pieces = spell([0xff, 0xff, ...Array.from({ length: 40 }, () => 0x80)]);
    expect(pieces.slice(0, 20).join('')).not.toBe('');
    expect(pieces.join('')).toMatch(/^\ufffd+$/);
    expect(spell([0x41, 0xe2, 0x82])).toEqual(['A', '', '', '\ufffd']);
  });
});
