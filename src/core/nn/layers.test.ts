import { describe, expect, test } from 'vitest';
import { type Tensor, createGraph } from '#core/nn/graph.ts';
import { embeddingNormal, smallNormal } from '#core/nn/initialisers.ts';
import { attentionBlock, embeddingBag, layerNorm, linear, mlp } from '#core/nn/layers.ts';
import { sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { logSoftmax, mul } from '#core/nn/ops.ts';
import { initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import { createRng } from '#core/rl/rng.ts';
import { type Feed, openSession } from '#node/onnx/session.ts';
import { type GradientCase, checkGradients } from '../../../test/fakes/gradientCheck.ts';

const MASK = [0, 0, -1e9, 0, -1e9, -1e9];

const LAYERS: Readonly<Record<string, GradientCase>> = {
  linear: { floats: { x: ['U', 'T', 3] }, build: ({ x }) => linear(x!, 'l', 2) },
  layerNorm: { floats: { x: ['S', 5] }, build: ({ x }) => layerNorm(x!, 'n') },
  'mlp of gelu': { floats: { x: ['S', 3] }, build: ({ x }) => logSoftmax(mlp(x!, 'm', [4, 4, 2])) },
  'mlp of tanh': { floats: { x: ['S', 3] }, build: ({ x }) => mlp(x!, 'm', [4, 2], { activation: 'tanh' }) },
  'mlp of relu': { floats: { x: ['S', 3] }, build: ({ x }) => mlp(x!, 'm', [4, 2], { activation: 'relu' }) },
  embeddingBag: {
    floats: { weights: ['S', 3] },
    between: [0.1, 1],
    integers: { rows: { shape: ['S', 3], values: [0, 1, 1, 4, 4, 4, 2, 0, 0, 3, 1, 2] } },
    build: ({ weights, rows }, graph) =>
      embeddingBag(graph.parameter('table', [5, 2], embeddingNormal), rows!, weights!),
  },
  attentionBlock: {
    floats: { x: ['U', 'T', 4] },
    build: ({ x }, graph) => {
      const mask = x!.shape[0] === 'U' ? undefined : graph.constant(MASK, 'float', [2, 3]);
      return attentionBlock(x!, mask ?? mul(sum(x!, [2]), 0.5), 'block', { heads: 2, hidden: 6 });
    },
  },
};

describe('gradients of layers and of their parameters', () => {
  for (const [name, check] of Object.entries(LAYERS))
    test(name, async () => {
      for (const named of [true, false])
        for (const result of await checkGradients(check, named)) {
          expect(result.error, result.name).toBeLessThan(1e-7);
          expect(result.rounding, result.name).toBeLessThan(1e-5);
        }
    });
});

describe('results', () => {
  test('a layer norm has rows of mean 0 and variance 1', async () => {
    const y = await compute((x) => layerNorm(x, 'n'), {
      data: Float32Array.of(1, 2, 3, 10, -4, 6, 0, 100),
      shape: [2, 4],
    });
    for (const row of [y.slice(0, 4), y.slice(4)]) {
      const average = row.reduce((a, b) => a + b) / 4;
      expect(average).toBeCloseTo(0, 6);
      expect(row.reduce((a, b) => a + (b - average) ** 2, 0) / 4).toBeCloseTo(1, 4);
    }
  });

  test('an embedding bag is a weighted mean, and nothing without weights', async () => {
    const graph = createGraph();
    const table = graph.constant([1, 10, 2, 20, 3, 30], 'float', [3, 2]);
    const bag = embeddingBag(
      table,
      graph.input('rows', 'int64', ['N', 'L']),
      graph.input('weights', 'float', ['N', 'L']),
    );
    const session = await openSession(writeModel({ graph, outputs: { bag }, parameters: 'inputs' }));
    const results = await session.run({
      rows: { data: Int32Array.of(0, 2, 1, 1, 2, 0), shape: [3, 2] },
      weights: { data: Float32Array.of(3, 1, 1, 0, 0, 0), shape: [3, 2] },
    });
    expect([...results['bag']!.data]).toEqual([1.5, 15, 2, 20, 0, 0]);
  });

  test('in an attention block, order does not matter, nor what is masked', async () => {
    const block = async (items: readonly number[][], mask: readonly number[]): Promise<number[]> =>
      compute((x, graph) => attentionBlock(x, graph.constant(mask, 'float', [1, mask.length]), 'b', { heads: 2 }), {
        data: Float32Array.from(items.flat()),
        shape: [1, items.length, 4],
      });
    const [a, b, c] = [
      [1, 2, 3, 4],
      [-1, 0, 5, 1],
      [9, 9, -9, 0],
    ] as [number[], number[], number[]];
    const plain = await block([a, b], [0, 0]);
    const turned = await block([b, a], [0, 0]);
    const padded = await block([a, b, c], [0, 0, -1e9]);
    expectClose(turned, [...plain.slice(4), ...plain.slice(0, 4)]);
    expectClose(padded.slice(0, 8), plain);
    expect((await block([a, b, c], [0, 0, 0])).slice(0, 8)).not.toEqual(padded.slice(0, 8));
  });

  test('one name for two layers, heads that do not divide the width and unknown widths are refused', () => {
    const graph = createGraph();
    const x = graph.input('x', 'float', ['B', 'L', 6]);
    linear(x, 'same', 2);
    expect(() => linear(x, 'same', 2)).toThrow(/named same.weight/);
    expect(() => attentionBlock(x, graph.input('m', 'float', ['B', 'L']), 'b', { heads: 4 })).toThrow(/4 heads/);
    expect(() => linear(graph.input('y', 'float', ['B', 'W']), 'y', 2)).toThrow(/no size that is known/);
  });
});

describe('parameters', () => {
  const graph = createGraph();
  mlp(graph.input('x', 'float', ['B', 300]), 'net', [200, 5], { last: smallNormal });
  const layout = parameterLayout(graph);

  test('lie one after the other, and can be taken apart and put together', () => {
    expect(layout.entries.map(({ name, offset }) => [name, offset])).toEqual([
      ['net.0.weight', 0],
      ['net.0.bias', 60_000],
      ['net.1.weight', 60_200],
      ['net.1.bias', 61_200],
    ]);
    const flat = initialParameters(graph, createRng(1));
    expect(flat.length).toBe(layout.size);
    expect(initialParameters(graph, createRng(1))).toEqual(flat);
    expect(initialParameters(graph, createRng(2))).not.toEqual(flat);
    expect(() => unflatten(layout, flat.subarray(1))).toThrow(/61205 parameters and was given 61204/);
  });

  test('begin with the deviation of their initialiser', () => {
    const named = unflatten(layout, initialParameters(graph, createRng(1)));
    expect(deviation(named.get('net.0.weight')!)).toBeCloseTo(Math.sqrt(2 / 300), 3);
    expect(deviation(named.get('net.1.weight')!)).toBeCloseTo(0.01, 3);
    expect(deviation(named.get('net.1.bias')!)).toBe(0);
  });
});

async function compute(build: (x: Tensor, graph: Tensor['graph']) => Tensor, feed: Feed): Promise<number[]> {
  const graph = createGraph();
  const y = build(graph.input('x', 'float', feed.shape), graph);
  const parameters = unflatten(parameterLayout(graph), initialParameters(graph, createRng(5)));
  const session = await openSession(writeModel({ graph, outputs: { y }, parameters }));
  return Array.from((await session.run({ x: feed }))['y']!.data, Number);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
}
