/**
 * The loss that a policy learns by, as nodes of a graph: the clipped surrogate of PPO (arXiv 1707.06347, equation 7),
 * GRPO's KL to the reference (arXiv 2402.03300, equations 3 and 4), an entropy bonus, and a guard of the likelihood of
 * good choices (LLDS, arXiv 2512.04220).
 *
 *     w_d = exp(log π − log π_old)
 *     L   = Σ_d m_d [ −min(w_d A_d, clip(w_d, 1 − ε, 1 + ε) A_d)
 *                     + β (exp(log π_ref − log π) − (log π_ref − log π) − 1)
 *                     + λ [A_d ≥ 0] max(0, log π_old − log π)
 *                     − η H_d ]
 *
 * The weight m_d = mask / (choices of its episode · episodes) makes of the sum a mean over an episode's choices and then
 * over episodes, as R1-Searcher's code does. Where it is 0, nothing of a decision is looked at: this is the fourth place
 * of the retrieval mask, and what makes rows of padding harmless.
 *
 * The guard here is that of LLDS where an action is one decision: LLDS lets an action in only if its likelihood fell as
 * a whole, and then counts those of its tokens that fell. Left out: value loss, and clipping of the advantage.
 */
import type { Graph, Tensor } from '#core/nn/graph.ts';
import { cast, sum } from '#core/nn/linearOps.ts';
import {
  add,
  clip,
  exp,
  greater,
  greaterOrEqual,
  max,
  min,
  mul,
  neg,
  or,
  less,
  relu,
  sub,
  where,
} from '#core/nn/ops.ts';
import { countChoices, type Lesson } from '#core/rl/episode.ts';

export interface LossSettings {
  /** ε: how far the ratio of likelihoods may move before its gradient is cut off. */
  readonly clip: number;
  /** β: weight of the KL to the reference. 0 under REINFORCE++, which has it in the reward. */
  readonly klWeight: number;
  /** λ: weight of the guard against losing likelihood of good choices. */
  readonly guardWeight: number;
  /** η: weight of the entropy bonus. */
  readonly entropyWeight: number;
}

/** What the graph is fed beside the network's own inputs; `lossFeeds` fills it. D decisions. */
export interface LossInputs extends Readonly<Record<keyof LossSettings, Tensor>> {
  /** [D] log-likelihood under the policy that played. */
  readonly oldLogProb: Tensor;
  /** [D] under the reference policy. */
  readonly refLogProb: Tensor;
  /** [D] */
  readonly advantage: Tensor;
  /** [D] m_d: sums to 1 over a minibatch; 0 for what does not count. */
  readonly weight: Tensor;
}

/** @param decisions D, or the name of this dimension. */
export function lossInputs(graph: Graph, decisions: number | string): LossInputs {
  const vector = (name: string): Tensor => graph.input(name, 'float', [decisions]);
  const scalar = (name: string): Tensor => graph.input(name, 'float', []);
  return {
    oldLogProb: vector('oldLogProb'),
    refLogProb: vector('refLogProb'),
    advantage: vector('advantage'),
    weight: vector('weight'),
    clip: scalar('clip'),
    klWeight: scalar('klWeight'),
    guardWeight: scalar('guardWeight'),
    entropyWeight: scalar('entropyWeight'),
  };
}

/** Scalars, weighted as the loss is. They add up over the parts of a minibatch. */
export interface PolicyLoss {
  readonly loss: Tensor;
  /** KL(π_old ‖ π), in nats a choice: w − 1 − log w, which is never negative. */
  readonly kl: Tensor;
  /** In nats a choice. */
  readonly entropy: Tensor;
  readonly meanRatio: Tensor;
  /** Share of the choices whose ratio left the bounds. */
  readonly clippedShare: Tensor;
}

/** exp of more would overflow; no step of a run that its KL bound ends in time comes near. */
const MAX_LOG_RATIO = 20;

