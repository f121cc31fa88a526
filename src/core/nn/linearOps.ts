/**
 * Operations that only move, repeat, choose or add up elements. All are linear, so the gradient of each is another of
 * this file: repeating against summing, cutting against joining, picking against adding back (ScatterElements).
 *
 * `ScatterND` with a reduction is never used: its threads race (onnxruntime issue 18048), ScatterElements' do not.
 */
import type { Dim, ElementType, NodeDetails, Pullback, Shape, Tensor, TensorKind } from '#core/nn/graph.ts';
import { elementCount, shapeText } from '#core/nn/graph.ts';
import { axisOf, knownSize, productDim, reducedShape, repeatedAxes, sameShape, sumDim } from '#core/nn/shapes.ts';

/**
 * The same elements in another shape. At most one dimension may be a name that no tensor has yet: it is what is left
 * over. -1 stands for what is left over too, and makes a name of the dimensions that it takes in.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const target = shape.map((dim) => (dim === -1 ? restDim(x.shape, shape) : dim));
  if (sameShape(x.shape, target)) return x;
  const counts = [x.shape, target].map((dims) => productDim(dims));
  if (counts.every((count) => typeof count === 'number') && counts[0] !== counts[1])
    throw new RangeError(`A tensor of ${shapeText(x.shape)} cannot be laid out as ${shapeText(target)}.`);
  return unary('Reshape', [x, layoutTensor(x, target)], { type: x.type, shape: target }, (g) => reshapeLike(g, x));
}

/** In the shape of another tensor that has as many elements. */
export function reshapeLike(x: Tensor, like: Tensor): Tensor {
  if (sameShape(x.shape, like.shape)) return x;
  const known = like.shape.filter((dim) => typeof dim === 'string').length <= 1;
  if (known) return reshape(x, like.shape);
  const kind = { type: x.type, shape: like.shape };
  return unary('Reshape', [x, shapeOf(like)], kind, (g) => reshapeLike(g, x));
}

/** Axes in the order of `order`; without one the last two change places. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const axes = x.shape.map((_, i) => i);
  const perm = order ?? [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  if (axes.some((axis) => !perm.includes(axis)) || perm.length !== axes.length)
    throw new RangeError(`[${perm.join(', ')}] is no order of the axes of ${shapeText(x.shape)}.`);
  const back = axes.map((axis) => perm.indexOf(axis));
  const kind = { type: x.type, shape: perm.map((axis) => x.shape[axis]!) };
  return unary('Transpose', [x], kind, (g) => transpose(g, back), { perm });
}

/** Repeated along dimensions of 1 and missing leading ones, to the shape of `like`. */
export function expandLike(x: Tensor, like: Tensor): Tensor {
  if (sameShape(x.shape, like.shape)) return x;
  const kind = { type: x.type, shape: like.shape };
  return unary('Expand', [x, shapeOf(like)], kind, (g) => sumTo(g, x));
}

/** Over some axes (all if none are named), which then are gone, or have size 1 with `keepDims`. */
export function sum(x: Tensor, axes?: readonly number[], keepDims = false): Tensor {
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(x.shape, axis));
  if (over.length === 0) return x;
  const kind = { type: x.type, shape: reducedShape(x.shape, over, keepDims) };
  const attributes = { keepdims: keepDims ? 1 : 0 };
  const backward = (g: Tensor): Tensor => expandLike(keepDims ? g : withOnes(g, x.shape, over), x);
  return unary('ReduceSum', [x, x.graph.constant(over, 'int64')], kind, backward, attributes);
}

/** Summed to the shape of a tensor that was repeated to become `x`: the gradient of broadcasting. */
export function sumTo(x: Tensor, like: Tensor): Tensor {
  const { missing, ones } = repeatedAxes(like.shape, x.shape);
  const leading = missing.length ? sum(x, missing) : x;
  return ones.length ? sum(leading, ones, true) : leading;
}

