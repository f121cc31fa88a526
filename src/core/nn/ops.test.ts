import { describe, expect, test } from 'vitest';
import { gradients } from '#core/nn/gradient.ts';
import { type Tensor, createGraph } from '#core/nn/graph.ts';
import * as linearOps from '#core/nn/linearOps.ts';
import {
  reshape,
  reshapeLike,
  transpose,
  expandLike,
  sum,
  sumTo,
  concat,
  split,
  slice,
  gatherRows,
  gatherElements,
  cast,
  stopGradient,
  withOnes,
} from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import * as ops from '#core/nn/ops.ts';
import {
  matmul,
  add,
  sub,
  mul,
  div,
  max,
  min,
  clip,
  where,
  equal,
  less,
  lessOrEqual,
  greater,
  greaterOrEqual,
  and,
  or,
  not,
  mean,
  reduceMax,
} from '#core/nn/ops.ts';
import { openSession } from '#node/onnx/session.ts';
import { type GradientCase, checkGradients } from '../../../test/fakes/gradientCheck.ts';

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const each = (op: Unary, between: readonly [number, number] = [-2, 2]): GradientCase[] => [
  { floats: { x: ['S', 3] }, between, build: ({ x }) => op(x!) },
];

/** Equal shapes, a missing dimension, ones on both sides, a number. */
const both = (op: Binary, between: readonly [number, number] = [-2, 2]): GradientCase[] => [
  { floats: { a: ['S', 3], b: ['S', 3] }, between, build: ({ a, b }) => op(a!, b!) },
  { floats: { a: ['S', 3], b: [3] }, between, build: ({ a, b }) => op(a!, b!) },
  { floats: { a: [3, 1], b: ['S', 1, 2] }, between, build: ({ a, b }) => op(a!, b!) },
  { floats: { a: [], b: ['S', 'T'] }, between, build: ({ a, b }) => op(a!, b!) },
];

const product = (a: GradientCase['floats'][string], b: typeof a, options?: ops.MatmulOptions): GradientCase => ({
  floats: { a, b },
  build: (given) => matmul(given['a']!, given['b']!, options),
});

const A = { transposeA: true };
const B = { transposeB: true };

