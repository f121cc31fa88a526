/**
 * A network that knows words: which words of a question go with which words of code.
 *
 * Each word has a vector, a weight where it is asked and a weight where it is read. A question and a piece of code fit
 *   score = e^a · cos(Σ w_q e_q, Σ s w_t e_t) + e^b · Σ ŵ_q max_t cos(e_q, e_t)
 * the first a comparison of bags (the s of a section is learned), the second late interaction (ColBERT, arXiv
 * 2004.12832, equation 3), its maximum smoothed to (1/τ) log Σ_t e^{τ cos}, so that it is one product of matrices.
 * It learns from pairs by a softmax over the codes of a batch (arXiv 1705.00652, section 4.4): all pairs of a batch are
 * of one repository, so that the wrong ones are near, and those with the same text are right together.
 *
 * A batch names each of its words once; which pair has it is a matrix of zeros and ones. That needs more numbers than
 * lists of words would, and is several times faster: everything is products of matrices, without gathering by pair.
 *
 * Letters: V words known, D width, S words asked and T words read in a batch, B pairs.
 */
import type { Graph, Initialiser, Tensor } from '#core/nn/graph.ts';
import { createGraph } from '#core/nn/graph.ts';
import { gradients } from '#core/nn/gradient.ts';
import { embeddingNormal } from '#core/nn/initialisers.ts';
import { gatherRows, split, sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { add, div, exp, log, logSoftmax, matmul, max, mean, mul, neg, softplus, sqrt, sub } from '#core/nn/ops.ts';
import { parameterLayout, type ParameterLayout } from '#core/nn/parameterLayout.ts';

/** Where a word of code stands. */
export const SECTIONS = ['path', 'names', 'body'] as const;
export type Section = (typeof SECTIONS)[number];

/** Parameters with a row for each word. */
export const BY_WORD: readonly string[] = ['table', 'askedWeights', 'readWeights'];

/** Sharpness of the smoothed maximum. */
const SHARPNESS = 16;

export interface WordNetworkShape {
  readonly vocabulary: number;
  readonly width: number;
}

export interface WordNetwork {
  readonly graph: Graph;
  readonly layout: ParameterLayout;
  /** Takes the parameters and a batch; gives `loss`, `scores` [B, B] and for each parameter its gradient `d NAME`. */
  readonly model: Uint8Array<ArrayBuffer>;
}

/** `rarity` [V]: logarithm of how few texts have a word, where its weights begin. */
export function wordNetwork({ vocabulary, width }: WordNetworkShape, rarity: ArrayLike<number>): WordNetwork {
  const graph = createGraph();
  const rare: Initialiser = () => Float32Array.from({ length: vocabulary }, (_, i) => rarity[i]! / 2 - 1);
  const table = graph.parameter('table', [vocabulary, width], embeddingNormal);
  const askedWeights = graph.parameter('askedWeights', [vocabulary], rare);
  const readWeights = graph.parameter('readWeights', [vocabulary], rare);
  const sections = graph.parameter('sections', [SECTIONS.length], () => Float32Array.of(0.3, 0.2, 0));
  const mix = graph.parameter('mix', [2], () => Float32Array.of(2, 2));

  const asked = graph.input('askedWords', 'int64', ['S']);
  const read = graph.input('readWords', 'int64', ['T']);
  const askedVectors = gatherRows(table, asked);
  const readVectors = gatherRows(table, read);
  const questions = mul(graph.input('asked', 'float', ['B', 'S']), softplus(gatherRows(askedWeights, asked)));
  const places = SECTIONS.map((section) => graph.input(section, 'float', ['B', 'T']));
  const factors = split(exp(sections), [1, 1, 1], 0);
  const weighed = places.map((place, i) => mul(place, factors[i]!)).reduce((a, b) => add(a, b));
  const codes = mul(weighed, softplus(gatherRows(readWeights, read)));

  const bags = matmul(unit(matmul(questions, askedVectors)), unit(matmul(codes, readVectors)), { transposeB: true });
  const anywhere = places.reduce((a, b) => max(a, b));
  const late = lateInteraction(
    questions,
    matmul(unit(askedVectors), unit(readVectors), { transposeB: true }),
    anywhere,
  );
  const [bagFactor, lateFactor] = split(exp(mix), [1, 1], 0);
  const scores = add(mul(bags, bagFactor!), mul(late, lateFactor!));

  const targets = graph.input('targets', 'float', ['B', 'B']);
  const loss = neg(mean(sum(mul(logSoftmax(scores), targets), [1])));
  const layout = parameterLayout(graph);
  const all = gradients(graph, loss, graph.parameters);
  const outputs = Object.fromEntries(layout.entries.map(({ name }, i) => [`d ${name}`, all[i]!]));
  return { graph, layout, model: writeModel({ graph, outputs: { loss, scores, ...outputs }, parameters: 'inputs' }) };
}

/** Rows of length 1; a row of zeros stays one. */
function unit(x: Tensor): Tensor {
  return div(x, sqrt(add(sum(mul(x, x), [-1], true), 1e-6)));
}

/** `similarity` [S, T], `anywhere` [B, T]: for each question what the weighted mean of its words finds, [B, B]. */
function lateInteraction(questions: Tensor, similarity: Tensor, anywhere: Tensor): Tensor {
  const near = exp(mul(sub(similarity, 1), SHARPNESS));
  const total = matmul(near, anywhere, { transposeB: true });
  const best = add(div(log(add(total, 1e-14)), SHARPNESS), 1);
  return matmul(div(questions, max(sum(questions, [1], true), 1e-6)), best);
}
