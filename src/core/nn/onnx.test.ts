import { expect, test, describe } from 'vitest';
import { type Graph, type Tensor, createGraph } from '#core/nn/graph.ts';
import { embeddingNormal } from '#core/nn/initialisers.ts';
import { attentionBlock, embeddingBag, linear, mlp } from '#core/nn/layers.ts';
import { concat, reshape } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { mul } from '#core/nn/ops.ts';
import { initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import { readMetadata } from '#core/nn/readMetadata.ts';
import { createRng } from '#core/rl/rng.ts';
import { type Feed, openSession } from '#node/onnx/session.ts';

/** A pointer over the items of sets, as the policy is one: words and features, attention, a score for each item. */
function pointer(): { graph: Graph; logits: Tensor } {
  const graph = createGraph();
  const rows = graph.input('rows', 'int64', ['B*L', 'W']);
  const words = embeddingBag(
    graph.parameter('words', [300, 16], embeddingNormal),
    rows,
    graph.input('weights', 'float', ['B*L', 'W']),
  );
  const features = graph.input('features', 'float', ['B', 'L', 8]);
  const mask = graph.input('mask', 'float', ['B', 'L']);
  const items = linear(concat([reshape(words, ['B', 'L', 16]), features], -1), 'enter', 32);
  const seen = attentionBlock(items, mask, 'block', { heads: 4 });
  return { graph, logits: reshape(mlp(seen, 'score', [24, 1]), ['B', 'L']) };
}

function batch(seed: number, b: number, l: number): Record<string, Feed> {
  const rng = createRng(seed);
  const floats = (shape: number[]): Feed => {
    const size = shape.reduce((n, dim) => n * dim, 1);
    return { data: Float32Array.from({ length: size }, () => 2 * rng.next() - 1), shape };
  };
  const rows = Int32Array.from({ length: b * l * 5 }, () => Math.floor(rng.next() * 300));
  const mask = Float32Array.from({ length: b * l }, (_, i) => (i % l && rng.next() < 0.2 ? -1e9 : 0));
  return {
    rows: { data: rows, shape: [b * l, 5] },
    weights: { ...floats([b * l, 5]), data: Float32Array.from({ length: b * l * 5 }, () => rng.next()) },
    features: floats([b, l, 8]),
    mask: { data: mask, shape: [b, l] },
  };
}

const { graph, logits } = pointer();
const layout = parameterLayout(graph);
const flat = initialParameters(graph, createRng(11)).map((value, i) => value + 0.05 * Math.sin(i));
const named = unflatten(layout, flat);
const fedParameters = Object.fromEntries(
  layout.entries.map(({ name, shape }): [string, Feed] => [name, { data: named.get(name)!, shape }]),
);

async function logitsOf(model: Uint8Array, feeds: Readonly<Record<string, Feed>>): Promise<number[]> {
  const session = await openSession(model);
  const results = await session.run(feeds);
  await session.close();
  return Array.from(results['logits']!.data, Number);
}

describe('one graph', () => {
  const outputs = { logits };

  test('gives the same logits to the last bit, with its parameters fed or in the file', async () => {
    for (const [b, l] of [
      [1, 1],
      [3, 7],
      [8, 64],
    ] as const) {
      const feeds = batch(b, b, l);
      const inference = await logitsOf(writeModel({ graph, outputs, parameters: named }), feeds);
      const training = await logitsOf(writeModel({ graph, outputs, parameters: 'inputs' }), {
        ...feeds,
        ...fedParameters,
      });
      expect(new Set(training).size).toBeGreaterThan(Math.min(training.length - 1, 10));
      expect(inference).toEqual(training);
    }
  });

  test('is written in the same bytes every time', () => {
    const again = pointer();
    expect(writeModel({ graph: again.graph, outputs: { logits: again.logits }, parameters: named })).toEqual(
      writeModel({ graph, outputs, parameters: named }),
    );
  });

  test('is computed with rounded weights, where they are stored rounded', async () => {
    const feeds = batch(1, 2, 5);
    const sizes = new Map<string, number>();
    const exact = await logitsOf(writeModel({ graph, outputs, parameters: named }), feeds);
    for (const storage of ['float32', 'float16', 'int8'] as const) {
      const model = writeModel({ graph, outputs, parameters: named, storage });
      sizes.set(storage, model.length);
      const furthest = Math.max(...(await logitsOf(model, feeds)).map((value, i) => Math.abs(value - exact[i]!)));
      const bound = { float32: 0, float16: 2e-3, int8: 2e-2 }[storage];
      expect(furthest, storage).toBeLessThanOrEqual(bound);
      if (storage !== 'float32') expect(furthest, storage).toBeGreaterThan(0);
    }
    expect(sizes.get('float16')).toBeLessThan(sizes.get('float32')! * 0.9);
    expect(sizes.get('int8')).toBeLessThan(sizes.get('float16')! * 0.95);
  });

  test('refuses parameters that are not its own', () => {
    const other = new Map(named).set('words', new Float32Array(3));
    expect(() => writeModel({ graph, outputs, parameters: other })).toThrow(/words needs 4800 values and has 3 values/);
    expect(() => writeModel({ graph, outputs, parameters: new Map() })).toThrow(/has no values/);
  });
});

describe('a model', () => {
  test('says what it is', () => {
    const metadata = { features: 'idf\nturn', words: 'é €\u{1f600}', __proto__x: '', empty: '' };
    const facts = readMetadata(
      writeModel({ graph, outputs: { logits }, parameters: named, metadata, storage: 'float16' }),
    );
    if (!facts.ok) throw new Error(facts.reason);
    expect(facts.metadata).toEqual(metadata);
    expect(facts.inputs).toEqual([
      { name: 'rows', shape: ['B*L', 'W'] },
      { name: 'weights', shape: ['B*L', 'W'] },
      { name: 'features', shape: ['B', 'L', 8] },
      { name: 'mask', shape: ['B', 'L'] },
    ]);
    expect(facts.outputs).toEqual([{ name: 'logits', shape: ['B', 'L'] }]);
    expect(facts.initialisers).toContainEqual({ name: 'words%half', shape: [300, 16] });
    expect(facts.initialisers).toContainEqual({ name: 'score.1.bias', shape: [1] });
  });

  test('holds only what its outputs need', () => {
    const small = createGraph();
    const x = small.input('x', 'float', ['N']);
    const y = mul(
      x,
      small.parameter('scale', [1], () => Float32Array.of(2)),
    );
    mul(
      y,
      small.parameter('unused', [1], () => Float32Array.of(2)),
    );
    small.input('also unused', 'float', ['N']);
    const facts = readMetadata(writeModel({ graph: small, outputs: { y }, parameters: 'inputs' }));
    expect(facts).toMatchObject({ ok: true, inputs: [{ name: 'x' }, { name: 'scale' }], initialisers: [] });
  });

  test('may put out its inputs, its parameters and one tensor twice', async () => {
    const small = createGraph();
    const x = small.input('x', 'float', ['N']);
    const scale = small.parameter('scale', [1], () => Float32Array.of(2));
    const y = mul(x, scale);
    const parameters = new Map([['scale', Float32Array.of(3)]]);
    const session = await openSession(
      writeModel({ graph: small, outputs: { x2: x, scale2: scale, y, again: y }, parameters }),
    );
    const results = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    const found = Object.entries(results).map(([name, { data }]) => [name, ...data]);
    expect(found).toEqual([
      ['x2', 1, 2],
      ['scale2', 3],
      ['y', 3, 6],
      ['again', 3, 6],
    ]);
  });

  test('has no two tensors of one name', () => {
    const small = createGraph();
    const x = small.input('x', 'float', []);
    for (const name of ['x', '%0'])
      expect(() => writeModel({ graph: small, outputs: { [name]: mul(x, x) }, parameters: 'inputs' })).toThrow(
        /No output/,
      );
    for (const name of ['', 'a%b']) expect(() => small.input(name, 'float', [])).toThrow(/cannot be a name/);
  });
});