const CASES: Readonly<Record<string, readonly GradientCase[]>> = {
  matmul: [
    product(['S', 3], [3, 2]),
    product([3, 'S'], [3, 2], A),
    product(['S', 3], [2, 3], B),
    product([3, 'S'], [2, 3], { ...A, ...B }),
    product(['U', 'S', 3], [3, 2]),
    product(['U', 'S', 3], [2, 3], B),
    product(['U', 2, 'S', 3], [2, 3], B),
    product(['U', 'S', 3], ['U', 3, 'T']),
    product(['U', 3, 'S'], ['U', 3, 'T'], A),
    product(['U', 'S', 3], ['U', 'T', 3], B),
    product(['U', 3, 'S'], ['U', 'T', 3], { ...A, ...B }),
    product(['U', 2, 'S', 3], ['U', 2, 'T', 3], B),
    { floats: { x: ['S', 'S'] }, build: ({ x }) => matmul(x!, x!, B) },
  ],
  add: both(add),
  sub: both(sub),
  mul: both(mul),
  div: both(div, [0.5, 2]),
  max: both(max),
  min: both(min),
  neg: each(ops.neg),
  exp: each(ops.exp),
  log: each(ops.log, [0.3, 3]),
  sqrt: each(ops.sqrt, [0.3, 3]),
  tanh: each(ops.tanh),
  sigmoid: each(ops.sigmoid),
  relu: each(ops.relu),
  softplus: each(ops.softplus),
  gelu: each(ops.gelu),
  clip: each((x) => clip(x, -0.8, 1.1)),
  where: [
    { floats: { a: ['S', 3], b: [3] }, build: ({ a, b }) => where(less(a!, 0.2), a!, b!) },
    { floats: { a: ['S', 1], b: [3] }, build: ({ a, b }) => where(greater(b!, 0), mul(a!, b!), a!) },
  ],
  mean: [
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => mean(x!) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => mean(x!, [0, 2]) },
    { floats: { x: ['S', 3] }, build: ({ x }) => mean(x!, [-1], true) },
  ],
  reduceMax: [
    { floats: { x: ['S', 3] }, build: ({ x }) => reduceMax(x!, -1) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => reduceMax(x!, 1, true) },
  ],
  softmax: each(ops.softmax),
  logSoftmax: each(ops.logSoftmax),
  logSumExp: [...each((x) => ops.logSumExp(x)), ...each((x) => ops.logSumExp(x, true))],
  reshape: [
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => reshape(mul(x!, x!), ['rows', 2]) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => mul(reshape(x!, [-1, 2]), reshape(x!, [-1, 2])) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => reshape(reshape(mul(x!, x!), [-1, 2]), x!.shape) },
    { floats: { x: ['S', 'T', 4] }, build: ({ x }) => reshape(x!, [...x!.shape.slice(0, 2), 2, 2]) },
    { floats: { x: ['S', 3] }, build: ({ x }) => reshape(x!, ['S', 1, 3]) },
    { floats: { x: [2, 6] }, build: ({ x }) => reshape(x!, [3, -1]) },
  ],
  reshapeLike: [
    { floats: { x: ['S*T'], y: ['S', 'T'] }, build: ({ x, y }) => mul(reshapeLike(x!, y!), y!) },
    { floats: { x: ['S', 1, 'T'], y: ['S', 'T'] }, build: ({ x, y }) => mul(reshapeLike(x!, y!), y!) },
  ],
  transpose: [
    { floats: { x: ['S', 3] }, build: ({ x }) => transpose(x!) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => transpose(x!, [1, 2, 0]) },
  ],
  expandLike: [{ floats: { x: [3, 1], y: ['U', 3, 'S'] }, build: ({ x, y }) => mul(expandLike(x!, y!), y!) }],
  sum: [
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => sum(x!) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => sum(x!, [2, 0]) },
    { floats: { x: ['S', 'T', 2] }, build: ({ x }) => sum(x!, [1], true) },
    { floats: { x: [] }, build: ({ x }) => sum(x!) },
  ],
  sumTo: [{ floats: { x: ['S', 3, 2], y: [3, 1] }, build: ({ x, y }) => mul(sumTo(x!, y!), y!) }],
  withOnes: [{ floats: { x: ['S', 3], y: [3] }, build: ({ x, y }) => mul(withOnes(y!, x!.shape, [0]), x!) }],
  concat: [
    { floats: { a: ['S', 1], b: ['S', 2] }, build: ({ a, b }) => concat([a!, b!, a!], 1) },
    { floats: { a: ['S', 2], b: ['T', 2] }, build: ({ a, b }) => concat([a!, b!], 0) },
    { floats: { a: ['S', 2], b: [1, 2] }, build: ({ a, b }) => concat([a!, b!], 0) },
  ],
  split: [
    { floats: { x: ['S', 6] }, build: ({ x }) => split(x!, [1, 2, 3], -1).map((part) => mul(part, part)) },
    { floats: { x: [4, 'S'] }, build: ({ x }) => split(x!, [3, 1], 0)[1]! },
  ],
  slice: [
    { floats: { x: ['S', 3] }, build: ({ x }) => slice(x!, 1, 1, 3) },
    { floats: { x: ['T', 'S'] }, build: ({ x }) => slice(x!, -1, 0, 2) },
  ],
  gatherRows: [
    {
      floats: { table: [5, 2] },
      integers: { rows: { shape: ['S'], values: [4, 0, 4, 2] } },
      build: ({ table, rows }) => gatherRows(table!, rows!),
    },
    {
      floats: { table: [3, 2] },
      integers: { rows: { shape: ['T', 'U'], values: [0, 2, 2, 2, 1, 0] } },
      build: ({ table, rows }) => gatherRows(table!, rows!),
    },
    {
      floats: { table: ['S', 1, 2] },
      integers: { rows: { shape: [3], values: [3, 3, 1] } },
      build: ({ table, rows }) => gatherRows(table!, rows!),
    },
    {
      floats: { table: ['S'] },
      integers: { rows: { shape: ['T', 2], values: [3, 3, 1, 0, 0, 3] } },
      build: ({ table, rows }) => gatherRows(table!, rows!),
    },
  ],
  gatherElements: [
    {
      floats: { x: ['S', 3] },
      integers: { at: { shape: ['S', 2], values: [2, 2, 0, 1, 1, 1, 0, 2] } },
      build: ({ x, at }) => gatherElements(x!, at!, -1),
    },
    {
      floats: { x: ['S', 'T'] },
      integers: { at: { shape: [2, 'T'], values: [3, 0, 3, 3, 1, 2] } },
      build: ({ x, at }) => gatherElements(x!, at!, 0),
    },
  ],
};