/** One after the other along an axis; the other dimensions are equal. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('Nothing was given to be joined.');
  if (tensors.length === 1) return first;
  const along = axisOf(first.shape, axis);
  const fits = ({ shape }: Tensor): boolean =>
    shape.length === first.shape.length && shape.every((dim, i) => i === along || dim === first.shape[i]);
  if (!tensors.every(fits))
    throw new RangeError(`Along axis ${axis}, ${tensors.map((t) => shapeText(t.shape)).join(' and ')} do not fit.`);
  const size = sumDim(tensors.map(({ shape }) => shape[along]!));
  const kind = { type: first.type, shape: first.shape.map((dim, i) => (i === along ? size : dim)) };
  const pullback: Pullback = ([g]) => (g ? splitLike(g, tensors, along) : []);
  return first.graph.node('Concat', tensors, [kind], { attributes: { axis: along }, pullback })[0]!;
}

/** Cut along an axis into parts of these sizes, which add up to its size. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const along = axisOf(x.shape, axis);
  if (knownSize(x.shape, along) !== sizes.reduce((total, size) => total + size, 0))
    throw new RangeError(`Parts of ${sizes.join(', ')} do not add up to axis ${axis} of ${shapeText(x.shape)}.`);
  return splitAt(x, x.graph.constant(sizes, 'int64'), sizes, along);
}

/** Elements from `start` up to `end` of an axis. Of an axis with a name, the caller knows that there are as many. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const along = axisOf(x.shape, axis);
  const size = x.shape[along]!;
  if (start < 0 || end <= start || (typeof size === 'number' && end > size))
    throw new RangeError(`Axis ${axis} of ${shapeText(x.shape)} has no elements ${start} to ${end}.`);
  const at = (value: number): Tensor => x.graph.constant([value], 'int64');
  const kind = { type: x.type, shape: x.shape.map((dim, i) => (i === along ? end - start : dim)) };
  const backward = (g: Tensor): Tensor => {
    const rest = node1('Sub', [sizeOf(x, along), at(end)], { type: 'int64', shape: [1] });
    const pads = node1('Concat', [at(start), rest], { type: 'int64', shape: [2] }, { axis: 0 });
    return node1('Pad', [g, pads, g.graph.constant(0), at(along)], x);
  };
  return unary('Slice', [x, at(start), at(end), at(along)], kind, backward);
}

/** Rows of a table [V, …] by their numbers [N, …]: [N, …, …]. An embedding. */
export function gatherRows(table: Tensor, rows: Tensor): Tensor {
  const kind = { type: table.type, shape: [...rows.shape, ...table.shape.slice(1)] };
  const backward = (g: Tensor): Tensor => {
    const flat = reshape(g, [-1, ...table.shape.slice(1)]);
    const column = reshape(rows, [-1, ...table.shape.slice(1).map(() => 1)]);
    return scatterAdd(table, expandLike(column, flat), flat, 0);
  };
  return unary('Gather', [table, rows], kind, backward, { axis: 0 });
}

/** Along an axis the elements whose places `indices` names; other dimensions are those of `indices`, not larger. */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  const along = axisOf(x.shape, axis);
  if (indices.shape.length !== x.shape.length)
    throw new RangeError(`Places of ${shapeText(indices.shape)} do not fit a tensor of ${shapeText(x.shape)}.`);
  const kind = { type: x.type, shape: indices.shape };
  const backward = (g: Tensor): Tensor => scatterAdd(x, indices, g, along);
  return unary('GatherElements', [x, indices], kind, backward, { axis: along });
}

/** As another type of element: true is 1, a float loses what is behind its point. Nothing is learned through it. */
export function cast(x: Tensor, type: ElementType): Tensor {
  return x.type === type ? x : node1('Cast', [x], { type, shape: x.shape }, { to: { type } });
}

/** The same values, through which nothing is learned. */
export function stopGradient(x: Tensor): Tensor {
  return node1('Identity', [x], x);
}

/** Sizes of a tensor when the model runs: int64 [rank]. */
export function shapeOf(x: Tensor): Tensor {
  const known = x.shape.filter((dim) => typeof dim === 'number');
  if (known.length === x.shape.length) return x.graph.constant(known, 'int64');
  return node1('Shape', [x], { type: 'int64', shape: [x.shape.length] });
}

/** How many elements some axes have together, as a float scalar: known before the run or not. */
export function countOf(x: Tensor, axes: readonly number[]): Tensor {
  const dim = productDim(axes.map((axis) => x.shape[axisOf(x.shape, axis)]!));
  if (typeof dim === 'number') return x.graph.constant(dim);
  const sizes = joined(axes.map((axis) => sizeOf(x, axisOf(x.shape, axis))));
  return cast(node1('ReduceProd', [sizes], { type: 'int64', shape: [] }, { keepdims: 0 }), 'float');
}

/** Zeros in the shape of another tensor. */
export function zerosLike(x: Tensor): Tensor {
  return node1('Expand', [x.graph.constant(0), shapeOf(x)], { type: 'float', shape: x.shape });
}

