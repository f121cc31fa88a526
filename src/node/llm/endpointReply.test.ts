import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ModelReply } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { createReplyReader } from './endpointReply.ts';

interface Read {
  readonly reply: ModelReply | undefined;
  readonly failure: ModelFailure | undefined;
  readonly said: string;
}

function read(pieces: readonly string[], stop: readonly string[] = []): Read {
  let said = '';
  const take = (piece: string): void => void (said += piece);
  const asked = { origin: 'http://localhost', key: undefined };
  const reader = createReplyReader({ asked, take, stop, maxCharacters: 1_000, knownIds: [] });
  try {
    for (const piece of pieces) if (reader.push(piece) === 'nothing') break;
    return { reply: reader.reply(), failure: undefined, said };
  } catch (failure) {
    expect(failure).toBeInstanceOf(ModelFailure);
    return { reply: undefined, failure: failure as ModelFailure, said };
  }
}

/** `text` cut at these shares of its length. */
function cut(text: string, shares: readonly number[]): string[] {
  const places = [0, ...shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, i) => text.slice(places[i], end));
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
const word = fc.oneof(fc.string(), fc.constantFrom('<end>', '<en', 'd>', '🙂', '\ud83d', '\ude42', '\r\n', 'data: '));
const part = fc.oneof(
  fc.record({ content: word }),
  fc.record({
    tool_calls: fc.array(
      fc.record(
        {
          index: fc.nat(3),
          id: fc.constantFrom('', 'a', 'b'),
          function: fc.record({ name: fc.constantFrom('', 'x'), arguments: word }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
  }),
);
const stream = fc
  .tuple(fc.array(part, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('stop', 'length', null))
  .map(([parts, lineEnd, finish]) =>
    [...parts, {}]
      .map((delta, i) => ({ choices: [{ delta, finish_reason: i === parts.length ? finish : null }] }))
      .map((object) => `data: ${JSON.stringify(object)}${lineEnd}${lineEnd}`)
      .join(''),
  );

test('a reply does not hang on how it was cut into pieces', () => {
  fc.assert(
    fc.property(stream, shares, fc.constantFrom([], ['<end>'], ['<end>', 'nd>']), (text, places, stop) => {
      const whole = read([text], stop);
      expect(read(cut(text, places), stop)).toEqual(whole);
      expect(read([...text], stop)).toEqual(whole);
    }),
  );
});

const json = fc.json({ maxDepth: 4 });
const odd = fc
  .array(
    fc.oneof(
      json.map((value) => `data: ${value}\n\n`),
      json.map((value) => `{"choices":[{"delta":${value}}]}`),
      json.map((value) => `data: {"choices":[{"message":{"content":${value},"tool_calls":[${value}]}}]}\n\n`),
      json.map((value) => `data: {"choices":${value},"error":${value}}\n\n`),
      json.map((value) => `error: ${value}\n`),
      fc.string(),
      fc.constantFrom('data: [DONE]\n\n', '\n', '\r', ':', 'event: error\n', 'data', '{', '<', '\ufeff'),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('whatever comes is a reply or a failure with a sentence', () => {
  fc.assert(
    fc.property(odd, shares, (text, places) => {
      const { reply, failure, said } = read(cut(text, places));
      if (reply) expect(said).toBe(reply.text);
      else expect(failure?.message).toMatch(/^http:\/\/localhost .*[."]$|^The .*[."]$/s);
      if (reply) expect(new Set(reply.calls.map(({ id }) => id)).size).toBe(reply.calls.length);
    }),
    { numRuns: 500 },
  );
});