/** Through these nothing is learned. */
const UNLEARNED = [
  ...['equal', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'and', 'or', 'not'],
  ...['cast', 'stopGradient', 'shapeOf', 'zerosLike', 'countOf'],
];

describe('gradients against central differences in double precision', () => {
  for (const [op, cases] of Object.entries(CASES))
    test(op, async () => {
      for (const check of cases)
        for (const named of [true, false])
          for (const result of await checkGradients(check, named)) {
            expect(result.error, `${op}: ${result.name}`).toBeLessThan(1e-8);
            expect(result.rounding, `${op} in float32: ${result.name}`).toBeLessThan(3e-6);
            expect(result.largest, `${op}: ${result.name}`).toBeGreaterThan(0);
          }
    });

  test('of every operation', () => {
    const all = Object.keys({ ...ops, ...linearOps });
    expect(all.filter((name) => !CASES[name] && !UNLEARNED.includes(name))).toEqual([]);
  });
});

describe('results', () => {
  const some = [-30, -3, -1, -0.5, 0, 0.25, 1, 2, 30];
  const FUNCTIONS: readonly (readonly [string, Unary, (x: number) => number])[] = [
    ['neg', ops.neg, (x) => -x],
    ['exp', (x) => ops.exp(mul(x, 0.1)), (x) => Math.exp(x * 0.1)],
    ['tanh', ops.tanh, Math.tanh],
    ['sigmoid', ops.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
    ['relu', ops.relu, (x) => Math.max(x, 0)],
    ['softplus', ops.softplus, (x) => Math.log1p(Math.exp(x))],
    ['gelu', ops.gelu, (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
    ['clip', (x) => clip(x, -1, 2), (x) => Math.min(2, Math.max(-1, x))],
    ['sqrt of square', (x) => ops.sqrt(mul(x, x)), Math.abs],
    ['log of square', (x) => ops.log(add(mul(x, x), 1)), (x) => Math.log(x * x + 1)],
    ['a number before', (x) => sub(1, div(2, add(x, 100))), (x) => 1 - 2 / (x + 100)],
    ['larger', (x) => max(x, 0.5), (x) => Math.max(x, 0.5)],
    ['smaller', (x) => min(0.5, x), (x) => Math.min(x, 0.5)],
    ['comparisons', (x) => cast(not(or(less(x, -1), and(greater(x, 0), lessOrEqual(x, 1)))), 'float'), isKept],
    ['choice', (x) => where(or(equal(x, 2), greaterOrEqual(x, 30)), 7, x), (x) => (x === 2 || x >= 30 ? 7 : x)],
    ['integers', (x) => cast(add(cast(x, 'int64'), 1), 'float'), (x) => Math.trunc(x) + 1],
    ['stopped', (x) => stopGradient(x), (x) => x],
  ];

  for (const [name, op, expected] of FUNCTIONS)
    test(name, async () => {
      const results = await compute((x) => op(x), [some.length], some);
      for (const [i, value] of results.entries()) expect(value).toBeCloseTo(expected(some[i]!), 5);
    });

  const TABLES: readonly (readonly [string, Unary, readonly number[]])[] = [
    ['sum', (x) => sum(x, [0]), [5, 7, 9]],
    ['mean', (x) => mean(x, [1]), [2, 5]],
    ['reduceMax', (x) => reduceMax(x, 0), [4, 5, 6]],
    ['transpose', (x) => transpose(x), [1, 4, 2, 5, 3, 6]],
    ['slice', (x) => slice(x, 1, 1, 3), [2, 3, 5, 6]],
    ['split', (x) => split(x, [2, 1], 1)[1]!, [3, 6]],
    ['concat', (x) => concat([x, slice(x, 0, 0, 1)], 0), [1, 2, 3, 4, 5, 6, 1, 2, 3]],
    ['gatherRows', (x) => gatherRows(x, x.graph.constant([1, 1], 'int64')), [4, 5, 6, 4, 5, 6]],
    ['gatherElements', (x) => gatherElements(x, x.graph.constant([2, 0], 'int64', [2, 1]), 1), [3, 4]],
    ['matmul', (x) => matmul(x, x, B), [14, 32, 32, 77]],
    [
      'matmul of lists',
      (x) => matmul(reshape(x, [1, 2, 3]), reshape(x, [1, 2, 3]), A),
      [17, 22, 27, 22, 29, 36, 27, 36, 45],
    ],
    ['logSumExp', (x) => ops.logSumExp(mul(x, 1000)), [3000, 6000]],
    ['logSumExp of masked ones', (x) => ops.logSumExp(sub(x, 1e9)), [-1e9, -1e9]],
    ['softmax', (x) => ops.softmax(mul(x, 1000)), [0, 0, 1, 0, 0, 1]],
    ['logSoftmax', (x) => ops.logSoftmax(mul(x, 1000)), [-2000, -1000, 0, -2000, -1000, 0]],
  ];

  for (const [name, op, expected] of TABLES)
    test(name, async () => expect(await compute(op, [2, 3], [1, 2, 3, 4, 5, 6])).toEqual(expected));

  test('equal largest elements share the gradient, of equal operands the first has it', async () => {
    const graph = createGraph();
    const x = graph.input('x', 'float', [3]);
    const loss = add(reduceMax(x, 0), sum(mul(max(x, mul(x, 1)), 10)));
    const outputs = { gradient: gradients(graph, loss, [x])[0]! };
    const session = await openSession(writeModel({ graph, outputs, parameters: 'inputs' }));
    const { gradient } = await session.run({ x: { data: Float32Array.of(2, 1, 2), shape: [3] } });
    expect([...gradient!.data]).toEqual([10.5, 10, 10.5]);
  });

  test('nothing is learned through what is stopped', async () => {
    const graph = createGraph();
    const x = graph.input('x', 'float', [2]);
    const unused = graph.input('unused', 'float', [2]);
    const [dx, nothing] = gradients(graph, sum(mul(stopGradient(x), x)), [x, unused]);
    const session = await openSession(
      writeModel({ graph, outputs: { dx: dx!, nothing: nothing! }, parameters: 'inputs' }),
    );
    expect(session.inputs.map(({ name }) => name)).toEqual(['x']);
    const results = await session.run({ x: { data: Float32Array.of(2, 5), shape: [2] } });
    expect([...results['dx']!.data]).toEqual([2, 5]);
    expect([...results['nothing']!.data]).toEqual([0, 0]);
  });
});

describe('what does not fit is refused', () => {
  const graph = createGraph();
  const a = graph.input('a', 'float', ['S', 3]);
  const b = graph.input('b', 'float', ['T', 2]);
  const n = graph.input('n', 'int64', ['S', 3]);
  const WRONG: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['other sizes', () => add(a, b), /\[S, 3\] and \[T, 2\] do not fit/],
    ['inner sizes of a product', () => matmul(a, b), /cannot be multiplied/],
    ['other types', () => add(a, n), /Operands are of float and int64/],
    ['an axis', () => sum(a, [2]), /no axis 2/],
    ['a layout', () => reshape(graph.constant([1, 2, 3]), [2, 2]), /cannot be laid out/],
    ['what is left over of nothing known', () => reshape(a, ['T', -1]), /name the dimension/],
    ['parts', () => split(a, [1, 1], 1), /do not add up/],
    ['a piece', () => slice(a, 1, 2, 4), /no elements 2 to 4/],
    ['two of one name', () => graph.input('a', 'float', []), /named a/],
    ['a constant', () => graph.constant([1, 2], 'float', [3]), /was given 2 values/],
    ['a loss that is no scalar', () => gradients(graph, a, [a]), /A loss is one float/],
    ['numbers alone', () => add(1, 2), /at least one operand/],
  ];
  for (const [name, build, message] of WRONG) test(name, () => expect(build).toThrow(message));
});

const isKept = (x: number): number => (x < -1 || (x > 0 && x <= 1) ? 0 : 1);

async function compute(op: Unary, shape: readonly number[], values: readonly number[]): Promise<number[]> {
  const graph = createGraph();
  const outputs = { y: op(graph.input('x', 'float', shape)) };
  const session = await openSession(writeModel({ graph, outputs, parameters: 'inputs' }));
  const { y } = await session.run({ x: { data: Float32Array.from(values), shape } });
  await session.close();
  return Array.from(y!.data, Number);
}
