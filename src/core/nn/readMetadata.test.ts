import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGraph } from '#core/nn/graph.ts';
import { linear } from '#core/nn/layers.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import { decodeUtf8, encodeUtf8 } from '#core/nn/protobuf.ts';
import { readMetadata } from '#core/nn/readMetadata.ts';
import { createRng } from '#core/rl/rng.ts';

const graph = createGraph();
const y = linear(graph.input('x', 'float', ['N', 3]), 'layer', 2);
const parameters = unflatten(parameterLayout(graph), initialParameters(graph, createRng(1)));
const model = (metadata: Record<string, string>): Uint8Array =>
  writeModel({ graph, outputs: { y }, parameters, metadata });

const SEEDED = { seed: 4, numRuns: 400 };

test('metadata is read as it was written, any key and any words', () => {
  const keys = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', ''));
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.string({ unit: 'binary' })), { maxLength: 5 }), (pairs) => {
      const metadata = Object.fromEntries(pairs);
      const facts = readMetadata(model(metadata));
      expect(facts.ok && Object.entries(facts.metadata)).toEqual(Object.entries(metadata));
    }),
    { seed: 4, numRuns: 150 },
  );
});

test('any bytes give facts or a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => isFactsOrReason(readMetadata(bytes))),
    SEEDED,
  );
});

test('a damaged model gives facts or a reason', () => {
  const whole = model({ features: 'a b c' });
  const at = fc.nat({ max: whole.length - 1 });
  const damage = fc.array(fc.tuple(at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, at, (changes, end) => {
      const damaged = whole.slice();
      for (const [place, byte] of changes) damaged[place] = byte;
      isFactsOrReason(readMetadata(damaged));
      isFactsOrReason(readMetadata(whole.subarray(0, end)));
    }),
    SEEDED,
  );
});

test('lengths and numbers beyond the file are refused', () => {
  const reasons: readonly (readonly [number[], RegExp])[] = [
    [[], /no graph/],
    [[0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f], /ends too late/],
    [[0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], /ends too late/],
    [[0x08, 0xff], /no end/],
    [Array.from({ length: 20 }, () => 0xff), /no end/],
    [[0x3b], /ends too late/],
    [[0x3a, 0, 0x3a, 0], /several graphs/],
    [[0x3a, 0, 0x72, 3, 0x0a, 1, 0xff], /UTF-8/],
  ];
  for (const [bytes, reason] of reasons) {
    const facts = readMetadata(Uint8Array.from(bytes));
    expect(facts.ok ? '' : facts.reason).toMatch(reason);
  }
});

test('texts are encoded as the platform does it, and what is not UTF-8 is refused as there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
      expect(decodeUtf8(encodeUtf8(text))).toBe(text.toWellFormed());
    }),
    SEEDED,
  );
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
      expect(outcome(() => decodeUtf8(bytes))).toBe(outcome(() => decoder.decode(bytes)));
    }),
    { seed: 4, numRuns: 3000 },
  );
});

function isFactsOrReason(facts: ReturnType<typeof readMetadata>): void {
  if (facts.ok) expect(Array.isArray(facts.initialisers)).toBe(true);
  else expect(facts.reason).toMatch(/^This is no model, or a damaged one: .+\.$/);
}

function outcome(decode: () => string): string | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