/** A reduced tensor with its lost axes back, of size 1. */
export function withOnes(x: Tensor, full: Shape, axes: readonly number[]): Tensor {
  const shape = reducedShape(full, axes, true);
  if (sameShape(x.shape, shape)) return x;
  const places = x.graph.constant(
    axes.toSorted((a, b) => a - b),
    'int64',
  );
  return unary('Unsqueeze', [x, places], { type: x.type, shape }, (g) => reshapeLike(g, x));
}

/** A node with one output, through whose first input something is learned if `backward` is given. */
function unary(
  op: string,
  inputs: readonly Tensor[],
  kind: TensorKind,
  backward: (g: Tensor) => Tensor,
  attributes: NodeDetails['attributes'] = {},
): Tensor {
  const pullback: Pullback = ([g]) => [g && backward(g)];
  return inputs[0]!.graph.node(op, inputs, [kind], { attributes, pullback })[0]!;
}

function node1(op: string, inputs: readonly Tensor[], kind: TensorKind, attributes: NodeDetails['attributes'] = {}) {
  return inputs[0]!.graph.node(op, inputs, [{ type: kind.type, shape: kind.shape }], { attributes })[0]!;
}

function scatterAdd(like: Tensor, indices: Tensor, values: Tensor, axis: number): Tensor {
  return node1('ScatterElements', [zerosLike(like), indices, values], like, { axis, reduction: 'add' });
}

function splitAt(x: Tensor, sizes: Tensor, dims: readonly Dim[], axis: number): readonly Tensor[] {
  const kinds = dims.map((dim) => ({ type: x.type, shape: x.shape.map((old, i) => (i === axis ? dim : old)) }));
  const pullback: Pullback = (gs, parts) => [
    concat(
      parts.map((part, i) => gs[i] ?? zerosLike(part)),
      axis,
    ),
  ];
  return x.graph.node('Split', [x, sizes], kinds, { attributes: { axis }, pullback });
}

function splitLike(g: Tensor, parts: readonly Tensor[], axis: number): readonly Tensor[] {
  const dims = parts.map(({ shape }) => shape[axis]!);
  const known = dims.filter((dim) => typeof dim === 'number');
  if (known.length === dims.length) return split(g, known, axis);
  return splitAt(g, joined(parts.map((part) => sizeOf(part, axis))), dims, axis);
}

/** int64 [1] */
function sizeOf(x: Tensor, axis: number): Tensor {
  const dim = x.shape[axis]!;
  if (typeof dim === 'number') return x.graph.constant([dim], 'int64');
  return node1('Shape', [x], { type: 'int64', shape: [1] }, { start: axis, end: axis + 1 });
}

const joined = (parts: readonly Tensor[]): Tensor =>
  node1('Concat', parts, { type: 'int64', shape: [parts.length] }, { axis: 0 });

/** What Reshape takes: 0 keeps the dimension of the same place, one -1 is what is left over. */
function layoutTensor(x: Tensor, target: Shape): Tensor {
  const sizes = target.map((dim, i) => (typeof dim === 'string' && dim === x.shape[i] ? 0 : dim));
  const unknown = sizes.findIndex((dim) => typeof dim === 'string' && !x.graph.ownerOf(dim));
  const rest = unknown >= 0 ? unknown : sizes.findLastIndex((dim) => typeof dim === 'string');
  const dims = sizes.map((dim, i) => (i === rest ? -1 : dim));
  const known = dims.filter((dim) => typeof dim === 'number');
  if (known.length === dims.length) return x.graph.constant(known, 'int64');
  return joined(dims.map((dim) => (typeof dim === 'number' ? x.graph.constant([dim], 'int64') : namedSize(x, dim))));
}

function namedSize(x: Tensor, dim: string): Tensor {
  const owner = x.graph.ownerOf(dim);
  if (!owner) throw new RangeError(`No tensor has a dimension named ${dim}. Give an input this dimension.`);
  return sizeOf(owner.tensor, owner.axis);
}

/** The dimension that -1 stands for: those of `from` that `to` does not have itself. */
function restDim(from: Shape, to: Shape): Dim {
  const left = [...from];
  const added: Dim[] = [];
  for (const dim of to.filter((each) => each !== -1)) {
    const at = left.indexOf(dim);
    if (at >= 0) left.splice(at, 1);
    else added.push(dim);
  }
  const names = left.filter((dim) => typeof dim === 'string');
  const [had, taken] = [left.filter((dim) => typeof dim === 'number'), added.filter((dim) => typeof dim === 'number')];
  const count = elementCount(had) / elementCount(taken);
  if (taken.length !== added.length || !Number.isInteger(count))
    throw new RangeError(`In ${shapeText(to)}, made of ${shapeText(from)}, name the dimension instead of -1.`);
  return productDim([...names, count]);
}
