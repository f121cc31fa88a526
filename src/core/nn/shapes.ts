/** Arithmetic of shapes with named dimensions. A name equals only itself: nothing is guessed about sizes. */
import { shapeText } from '#core/nn/graph.ts';
import type { Dim, Shape } from '#core/nn/graph.ts';

/** What two shapes make together: equal dimensions, or 1 or nothing against any (NumPy's rule). */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [alignedDim(a, rank, i), alignedDim(b, rank, i)];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new RangeError(`Shapes ${shapeText(a)} and ${shapeText(b)} do not fit: ${x} against ${y}. Reshape one.`);
  });
}

/** Axes of `to` along which `from` was repeated: the leading ones that it lacks, and those where it has 1. */
export function repeatedAxes(from: Shape, to: Shape): { readonly missing: number[]; readonly ones: number[] } {
  const missing = Array.from({ length: to.length - from.length }, (_, i) => i);
  const ones = from.flatMap((dim, i) => (dim === 1 && to[i + missing.length] !== 1 ? [i] : []));
  return { missing, ones };
}

/** What is left of a shape when some axes are reduced. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));
}

/** Counts from the end if negative. */
export function axisOf(shape: Shape, axis: number): number {
  const from0 = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || from0 < 0 || from0 >= shape.length)
    throw new RangeError(`Shape ${shapeText(shape)} has no axis ${axis}.`);
  return from0;
}

/** The dimension of several laid into one: a number, or a name made of theirs. */
export function productDim(dims: Shape): Dim {
  const size = dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  const names = dims.filter((dim) => typeof dim === 'string');
  if (names.length === 0) return size;
  return [...names, ...(size === 1 ? [] : [size])].join('*');
}

/** The dimension of several one after the other. */
export function sumDim(dims: Shape): Dim {
  const size = dims.reduce<number>((total, dim) => (typeof dim === 'number' ? total + dim : total), 0);
  const names = dims.filter((dim) => typeof dim === 'string');
  return names.length === 0 ? size : [...names, ...(size === 0 ? [] : [size])].join('+');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** A size that has to be a number: the last dimension of a layer's input, say. */
export function knownSize(shape: Shape, axis: number): number {
  const dim = shape[axisOf(shape, axis)]!;
  if (typeof dim === 'number') return dim;
  throw new RangeError(`Axis ${axis} of ${shapeText(shape)} has no size that is known before the model runs.`);
}

const alignedDim = (shape: Shape, rank: number, i: number): Dim => shape[i - (rank - shape.length)] ?? 1;
