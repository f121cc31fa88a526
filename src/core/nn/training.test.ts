/** The whole chain, from a network to a training step: against another library, with several threads, and learning. */
import { numpy as np, defaultDevice, init, nn, valueAndGrad } from '@jax-js/jax';
import { beforeAll, describe, expect, test } from 'vitest';
import { startAdam, updateAdam } from '#core/nn/adam.ts';
import { gradients } from '#core/nn/gradient.ts';
import { createGraph } from '#core/nn/graph.ts';
import { embeddingNormal } from '#core/nn/initialisers.ts';
import { embeddingBag, mlp } from '#core/nn/layers.ts';
import { gatherElements, gatherRows, sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { logSoftmax, mean, mul, neg } from '#core/nn/ops.ts';
import { flatten, initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import { createRng } from '#core/rl/rng.ts';
import { type Feed, type Session, openSession } from '#node/onnx/session.ts';

const [ROWS, WORDS, VOCABULARY, WIDTH, HIDDEN, CLASSES] = [24, 3, 17, 6, 9, 4];

/** Bags of words to classes: an embedding, a network of two layers, the cross-entropy of a softmax. */
function classifier() {
  const graph = createGraph();
  const table = graph.parameter('table', [VOCABULARY, WIDTH], embeddingNormal);
  const bag = embeddingBag(
    table,
    graph.input('words', 'int64', ['N', 'L']),
    graph.input('weights', 'float', ['N', 'L']),
  );
  const logProbs = logSoftmax(mlp(bag, 'net', [HIDDEN, CLASSES], { activation: 'tanh' }));
  const loss = neg(mean(gatherElements(logProbs, graph.input('labels', 'int64', ['N', 1]), -1)));
  const layout = parameterLayout(graph);
  const all = gradients(graph, loss, graph.parameters);
  const outputs = Object.fromEntries(layout.entries.map(({ name }, i) => [`d ${name}`, all[i]!]));
  return { graph, layout, model: writeModel({ graph, outputs: { loss, ...outputs }, parameters: 'inputs' }) };
}

const rng = createRng(21);
const below = (size: number, count: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: count }, () => Math.floor(rng.next() * size));
const words = below(VOCABULARY, ROWS * WORDS);
const weights = Float32Array.from({ length: ROWS * WORDS }, () => (rng.next() < 0.2 ? 0 : rng.next() + 0.1));
// A class that the words decide, so that there is something to be learned.
const labels = Int32Array.from({ length: ROWS }, (_, i) => words[i * WORDS]! % CLASSES);
const batch = {
  words: { data: words, shape: [ROWS, WORDS] },
  weights: { data: weights, shape: [ROWS, WORDS] },
  labels: { data: labels, shape: [ROWS, 1] },
};

const { graph, layout, model } = classifier();
const first = initialParameters(graph, createRng(2));

async function step(session: Session, parameters: Float32Array) {
  const named = unflatten(layout, parameters);
  const fed = layout.entries.map(({ name, shape }): [string, Feed] => [name, { data: named.get(name)!, shape }]);
  const results = await session.run({ ...batch, ...Object.fromEntries(fed) });
  const found = layout.entries.map(({ name }) => [name, results[`d ${name}`]!.data as Float32Array] as const);
  return { loss: Number(results['loss']!.data[0]), gradient: flatten(layout, new Map(found)) };
}

describe('a training step', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession(model);
  });

  test('has the loss and the gradients that jax-js finds', async () => {
    const theirs = await jaxStep();
    const ours = await step(session, first);
    expect(ours.loss).toBeCloseTo(theirs.loss, 5);
    expect(ours.gradient.length).toBe(theirs.gradient.length);
    expect(Math.max(...theirs.gradient.map(Math.abs))).toBeGreaterThan(0.01);
    const furthest = Math.max(...ours.gradient.map((value, i) => Math.abs(value - theirs.gradient[i]!)));
    expect(furthest).toBeLessThan(2e-6);
  });

  test('repeated, learns the classes', async () => {
    let { state, parameters } = { state: startAdam(layout.size), parameters: first };
    const { loss: before } = await step(session, parameters);
    for (let i = 0; i < 150; i++) {
      const { gradient } = await step(session, parameters);
      ({ state, parameters } = updateAdam(state, parameters, gradient, { learningRate: 0.02, clipNorm: 1 }));
    }
    const { loss } = await step(session, parameters);
    expect(before).toBeGreaterThan(1);
    expect(loss).toBeLessThan(0.1);
  });
});

