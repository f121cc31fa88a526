/**
 * Operations on tensors, each with its gradient beside it (reverse mode: `g` is the gradient of the loss with respect
 * to the result). `linearOps.ts` has those that only move, repeat, choose or add up elements.
 *
 * Operands are tensors or numbers and are broadcast as in NumPy: against a dimension of 1 or a missing leading one.
 * Masks are added, as -1e9 and never as -Infinity, whose differences are not numbers.
 *
 * Left out: gradients of gradients, and complex or in-place operations.
 */
import type { NodeDetails, Shape, Tensor } from '#core/nn/graph.ts';
import { shapeText } from '#core/nn/graph.ts';
import { cast, countOf, reshape, reshapeLike, sum, sumTo, withOnes } from '#core/nn/linearOps.ts';
import { axisOf, broadcastShape, reducedShape, sameShape } from '#core/nn/shapes.ts';

export type Operand = Tensor | number;

// Products of matrices

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * [N, K] × [K, M], [..., N, K] × [K, M], or [..., N, K] × [..., K, M] with equal leading dimensions. Either may be
 * taken as transposed in its last two axes, the first one only where both have the same rank.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA: tA = false, transposeB: tB = false } = options;
  const shape = productShape(a.shape, b.shape, tA, tB);
  const flatten = a.shape.length > b.shape.length;
  const backward = flatten ? flatPullback(a, b, tB) : equalRankPullback(a, b, tA, tB);
  const attributes = { transA: Number(tA), transB: Number(tB) };
  return node('MatMul', [a, b], shape, backward, attributes);
}

function equalRankPullback(a: Tensor, b: Tensor, tA: boolean, tB: boolean): Rule {
  return (g) => [
    tA ? matmul(b, g, { transposeA: tB, transposeB: true }) : matmul(g, b, { transposeB: !tB }),
    tB ? matmul(g, a, { transposeA: true, transposeB: tA }) : matmul(a, g, { transposeA: !tA }),
  ];
}

/** Rows are laid into one list, so that the gradient of the weights is one product. */
function flatPullback(a: Tensor, b: Tensor, tB: boolean): Rule {
  return (g) => {
    const rows = reshape(a, [-1, a.shape.at(-1)!]);
    const [toRows, toB] = equalRankPullback(rows, b, false, tB)(reshape(g, [-1, g.shape.at(-1)!]), g);
    return [toRows && reshapeLike(toRows, a), toB];
  };
}

function productShape(a: Shape, b: Shape, tA: boolean, tB: boolean): Shape {
  const [n, k] = tA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
  const [k2, m] = tB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
  const lead = a.slice(0, -2);
  const leads = b.length === 2 ? a.length === 2 || !tA : sameShape(lead, b.slice(0, -2));
  if (n === undefined || m === undefined || k !== k2 || !leads)
    throw new RangeError(`Matrices of ${shapeText(a)} and ${shapeText(b)} cannot be multiplied. Transpose one.`);
  return [...lead, n, m];
}

// Arithmetic

export function add(a: Operand, b: Operand): Tensor {
  return binary('Add', a, b, (g) => [g, g]);
}

export function sub(a: Operand, b: Operand): Tensor {
  return binary('Sub', a, b, (g) => [g, neg(g)]);
}

export function mul(a: Operand, b: Operand): Tensor {
  return binary('Mul', a, b, (g, x, y) => [mul(g, y), mul(g, x)]);
}

export function div(a: Operand, b: Operand): Tensor {
  return binary('Div', a, b, (g, _, y, quotient) => [div(g, y), neg(div(mul(g, quotient), y))]);
}

export function neg(x: Tensor): Tensor {
  return unary('Neg', x, (g) => neg(g));
}

/** The larger of two; of equal ones the first has the gradient. */
export function max(a: Operand, b: Operand): Tensor {
  return binary('Max', a, b, (g, x, y) => chosen(greaterOrEqual(x, y), g));
}

/** The smaller of two; of equal ones the first has the gradient. */
export function min(a: Operand, b: Operand): Tensor {
  return binary('Min', a, b, (g, x, y) => chosen(lessOrEqual(x, y), g));
}

/** Held between two bounds; at a bound the gradient still passes, outside it does not. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const { constant } = x.graph;
  const inside = (g: Tensor): Tensor => where(and(greaterOrEqual(x, low), lessOrEqual(x, high)), g, 0);
  return node('Clip', [x, constant(low), constant(high)], x.shape, (g) => [inside(g)]);
}

/** The first where the condition holds, the second elsewhere. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(a, b, condition);
  const shape = broadcastShape(condition.shape, broadcastShape(x.shape, y.shape));
  const backward: Rule = (g) => [undefined, ...chosen(condition, g).map((part, i) => sumTo(part, i ? y : x))];
  return x.graph.node('Where', [condition, x, y], [{ type: x.type, shape }], withRule(backward))[0]!;
}

const chosen = (condition: Tensor, g: Tensor): [Tensor, Tensor] => [where(condition, g, 0), where(condition, 0, g)];

// Functions of each element

export function exp(x: Tensor): Tensor {
  return unary('Exp', x, (g, y) => mul(g, y));
}

export function log(x: Tensor): Tensor {
  return unary('Log', x, (g) => div(g, x));
}

export function sqrt(x: Tensor): Tensor {
  return unary('Sqrt', x, (g, y) => div(mul(g, 0.5), y));
}

export function tanh(x: Tensor): Tensor {
  return unary('Tanh', x, (g, y) => mul(g, sub(1, mul(y, y))));
}

export function sigmoid(x: Tensor): Tensor {
  return unary('Sigmoid', x, (g, y) => mul(g, mul(y, sub(1, y))));
}

/** The gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return unary('Relu', x, (g) => where(greater(x, 0), g, 0));
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: Tensor): Tensor {
  return add(max(x, 0), log(add(exp(min(neg(x), x)), 1)));
}

/** Gaussian error linear unit in its tanh form (arXiv 1606.08415, section 2), by tanh(u) = 2 sigmoid(2u) - 1. */
export function gelu(x: Tensor): Tensor {
  const scale = 2 * Math.sqrt(2 / Math.PI);
  return mul(x, sigmoid(mul(x, add(mul(mul(x, x), scale * 0.044715), scale))));
}