/**
 * @param logProb [D] log π(a | o) of what was chosen.
 * @param entropy [D] of the distribution that it was chosen from.
 */
export function policyLoss(logProb: Tensor, entropy: Tensor, inputs: LossInputs): PolicyLoss {
  const { weight, clip: epsilon } = inputs;
  const counts = greater(weight, 0);
  const counted = (x: Tensor): Tensor => where(counts, x, 0);
  const mean = (x: Tensor): Tensor => sum(mul(weight, x));

  const now = counted(logProb);
  const moved = clip(sub(now, counted(inputs.oldLogProb)), -MAX_LOG_RATIO, MAX_LOG_RATIO);
  const ratio = exp(moved);
  const gain = counted(inputs.advantage);
  const [low, high] = [sub(1, epsilon), add(1, epsilon)];
  const clipped = min(max(ratio, low), high);
  const surrogate = mean(min(mul(ratio, gain), mul(clipped, gain)));

  const behind = clip(sub(counted(inputs.refLogProb), now), -MAX_LOG_RATIO, MAX_LOG_RATIO);
  const klReference = mean(sub(sub(exp(behind), behind), 1));
  const lost = mean(where(greaterOrEqual(gain, 0), relu(neg(moved)), 0));
  const spread = mean(counted(entropy));

  const costs = add(mul(inputs.klWeight, klReference), mul(inputs.guardWeight, lost));
  return {
    loss: sub(sub(costs, surrogate), mul(inputs.entropyWeight, spread)),
    kl: mean(sub(sub(ratio, 1), moved)),
    entropy: spread,
    meanRatio: mean(ratio),
    clippedShare: mean(cast(or(less(ratio, low), greater(ratio, high)), 'float')),
  };
}

/** Values for `LossInputs`, by name: [D], or a scalar. */
export type LossFeeds = Readonly<Record<keyof LossInputs, { readonly data: Float32Array; readonly shape: number[] }>>;

/**
 * One row for each choice of a minibatch, episode by episode in the order of its steps; steps of mask 0 have none.
 *
 * @param rows D, if the graph wants more rows than there are choices: those at the end have weight 0.
 */
export function lossFeeds(batch: readonly Lesson[], settings: LossSettings, rows = countRows(batch)): LossFeeds {
  if (rows < countRows(batch))
    throw new RangeError(`${countRows(batch)} choices do not fit into ${rows} rows. Divide the minibatch.`);
  const columns: Record<'oldLogProb' | 'refLogProb' | 'advantage' | 'weight', number[]> = {
    oldLogProb: [],
    refLogProb: [],
    advantage: [],
    weight: [],
  };
  const episodes = batch.filter(({ episode }) => countChoices(episode) > 0).length;
  for (const { episode, advantages } of batch) {
    const weight = 1 / (countChoices(episode) * episodes);
    for (const [step, mask] of episode.mask.entries()) {
      if (mask === 0) continue;
      columns.oldLogProb.push(episode.logProbs[step]!);
      columns.refLogProb.push(episode.refLogProbs[step]!);
      columns.advantage.push(advantages[step]!);
      columns.weight.push(weight);
    }
  }
  const vector = (name: keyof typeof columns) => {
    const data = new Float32Array(rows);
    data.set(columns[name]);
    return { data, shape: [rows] };
  };
  const scalar = (name: keyof LossSettings) => ({ data: Float32Array.of(settings[name]), shape: [] });
  return {
    oldLogProb: vector('oldLogProb'),
    refLogProb: vector('refLogProb'),
    advantage: vector('advantage'),
    weight: vector('weight'),
    clip: scalar('clip'),
    klWeight: scalar('klWeight'),
    guardWeight: scalar('guardWeight'),
    entropyWeight: scalar('entropyWeight'),
  };
}

function countRows(batch: readonly Lesson[]): number {
  return batch.reduce((total, { episode }) => total + countChoices(episode), 0);
}
