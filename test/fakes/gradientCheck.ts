/** Compares the gradients of a graph with central differences, in double precision, by the real ONNX Runtime. */
import { gradients } from '#core/nn/gradient.ts';
import { type Dim, type Graph, type Shape, type Tensor, createGraph } from '#core/nn/graph.ts';
import { sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { add, mul } from '#core/nn/ops.ts';
import { initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import { createRng } from '#core/rl/rng.ts';
import { type Feed, type Session, openSession } from '#node/onnx/session.ts';

export interface GradientCase {
  /** Shapes of the floats that are learned through. Named dimensions have the sizes of `SIZES`. */
  readonly floats: Readonly<Record<string, Shape>>;
  /** Of each named list the shape and the values. */
  readonly integers?: Readonly<Record<string, { readonly shape: Shape; readonly values: readonly number[] }>>;
  /** Bounds of the floats; -2 to 2 by default. */
  readonly between?: readonly [number, number];
  readonly build: (tensors: Readonly<Record<string, Tensor>>, graph: Graph) => Tensor | readonly Tensor[];
}

const SIZES: Readonly<Record<string, number>> = { S: 4, T: 3, U: 2, rows: 12 };

export interface CheckedGradient {
  readonly name: string;
  /** Largest difference from the central differences, relative to the largest gradient or 1. */
  readonly error: number;
  /** The same between float32 and float64, value and gradient. */
  readonly rounding: number;
  readonly largest: number;
}

type Values = Map<string, number[]>;

/** With `named` false the named dimensions are numbers from the beginning. */
export async function checkGradients(check: GradientCase, named = true): Promise<CheckedGradient[]> {
  const graph = createGraph();
  const dims = (shape: Shape): Shape => (named ? shape : sized(shape));
  const floats = Object.entries(check.floats).map(([name, shape]) => graph.input(name, 'float', dims(shape)));
  const integers = Object.entries(check.integers ?? {}).map(([name, { shape }]) =>
    graph.input(name, 'int64', dims(shape)),
  );
  const byName = Object.fromEntries(graph.inputs.map((tensor) => [nameOf(tensor), tensor]));
  const built = [check.build(byName, graph)].flat();
  const learned = [...floats, ...graph.parameters];
  const loss = weighed(graph, built);
  const outputs = Object.fromEntries(gradients(graph, loss, learned).map((g, i) => [`d ${nameOf(learned[i]!)}`, g]));

  const values: Values = new Map(floats.map((tensor) => [nameOf(tensor), drawn(check, tensor)]));
  const initial = initialParameters(graph, createRng(3));
  for (const [name, list] of unflatten(parameterLayout(graph), initial)) values.set(name, Array.from(list, jitter));
  const fixed = Object.fromEntries(
    integers.map((tensor) => [nameOf(tensor), integerFeed(check.integers![nameOf(tensor)]!)]),
  );
  const weights = graph.inputs.filter((tensor) => nameOf(tensor).startsWith('weights '));
  const all = new Map(values);
  for (const tensor of weights) all.set(nameOf(tensor), drawn({ ...check, between: [0.5, 1.5] }, tensor));
  const shapes = new Map([...learned, ...weights].map((tensor) => [nameOf(tensor), sized(tensor.shape)]));
  const runs = await Promise.all(
    (['float64', 'float32'] as const).map((precision) =>
      openSession(writeModel({ graph, outputs: { loss, ...outputs }, parameters: 'inputs', precision })),
    ),
  );
  const found = await evaluate(runs[0]!, all, shapes, fixed);
  const rough = await evaluate(runs[1]!, all, shapes, fixed);
  const lossOnly = await openSession(
    writeModel({ graph, outputs: { loss }, parameters: 'inputs', precision: 'float64' }),
  );
  const checked: CheckedGradient[] = [];
  for (const name of values.keys()) {
    const gradient = found.get(`d ${name}`)!;
    const expected = await differences(lossOnly, name, all, shapes, fixed);
    const largest = Math.max(...gradient.map(Math.abs));
    const [error, rounding] = [expected, [...rough.get(`d ${name}`)!]].map((other) =>
      distance(gradient, other, largest),
    );
    const lossRounding = distance(found.get('loss')!, rough.get('loss')!, Math.abs(found.get('loss')![0]!));
    checked.push({ name, error: error!, rounding: Math.max(rounding!, lossRounding), largest });
  }
  await Promise.all([...runs, lossOnly].map((session) => session.close()));
  return checked;
}

/** A sum in which every element has another weight, so that no two gradients can be taken for each other. */
function weighed(graph: Graph, tensors: readonly Tensor[]): Tensor {
  return tensors
    .map((tensor, i) => sum(mul(tensor, graph.input(`weights ${i}`, 'float', tensor.shape))))
    .reduce((total, part) => add(total, part));
}

async function differences(session: Session, name: string, values: Values, shapes: Shapes, fixed: Feeds) {
  const step = 1e-5;
  const slopes: number[] = [];
  for (let i = 0; i < values.get(name)!.length; i++) {
    const losses: number[] = [];
    for (const change of [step, -step]) {
      const moved = new Map(values).set(name, values.get(name)!.with(i, values.get(name)![i]! + change));
      losses.push((await evaluate(session, moved, shapes, fixed)).get('loss')![0]!);
    }
    slopes.push((losses[0]! - losses[1]!) / (2 * step));
  }
  return slopes;
}

type Shapes = ReadonlyMap<string, readonly number[]>;
type Feeds = Readonly<Record<string, Feed>>;

async function evaluate(session: Session, values: Values, shapes: Shapes, fixed: Feeds): Promise<Values> {
  const feeds = session.inputs.map((port): [string, Feed] => {
    const list = values.get(port.name);
    if (!list) return [port.name, fixed[port.name]!];
    const data = port.type === 'float64' ? Float64Array.from(list) : Float32Array.from(list);
    return [port.name, { data, shape: shapes.get(port.name)! }];
  });
  const results = await session.run(Object.fromEntries(feeds));
  return new Map(Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]));
}

function drawn(check: GradientCase, tensor: Tensor): number[] {
  const [low, high] = check.between ?? [-2, 2];
  const rng = createRng(nameOf(tensor).charCodeAt(0));
  const count = sized(tensor.shape).reduce((n, dim) => n * dim, 1);
  return Array.from({ length: count }, () => low + rng.next() * (high - low));
}

/** So that no parameter sits at a special value, such as a bias of 0. */
const jitter = (value: number, i: number): number => value + 0.1 * Math.sin(i + 1);

const sized = (shape: Shape): number[] => shape.map(sizeOf);

/** Names made of others say how: `S*2`, `S+T`. */
function sizeOf(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  const parts = dim.split('+').map((part) => part.split('*').reduce((n, name) => n * (SIZES[name] ?? Number(name)), 1));
  return parts.reduce((total, part) => total + part, 0);
}

const nameOf = (tensor: Tensor): string => ('name' in tensor.source ? tensor.source.name : '');

function integerFeed({ shape, values }: { readonly shape: Shape; readonly values: readonly number[] }): Feed {
  return { data: Int32Array.from(values), shape: sized(shape) };
}

function distance(a: readonly number[], b: readonly number[], scale: number): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(1, scale);
}
