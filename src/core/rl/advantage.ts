/**
 * Advantages: how much better each choice was than expected, from the rewards of groups of episodes.
 *
 * - `reinforcePlusPlus`: REINFORCE++ (arXiv 2501.03262) as R1-Searcher uses it (arXiv 2503.05592 and its released
 *   code): group mean as baseline, KL in the reward, returns-to-go with γ = 1, normalised over the batch.
 * - `grpo`: GRPO (arXiv 2402.03300, section 4.1.2, outcome supervision): z-score within the group, KL in the loss.
 *
 * The retrieval mask holds here in three of its four places (KL, returns, normalisation); the loss is the fourth. A
 * masked step gets advantage 0, and its numbers are never read.
 *
 * Left out: critics and GAE (neither algorithm has them), γ < 1, and process rewards.
 */
import { countChoices, type Lesson, type PlayedEpisode } from '#core/rl/episode.ts';
import { deviation, isEqual, mean, rewardsOf, type Group } from '#core/rl/groups.ts';

/** In the denominator of GRPO's z-score, as in the released code. */
const GRPO_EPSILON = 1e-9;
/** Smallest variance that a batch is divided by the root of, as in the released code. */
const MIN_VARIANCE = 1e-8;

/**
 * @param klWeight β: what a nat of KL to the reference costs.
 * @returns every episode that made a choice, in the order given.
 */
export function reinforcePlusPlus<E extends PlayedEpisode>(
  groups: readonly Group<E>[],
  klWeight: number,
): readonly Lesson<E>[] {
  const lessons = groups.flatMap((group) => {
    // r_i = R_i − mean_group(R): no division by the deviation, which would favour tasks of little spread.
    const baseline = mean(rewardsOf(group));
    return group
      .filter((episode) => countChoices(episode) > 0)
      .map((episode) => ({ episode, advantages: returnsToGo(episode, episode.reward - baseline, klWeight) }));
  });
  normalise(lessons);
  return lessons;
}

/**
 * Groups of equal rewards are dropped: their z-score would be rounding, blown up.
 * @returns the episodes of the other groups that made a choice, in the order given.
 */
export function grpo<E extends PlayedEpisode>(groups: readonly Group<E>[]): readonly Lesson<E>[] {
  return groups
    .filter((group) => !isEqual(group))
    .flatMap((group) => {
      const baseline = mean(rewardsOf(group));
      const scale = deviation(rewardsOf(group)) + GRPO_EPSILON;
      return group
        .filter((episode) => countChoices(episode) > 0)
        .map((episode) => ({ episode, advantages: spread(episode, (episode.reward - baseline) / scale) }));
    });
}

/** [T] G_t = Σ_{s ≥ t} (−β m_s k1_s) + r, with k1 = log π_old − log π_ref; the outcome comes with the last choice. */
function returnsToGo(episode: PlayedEpisode, outcome: number, klWeight: number): Float64Array {
  const returns = new Float64Array(episode.mask.length);
  let ahead = outcome;
  for (let step = returns.length - 1; step >= 0; step--) {
    if (episode.mask[step] === 0) continue;
    ahead -= klWeight * (episode.logProbs[step]! - episode.refLogProbs[step]!);
    returns[step] = ahead;
  }
  return returns;
}

/** A = (G − μ) / σ, where μ and σ are those of all choices of the batch. In place. */
function normalise(lessons: readonly Lesson[]): void {
  const choices = lessons.flatMap(({ episode, advantages }) =>
    Array.from(advantages).filter((_, step) => episode.mask[step] === 1),
  );
  const centre = mean(choices);
  const variance = mean(choices.map((value) => (value - centre) ** 2));
  const scale = 1 / Math.sqrt(Math.max(variance, MIN_VARIANCE));
  for (const { episode, advantages } of lessons)
    for (let step = 0; step < advantages.length; step++)
      if (episode.mask[step] === 1) advantages[step] = (advantages[step]! - centre) * scale;
}

/** The same advantage for every choice. */
function spread(episode: PlayedEpisode, advantage: number): Float64Array {
  return Float64Array.from(episode.mask, (mask) => (mask === 1 ? advantage : 0));
}