// Comparisons, through which nothing is learned

export function equal(a: Operand, b: Operand): Tensor {
  return comparison('Equal', a, b);
}

export function less(a: Operand, b: Operand): Tensor {
  return comparison('Less', a, b);
}

export function lessOrEqual(a: Operand, b: Operand): Tensor {
  return comparison('LessOrEqual', a, b);
}

export function greater(a: Operand, b: Operand): Tensor {
  return comparison('Greater', a, b);
}

export function greaterOrEqual(a: Operand, b: Operand): Tensor {
  return comparison('GreaterOrEqual', a, b);
}

export function and(a: Tensor, b: Tensor): Tensor {
  return comparison('And', a, b);
}

export function or(a: Tensor, b: Tensor): Tensor {
  return comparison('Or', a, b);
}

export function not(x: Tensor): Tensor {
  return x.graph.node('Not', [x], [x])[0]!;
}

// Reductions

/** Over some axes, or all; `sum` is in `linearOps.ts`. */
export function mean(x: Tensor, axes?: readonly number[], keepDims = false): Tensor {
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(x.shape, axis));
  return div(sum(x, over, keepDims), countOf(x, over));
}

/** The largest along an axis; equal largest ones share the gradient evenly. */
export function reduceMax(x: Tensor, axis: number, keepDims = false): Tensor {
  const over = [axisOf(x.shape, axis)];
  const backward: Rule = (g, y) => {
    const isLargest = cast(equal(x, keepDims ? y : withOnes(y, x.shape, over)), 'float');
    return [mul(keepDims ? g : withOnes(g, x.shape, over), div(isLargest, sum(isLargest, over, true)))];
  };
  const inputs = [x, x.graph.constant(over, 'int64')];
  return node('ReduceMax', inputs, reducedShape(x.shape, over, keepDims), backward, { keepdims: Number(keepDims) });
}

/** Over the last axis. */
export function softmax(x: Tensor): Tensor {
  const backward: Rule = (g, y) => [mul(y, sub(g, sum(mul(g, y), [-1], true)))];
  return node('Softmax', [x], x.shape, backward, { axis: -1 });
}

/** Over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const backward: Rule = (g, y) => [sub(g, mul(exp(y), sum(g, [-1], true)))];
  return node('LogSoftmax', [x], x.shape, backward, { axis: -1 });
}

/** log Σ exp over the last axis, which then is gone, or has size 1 with `keepDims`. */
export function logSumExp(x: Tensor, keepDims = false): Tensor {
  const over = [axisOf(x.shape, -1)];
  const backward: Rule = (g) => [mul(keepDims ? g : withOnes(g, x.shape, over), softmax(x))];
  const inputs = [x, x.graph.constant(over, 'int64')];
  const shape = reducedShape(x.shape, over, keepDims);
  return node('ReduceLogSumExp', inputs, shape, backward, { keepdims: Number(keepDims) });
}

// Building

/** Gradients with respect to the inputs, from `g` and the result. */
type Rule = (g: Tensor, result: Tensor) => readonly (Tensor | undefined)[];

function node(op: string, inputs: readonly Tensor[], shape: Shape, rule: Rule, attributes?: NodeDetails['attributes']) {
  const [first] = inputs;
  return first!.graph.node(op, inputs, [{ type: first!.type, shape }], withRule(rule, attributes))[0]!;
}

function withRule(rule: Rule, attributes: NodeDetails['attributes'] = {}): NodeDetails {
  return { attributes, pullback: ([g], [result]) => (g && result ? rule(g, result) : []) };
}

function unary(op: string, x: Tensor, rule: (g: Tensor, result: Tensor) => Tensor): Tensor {
  return node(op, [x], x.shape, (g, result) => [rule(g, result)]);
}

type BinaryRule = (g: Tensor, a: Tensor, b: Tensor, result: Tensor) => readonly [Tensor, Tensor];

function binary(op: string, a: Operand, b: Operand, rule: BinaryRule): Tensor {
  const [x, y] = operands(a, b);
  return node(op, [x, y], broadcastShape(x.shape, y.shape), (g, result) => {
    const [toX, toY] = rule(g, x, y, result);
    return [sumTo(toX, x), sumTo(toY, y)];
  });
}

function comparison(op: string, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(a, b);
  return x.graph.node(op, [x, y], [{ type: 'bool', shape: broadcastShape(x.shape, y.shape) }])[0]!;
}

/** Numbers become constants of the other operand's type. */
function operands(a: Operand, b: Operand, beside?: Tensor): [Tensor, Tensor] {
  const known = typeof a === 'object' ? a : typeof b === 'object' ? b : undefined;
  const graph = (known ?? beside)?.graph;
  if (!graph) throw new TypeError('Two numbers need no graph: at least one operand has to be a tensor.');
  const [x, y] = [a, b].map((each) => (typeof each === 'object' ? each : graph.constant(each, known?.type)));
  if (x!.type !== y!.type) throw new TypeError(`Operands are of ${x!.type} and ${y!.type}. Cast one.`);
  return [x!, y!];
}
