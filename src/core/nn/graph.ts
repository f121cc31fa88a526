/**
 * A graph of tensors: what is to be computed, written down before anything is. `ops.ts` and `linearOps.ts` add the
 * nodes, `gradient.ts` the backward pass, `onnx.ts` writes all of it as a model that ONNX Runtime runs.
 *
 * Shapes have a known rank. A dimension is a number, or a name for a size that is known only when the model runs
 * (`'S'`); the same name is the same size everywhere in a graph. Element types follow from what a tensor is for:
 * `float` is written as float32, or as float64 where gradients are checked.
 *
 * Left out: control flow, random numbers and running statistics. Masks of a dropout, for one, would come in as inputs.
 */

export interface Graph {
  /** In the order of their making, which is an order in which they can be computed. */
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Tensor[];
  /** In the order of their making; a layout of all parameters follows it. */
  readonly parameters: readonly Tensor[];
  /** A tensor that is fed at every run. */
  input(name: string, type: ElementType, shape: Shape): Tensor;
  /** A tensor that is learned: an input of a training graph, part of the model in an inference graph. */
  parameter(name: string, shape: readonly number[], initialiser: Initialiser): Tensor;
  /** Values in row-major order; without a shape one number is a scalar and a list a vector. Scalars are shared. */
  constant(values: number | ArrayLike<number>, type?: ElementType, shape?: readonly number[]): Tensor;
  /** A node with one tensor for each of `outputs`. Only operations call this. */
  node(op: string, inputs: readonly Tensor[], outputs: readonly TensorKind[], more?: NodeDetails): readonly Tensor[];
  /** The first tensor that has this named dimension, and on which axis. */
  ownerOf(dim: string): { readonly tensor: Tensor; readonly axis: number } | undefined;
}

/** A size, or a name for a size that is known only when the model runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type ElementType = 'float' | 'int64' | 'bool';

export interface TensorKind {
  readonly type: ElementType;
  readonly shape: Shape;
}

export interface Tensor extends TensorKind {
  readonly graph: Graph;
  readonly source: TensorSource;
}

export type TensorSource =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly initialiser: Initialiser }
  | { readonly kind: 'constant'; readonly values: readonly number[] }
  | { readonly kind: 'node'; readonly node: GraphNode };

export interface GraphNode extends NodeDetails {
  /** Name of the ONNX operator. `MatMul` may carry `transA` and `transB`; the writer finds an operator for it. */
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export interface NodeDetails {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Absent where nothing can be learned through the node. */
  readonly pullback?: Pullback;
}

/** Integers and words as they are; a float and an element type say what they are. */
export type Attribute =
  number | readonly number[] | string | { readonly float: number } | { readonly type: ElementType };

/**
 * From the gradients of the loss with respect to a node's outputs (undefined where an output has none) to those with
 * respect to its inputs, in the inputs' shapes.
 */
export type Pullback = (
  gradients: readonly (Tensor | undefined)[],
  outputs: readonly Tensor[],
) => readonly (Tensor | undefined)[];

/** First values of a parameter, in row-major order. */
export type Initialiser = (rng: Random, shape: readonly number[]) => Float32Array;

/** Random numbers in [0, 1); an `Rng` of core/rl is one. */
export interface Random {
  next(): number;
}

export function createGraph(): Graph {
  const nodes: GraphNode[] = [];
  const inputs: Tensor[] = [];
  const parameters: Tensor[] = [];
  const names = new Set<string>();
  const scalars = new Map<string, Tensor>();
  const owners = new Map<string, { tensor: Tensor; axis: number }>();

  function tensor(kind: TensorKind, source: TensorSource): Tensor {
    const made: Tensor = { graph, type: kind.type, shape: kind.shape, source };
    for (const [axis, dim] of kind.shape.entries())
      if (typeof dim === 'string' && !owners.has(dim)) owners.set(dim, { tensor: made, axis });
    return made;
  }

  function constant(values: number | ArrayLike<number>, type: ElementType = 'float', shape?: readonly number[]) {
    const list = typeof values === 'number' ? [values] : Array.from(values);
    const dims = shape ?? (typeof values === 'number' ? [] : [list.length]);
    if (elementCount(dims) !== list.length)
      throw new RangeError(`A constant of shape ${shapeText(dims)} was given ${list.length} values.`);
    return tensor({ type, shape: dims }, { kind: 'constant', values: list });
  }

  function sharedScalar(value: number, type: ElementType): Tensor {
    const key = `${type} ${Object.is(value, -0) ? '-0' : value}`;
    const known = scalars.get(key) ?? constant(value, type);
    scalars.set(key, known);
    return known;
  }

  const graph: Graph = {
    nodes,
    inputs,
    parameters,
    input(name, type, shape) {
      claim(names, name);
      const made = tensor({ type, shape }, { kind: 'input', name });
      inputs.push(made);
      return made;
    },
    parameter(name, shape, initialiser) {
      claim(names, name);
      const made = tensor({ type: 'float', shape }, { kind: 'parameter', name, initialiser });
      parameters.push(made);
      return made;
    },
    constant(values, type = 'float', shape) {
      return typeof values === 'number' && !shape ? sharedScalar(values, type) : constant(values, type, shape);
    },
    node(op, from, kinds, more = {}) {
      const outputs: Tensor[] = [];
      const node: GraphNode = { op, inputs: from, outputs, ...more };
      for (const kind of kinds) outputs.push(tensor(kind, { kind: 'node', node }));
      nodes.push(node);
      return outputs;
    },
    ownerOf: (dim) => owners.get(dim),
  };
  return graph;
}

/** Number of elements of a shape without named dimensions. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** As in messages: `[B, 64]`. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Names with a % are the writer's own. */
function claim(names: Set<string>, name: string): void {
  if (!name || name.includes('%'))
    throw new RangeError(`${JSON.stringify(name)} cannot be a name: use words without %.`);
  if (names.has(name)) throw new RangeError(`Two inputs or parameters of a graph are named ${name}. Rename one.`);
  names.add(name);
}