/** The same network, written down for the other library. Its arrays are used up by what they are given to. */
async function jaxStep() {
  await init('wasm');
  defaultDevice('wasm');
  const named = unflatten(layout, first);
  const start = Object.fromEntries(
    layout.entries.map(({ name, shape }) => [
      name,
      np.array(named.get(name)! as Float32Array<ArrayBuffer>).reshape([...shape]),
    ]),
  );
  const integers = (data: Int32Array<ArrayBuffer>): np.Array => np.array(data, { dtype: np.int32 });
  const lossOf = (given: Record<string, np.Array>): np.Array => {
    const weight = np.array(weights).reshape([ROWS, WORDS, 1]);
    const rows = np.take(given['table']!, integers(words), 0).reshape([ROWS, WORDS, WIDTH]);
    const bag = np.sum(rows.mul(weight.ref), 1).div(np.maximum(np.sum(weight, 1), 1e-6));
    const hidden = np.tanh(np.matmul(bag, given['net.0.weight']!).add(given['net.0.bias']!));
    const logits = np.matmul(hidden, given['net.1.weight']!).add(given['net.1.bias']!);
    const right = nn.oneHot(integers(labels), CLASSES);
    return np.sum(nn.logSoftmax(logits).mul(right)).mul(-1 / ROWS);
  };
  const [loss, found] = valueAndGrad(lossOf)(start);
  const lists: [string, Float32Array][] = [];
  for (const { name } of layout.entries) lists.push([name, Float32Array.from(await found[name]!.data())]);
  return { loss: Number((await loss.data())[0]), gradient: flatten(layout, new Map(lists)) };
}

test('gradients of an embedding are exact with several threads, every time', async () => {
  // With these sizes, ScatterND in the place of ScatterElements loses additions in every run with four threads.
  const [vocabulary, width, count] = [3, 16, 20_000];
  const small = createGraph();
  const table = small.input('table', 'float', [vocabulary, width]);
  const rows = small.input('rows', 'int64', ['N']);
  const loss = sum(mul(gatherRows(table, rows), small.input('g', 'float', ['N', width])));
  const outputs = { gradient: gradients(small, loss, [table])[0]! };
  const bytes = writeModel({ graph: small, outputs, parameters: 'inputs' });
  // Small whole numbers add up without rounding, in whatever order: a lost addition is the only way to differ.
  const picked = below(vocabulary, count);
  const g = Float32Array.from({ length: count * width }, () => Math.floor(rng.next() * 9) - 4);
  const expected = new Float32Array(vocabulary * width);
  for (const [i, value] of g.entries()) expected[picked[Math.floor(i / width)]! * width + (i % width)]! += value;
  const feeds = {
    table: { data: new Float32Array(vocabulary * width), shape: [vocabulary, width] },
    rows: { data: picked, shape: [count] },
    g: { data: g, shape: [count, width] },
  };
  for (const threads of [1, 2, 4]) {
    const session = await openSession(bytes, { threads });
    for (let i = 0; i < 8; i++) expect((await session.run(feeds))['gradient']!.data).toEqual(expected);
    await session.close();
  }
});

test('a training step with two threads is that with one, every time', async () => {
  const [rows, width] = [512, 96];
  const large = createGraph();
  const x = large.input('x', 'float', ['N', width]);
  const loss = mean(mul(logSoftmax(mlp(x, 'net', [256, 256, 5])), large.input('g', 'float', ['N', 5])));
  const outputs = Object.fromEntries(gradients(large, loss, large.parameters).map((g, i) => [`d ${i}`, g]));
  const parameters = unflatten(parameterLayout(large), initialParameters(large, createRng(3)));
  const bytes = writeModel({ graph: large, outputs, parameters });
  const floats = (size: number): Feed => ({
    data: Float32Array.from({ length: rows * size }, () => rng.next() - 0.5),
    shape: [rows, size],
  });
  const feeds = { x: floats(width), g: floats(5) };
  const expected = await (await openSession(bytes)).run(feeds);
  const session = await openSession(bytes, { threads: 2 });
  for (let i = 0; i < 8; i++) expect(await session.run(feeds)).toEqual(expected);
});
