/**
 * The network of the searcher policy: one look at a state gives a number for everything that the turn may choose, in the
 * manner of a pointer network (Vinyals et al., arXiv 1506.03134). A decision is a softmax over the legal ones.
 *
 *     h_c = relu(W₂ relu(W₁ x_c + V g))          a candidate, seen in the light of its state g
 *     u   = tanh(W [mean h, max h, g])           the state, over its first candidates
 *     cite_c = w · h_c    read_c = w′ · h_c    word_w = MLP(x_w, u)    plain = A u + B p    p: what the step adds
 *
 * Training and inference graphs come from here. Letters: S states, D decisions, L options of a decision; C, W, F, U, G,
 * P and V are those of `inputs.ts`.
 */
import type { Graph, Tensor } from '#core/nn/graph.ts';
import { smallNormal, zeros } from '#core/nn/initialisers.ts';
import { linear } from '#core/nn/layers.ts';
import { concat, gatherElements, gatherRows, reshape, slice, stopGradient, sum } from '#core/nn/linearOps.ts';
import { add, div, exp, logSoftmax, matmul, max, mul, neg, reduceMax, relu, softmax, sub, tanh } from '#core/nn/ops.ts';
import {
  CANDIDATE_INPUTS,
  CANDIDATES,
  PLAIN_ACTIONS,
  STATE_INPUTS,
  STEP_INPUTS,
  WORD_INPUTS,
  WORDS,
} from '#core/policy/inputs.ts';

const HIDDEN = 64;
const CONTEXT = 32;
const WORD_HIDDEN = 16;
/** Candidates that the state's own view is made of. */
const VIEWED = 32;
const FORBIDDEN = -1e9;

export interface StateOutputs {
  /** [S, V] */
  readonly logits: Tensor;
  /** [S] log-odds that one of the first files is right. */
  readonly confidence: Tensor;
  /** [2] added to a cite, to a read, for each that was chosen of the same file before. */
  readonly sameFile: Tensor;
  /** [P + 1, plain actions] what a step adds to the plain actions, its constant last. */
  readonly step: Tensor;
}

/** What the network says of states. */
export function stateOutputs(graph: Graph): StateOutputs {
  const candidates = graph.input('candidates', 'float', ['S', CANDIDATES, CANDIDATE_INPUTS.length]);
  const present = graph.input('present', 'float', ['S', CANDIDATES, 1]);
  const words = graph.input('words', 'float', ['S', WORDS, WORD_INPUTS.length]);
  const state = graph.input('state', 'float', ['S', STATE_INPUTS.length]);

  const light = reshape(linear(state, 'place.state', HIDDEN), ['S', 1, HIDDEN]);
  const first = relu(add(linear(candidates, 'place.0', HIDDEN), light));
  const places = mul(relu(linear(first, 'place.1', HIDDEN)), present);
  const cite = reshape(linear(places, 'cite', 1, smallNormal), ['S', CANDIDATES]);
  const read = reshape(linear(places, 'read', 1, smallNormal), ['S', CANDIDATES]);

  const viewed = slice(places, 1, 0, VIEWED);
  const count = max(sum(slice(present, 1, 0, VIEWED), [1]), 1);
  const mean = div(sum(viewed, [1]), count);
  const context = tanh(linear(concat([mean, reduceMax(viewed, 1), state], 1), 'context', CONTEXT));

  const asked = reshape(linear(context, 'word.context', WORD_HIDDEN), ['S', 1, WORD_HIDDEN]);
  const seen = relu(add(linear(words, 'word.0', WORD_HIDDEN), asked));
  const word = reshape(linear(seen, 'word.1', 1, smallNormal), ['S', WORDS]);
  const plain = linear(context, 'plain', PLAIN_ACTIONS.length, smallNormal);

  const sameFile = graph.parameter('same-file', [2], zeros);
  const step = graph.parameter('step', [STEP_INPUTS.length + 1, PLAIN_ACTIONS.length], zeros);
  return {
    logits: concat([cite, read, word, plain], 1),
    confidence: confidenceOf(cite, present, state, context),
    sameFile,
    step,
  };
}

/** Learned beside the policy and without moving it: how far the first places stand out, and the state. */
function confidenceOf(cite: Tensor, present: Tensor, state: Tensor, context: Tensor): Tensor {
  const absent = mul(sub(reshape(present, ['S', CANDIDATES]), 1), -FORBIDDEN);
  const legal = stopGradient(add(cite, absent));
  const best = reduceMax(legal, 1, true);
  const share = reduceMax(softmax(legal), 1, true);
  const level = tanh(mul(best, 0.2));
  return reshape(linear(concat([stopGradient(context), state, share, level], 1), 'confidence', 1, zeros), ['S']);
}

export interface DecisionOutputs {
  /** [D] log π of what was chosen. */
  readonly logProb: Tensor;
  /** [D] in nats. */
  readonly entropy: Tensor;
}

/** The likelihood of decisions made in these states. */
export function decisionOutputs(graph: Graph, { logits, sameFile, step }: StateOutputs): DecisionOutputs {
  /** [D, L] places in the flattened [S, V]; where there is none, any. */
  const options = graph.input('options', 'int64', ['D', 'L']);
  /** [D, L] 0, or FORBIDDEN where there is no option. */
  const closed = graph.input('closed', 'float', ['D', 'L']);
  /** [D, L] chosen before of the same file, for a cite; for a read. */
  const sameCite = graph.input('sameCite', 'float', ['D', 'L']);
  const sameRead = graph.input('sameRead', 'float', ['D', 'L']);
  /** [D, P + 1] the step, and 1. */
  const steps = graph.input('steps', 'float', ['D', STEP_INPUTS.length + 1]);
  /** [D, L] 1 + index of the plain action, 0 for others. */
  const plain = graph.input('plainOption', 'int64', ['D', 'L']);
  const chosen = graph.input('chosen', 'int64', ['D', 1]);

  const pointed = reshape(gatherRows(reshape(logits, [-1, 1]), options), ['D', 'L']);
  const [forCite, forRead] = [slice(sameFile, 0, 0, 1), slice(sameFile, 0, 1, 2)];
  const repeated = add(mul(sameCite, forCite), mul(sameRead, forRead));
  const zero = mul(slice(steps, 1, 0, 1), 0);
  const added = gatherElements(concat([zero, matmul(steps, step)], 1), plain, 1);
  const logProbs = logSoftmax(add(add(add(pointed, repeated), added), closed));
  return {
    logProb: reshape(gatherElements(logProbs, chosen, 1), ['D']),
    entropy: neg(sum(mul(exp(logProbs), logProbs), [1])),
  };
}
