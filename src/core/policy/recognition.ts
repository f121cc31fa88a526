/**
 * Recognition: the network learns from commits, without labels made by people, which of the candidates were changed for
 * a message. It is the "base model" that reinforcement learning begins with, not an imitation of any searcher: what to
 * search, when to stop and in which order to read is not taught here.
 *
 * The loss is a listwise softmax over all candidates (ListNet, Cao et al. 2007, with several right ones): half of it
 * wants the likelihood of all right windows together, half of it each of them; another term wants the right files.
 */
import { createGraph, type Tensor } from '#core/nn/graph.ts';
import { reshape, sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { add, div, logSoftmax, logSumExp, max, mul, neg, softplus, sub } from '#core/nn/ops.ts';
import { slice } from '#core/nn/linearOps.ts';
import { CANDIDATES, SLOTS } from '#core/policy/inputs.ts';
import { stateOutputs } from '#core/policy/network.ts';
import { slopes } from '#core/policy/policyModel.ts';
import type { EncodedState } from '#core/policy/encodeState.ts';
import type { Values } from '#core/policy/batch.ts';

/** A state with what was right in it. */
export interface Recognised {
  readonly encoded: EncodedState;
  /** `cite`: what to answer with; `read`: what to look at next. */
  readonly head: 'cite' | 'read';
  /** [C] 1 for a window that meets gold lines; for one of a gold file. */
  readonly windows: Uint8Array;
  readonly files: Uint8Array;
}

/** Loss, and its gradient by each parameter (`by NAME`). */
export function recognitionModel(): Uint8Array {
  const graph = createGraph();
  const { logits } = stateOutputs(graph);
  const absent = graph.input('absent', 'float', ['S', CANDIDATES]);
  const windows = graph.input('windows', 'float', ['S', CANDIDATES]);
  const files = graph.input('files', 'float', ['S', CANDIDATES]);
  /** [S] how much a state counts for each head. */
  const forCite = graph.input('forCite', 'float', ['S']);
  const forRead = graph.input('forRead', 'float', ['S']);
  const lossOf = (start: number): Tensor => {
    const logProbs = logSoftmax(add(slice(logits, 1, start, start + CANDIDATES), absent));
    return add(mul(listwise(logProbs, windows), 0.5), mul(together(logProbs, files), 0.5));
  };
  const loss = add(sum(mul(forCite, lossOf(SLOTS.cite))), sum(mul(forRead, lossOf(SLOTS.read))));
  return writeModel({ graph, outputs: { loss, ...slopes(graph, loss) }, parameters: 'inputs' });
}

/** [S] −½ log Σ p − ½ mean log p over the right ones; 0 where there are none. */
function listwise(logProbs: Tensor, right: Tensor): Tensor {
  const count = sum(right, [1]);
  const each = neg(div(sum(mul(right, logProbs), [1]), max(count, 1)));
  return mul(add(each, together(logProbs, right)), 0.5);
}

/** [S] −log Σ p over the right ones; 0 where there are none. */
function together(logProbs: Tensor, right: Tensor): Tensor {
  const any = sub(1, max(sub(1, sum(right, [1])), 0));
  const outside = mul(sub(right, 1), FAR);
  return mul(any, neg(reshape(logSumExp(add(logProbs, outside)), ['S'])));
}

/** Far enough to weigh nothing, and near enough to stay a number when there is nothing else. */
const FAR = 1e4;

/** Confidence: how likely the first files are right, by cross-entropy; moves only the weights that say so. */
export function confidenceModel(): Uint8Array {
  const graph = createGraph();
  const { confidence } = stateOutputs(graph);
  const right = graph.input('right', 'float', ['S']);
  const weight = graph.input('weight', 'float', ['S']);
  const loss = sum(mul(weight, sub(softplus(confidence), mul(right, confidence))));
  return writeModel({ graph, outputs: { loss, ...slopes(graph, loss) }, parameters: 'inputs' });
}

/** What `recognitionModel` is fed beside the states. */
export function recognitionFeeds(batch: readonly Recognised[]): Record<string, Values> {
  const size = batch.length * CANDIDATES;
  const [absent, windows, files] = [new Float32Array(size).fill(-1e9), new Float32Array(size), new Float32Array(size)];
  for (const [i, one] of batch.entries()) {
    absent.fill(0, i * CANDIDATES, i * CANDIDATES + one.windows.length);
    windows.set(one.windows, i * CANDIDATES);
    files.set(one.files, i * CANDIDATES);
  }
  const counts = (head: Recognised['head']): Float32Array =>
    Float32Array.from(batch, (one) => Number(one.head === head) / batch.length);
  const matrix = [batch.length, CANDIDATES];
  return {
    absent: { data: absent, shape: matrix },
    windows: { data: windows, shape: matrix },
    files: { data: files, shape: matrix },
    forCite: { data: counts('cite'), shape: [batch.length] },
    forRead: { data: counts('read'), shape: [batch.length] },
  };
}
