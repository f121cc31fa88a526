/**
 * Groups: the episodes played for one task by one policy, whose mean reward is the baseline of each (GRPO, arXiv
 * 2402.03300, section 4.1.1; the released code of R1-Searcher, arXiv 2503.05592, does the same under REINFORCE++).
 */
import type { PlayedEpisode } from '#core/rl/episode.ts';

export type Group<E extends PlayedEpisode = PlayedEpisode> = readonly E[];

/** Rewards are sums of a few terms; what differs by less is rounding. */
const EQUAL_WITHIN = 1e-9;

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** With n − 1 in the denominator, as `torch.std` in the released code; 0 for fewer than two values. */
export function deviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index]! - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

export function rewardsOf(group: Group): number[] {
  return group.map(({ reward }) => reward);
}

/** All episodes earned the same, so none was better than another. */
export function isEqual(group: Group): boolean {
  const rewards = rewardsOf(group);
  return Math.max(...rewards) - Math.min(...rewards) <= EQUAL_WITHIN;
}

/** In [0, 1]. */
export function equalShare(groups: readonly Group[]): number {
  return mean(groups.map((group) => (isEqual(group) ? 1 : 0)));
}
