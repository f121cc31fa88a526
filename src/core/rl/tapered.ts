/**
 * Learning from episodes of another policy that went wrong: the negative part of TOPR, tapered off-policy REINFORCE
 * (Le Roux et al., arXiv 2503.14286, section 3). Its gradient is
 *
 *     ∇J⁻ = Σ_{τ: R(τ) < 0} μ(τ) [π(τ) / μ(τ)]₀¹ R(τ) ∇ log π(τ)
 *
 * with μ the policy that acted then, π the one that learns, and [x]₀¹ = min(max(x, 0), 1), through which no gradient
 * goes. Without the ratio an episode that is hardly possible any more would be pushed down for ever (Σ R ∇ log π has no
 * bound below); with it, the push fades as π leaves the episode.
 *
 * The ratio is taken at the policy that an iteration begins with, and the step from there on has the bound of all other
 * lessons: as an advantage of c · R on likelihoods of that policy, the clipped surrogate has this very gradient where
 * the iteration begins, and no choice loses more than a factor of 1 − ε in one iteration.
 *
 * Left out: the positive part, as episodes that went right are played anew; and a baseline, which would turn rejected
 * episodes that are likelier than others into good ones.
 */
import { countChoices, type Lesson, type PlayedEpisode } from '#core/rl/episode.ts';

/** An episode that another policy played, looked at again by the one that learns: `logProbs` are the latter's. */
export interface Replay<E extends PlayedEpisode = PlayedEpisode> {
  readonly episode: E;
  /** [T] log μ(a | o) of the policy that acted; not looked at where the mask is 0. */
  readonly behaviourLogProbs: Float64Array;
}

/**
 * @param reward R of each, below 0: beside lessons whose advantages have a deviation of 1.
 * @returns those that made a choice, in the order given.
 */
export function taperedLessons<E extends PlayedEpisode>(
  replays: readonly Replay<E>[],
  reward: number,
): readonly Lesson<E>[] {
  if (!(reward < 0)) throw new RangeError(`What went wrong has a reward below 0, not ${reward}.`);
  return replays
    .filter(({ episode }) => countChoices(episode) > 0)
    .map((replay) => {
      const advantage = taper(replay) * reward;
      return {
        episode: replay.episode,
        advantages: Float64Array.from(replay.episode.mask, (mask) => (mask === 1 ? advantage : 0)),
      };
    });
}

/** c = [π(τ) / μ(τ)]₀¹, over the choices. */
export function taper({ episode, behaviourLogProbs }: Replay): number {
  let logRatio = 0;
  for (const [step, mask] of episode.mask.entries())
    if (mask === 1) logRatio += episode.logProbs[step]! - behaviourLogProbs[step]!;
  return Math.exp(Math.min(0, logRatio));
}
