/**
 * Layers: functions from tensors to tensors that make their parameters in the graph, under the name that they are
 * given. A layer that is called twice with one name is refused; to use weights twice, make them once and pass them on.
 *
 * Letters: N rows, L items of a set, B sets, D width, V entries of a table.
 */
import type { Initialiser, Tensor } from '#core/nn/graph.ts';
import { heNormal, ones, xavierUniform, zeros } from '#core/nn/initialisers.ts';
import { gatherRows, reshape, sum, transpose } from '#core/nn/linearOps.ts';
import { add, div, gelu, matmul, max, mean, mul, relu, softmax, sqrt, sub, tanh } from '#core/nn/ops.ts';
import { knownSize } from '#core/nn/shapes.ts';

/** [..., in] to [..., out]: x W + b, with W [in, out]. */
export function linear(x: Tensor, name: string, size: number, initialiser: Initialiser = xavierUniform): Tensor {
  const weight = x.graph.parameter(`${name}.weight`, [knownSize(x.shape, -1), size], initialiser);
  return add(matmul(x, weight), x.graph.parameter(`${name}.bias`, [size], zeros));
}

/** Each row to mean 0 and variance 1, then scaled and moved (arXiv 1607.06450). */
export function layerNorm(x: Tensor, name: string, epsilon = 1e-5): Tensor {
  const shape = [knownSize(x.shape, -1)];
  const centred = sub(x, mean(x, [-1], true));
  const variance = mean(mul(centred, centred), [-1], true);
  const scale = x.graph.parameter(`${name}.scale`, shape, ones);
  const normed = div(centred, sqrt(add(variance, epsilon)));
  return add(mul(normed, scale), x.graph.parameter(`${name}.bias`, shape, zeros));
}

const ACTIVATIONS = { gelu, relu, tanh } as const;

export interface MlpOptions {
  /** Between the layers; gelu by default. */
  readonly activation?: keyof typeof ACTIVATIONS;
  /** Of the last layer; a small one makes the first outputs nearly equal. */
  readonly last?: Initialiser;
}

/** Linear layers of these sizes, one after the other, with an activation between them. */
export function mlp(x: Tensor, name: string, sizes: readonly number[], options: MlpOptions = {}): Tensor {
  const { activation = 'gelu', last = xavierUniform } = options;
  const inner = activation === 'tanh' ? xavierUniform : heNormal;
  return sizes.reduce((at, size, i) => {
    const isLast = i === sizes.length - 1;
    const made = linear(at, `${name}.${i}`, size, isLast ? last : inner);
    return isLast ? made : ACTIVATIONS[activation](made);
  }, x);
}

/**
 * The weighted mean of rows of a table [V, D], for each list of row numbers [N, L] and their weights [N, L] (0 for
 * what only fills up): [N, D]. A list whose weights add up to nothing gives zeros.
 */
export function embeddingBag(table: Tensor, rows: Tensor, weights: Tensor): Tensor {
  const [n, l] = rows.shape;
  const spread = reshape(weights, [n!, 1, l!]);
  const total = reshape(matmul(spread, gatherRows(table, rows)), [n!, knownSize(table.shape, 1)]);
  return div(total, max(sum(weights, [1], true), 1e-6));
}

export interface AttentionOptions {
  readonly heads: number;
  /** Width of the layer between; four times that of the items by default. */
  readonly hidden?: number;
}

/**
 * A transformer block over sets: items [B, L, D] look at each other, then each for itself (arXiv 1706.03762), layer
 * norms before both (arXiv 2002.04745). No positions: in whatever order the items come, each has the same result.
 * `mask` [B, L] is added to what is attended: 0 for an item, -1e9 for what only fills up.
 */
export function attentionBlock(x: Tensor, mask: Tensor, name: string, options: AttentionOptions): Tensor {
  const { heads, hidden = 4 * knownSize(x.shape, -1) } = options;
  const width = knownSize(x.shape, -1);
  const attended = selfAttention(layerNorm(x, `${name}.norm1`), mask, name, heads);
  const first = add(x, linear(attended, `${name}.out`, width));
  return add(first, mlp(layerNorm(first, `${name}.norm2`), `${name}.mlp`, [hidden, width]));
}

function selfAttention(x: Tensor, mask: Tensor, name: string, heads: number): Tensor {
  const [b, l] = x.shape;
  const width = knownSize(x.shape, -1);
  const size = width / heads;
  if (!Number.isInteger(size)) throw new RangeError(`${heads} heads cannot share a width of ${width} evenly.`);
  const split = (part: string): Tensor =>
    transpose(reshape(linear(x, `${name}.${part}`, width), [b!, l!, heads, size]), [0, 2, 1, 3]);
  const scores = mul(matmul(split('query'), split('key'), { transposeB: true }), 1 / Math.sqrt(size));
  const weights = softmax(add(scores, reshape(mask, [b!, 1, 1, l!])));
  return reshape(transpose(matmul(weights, split('value')), [0, 2, 1, 3]), [b!, l!, width]);
}
