/** What one iteration of training looked like: a line of the metrics file, and what the alarms go by. All finite. */
import { countChoices, type Lesson, type PlayedEpisode } from '#core/rl/episode.ts';
import { deviation, equalShare, mean, rewardsOf, type Group } from '#core/rl/groups.ts';

export interface IterationMetrics {
  /** 1-based. */
  readonly iteration: number;
  readonly episodes: number;
  /** Choices of the policy's in these episodes; forced steps count nowhere. */
  readonly choices: number;
  /** Mean over the episodes. */
  readonly reward: number;
  readonly rewardDeviation: number;
  /** Share of groups whose episodes all earned the same: they teach nothing about their task. */
  readonly equalGroups: number;
  /** KL(π ‖ π_ref) of the policy that played, in nats a choice. */
  readonly klReference: number;
  /** KL(π_old ‖ π) when the inner epochs ended, in nats a choice. */
  readonly klOld: number;
  /** In nats a choice. This and the next three over the last inner epoch, weighted as in the loss; 0 without one. */
  readonly entropy: number;
  readonly loss: number;
  /** Mean of π / π_old; 1 without an inner epoch. */
  readonly meanRatio: number;
  /** Share of the choices whose ratio was clipped. */
  readonly clippedShare: number;
  /** Mean log-probability of choices with a positive advantage, when the iteration's first epoch began; 0 if none. */
  readonly positiveLogProb: number;
  /** Mean norm of the gradients before they were clipped. */
  readonly gradientNorm: number;
  /** Gradients that held something else than finite numbers, and were not followed. */
  readonly brokenGradients: number;
  /** Steps of the optimiser. */
  readonly updates: number;
  /** Inner epochs that were begun. */
  readonly innerEpochs: number;
  readonly entropyWeight: number;
  /** Means of the episodes' measures, by name. */
  readonly measures: Readonly<Record<string, number>>;
}

type PlayFigures = Pick<
  IterationMetrics,
  'episodes' | 'choices' | 'reward' | 'rewardDeviation' | 'equalGroups' | 'klReference' | 'positiveLogProb' | 'measures'
>;

/** Figures of what was played, before anything was learned from it. */
export function measurePlay(groups: readonly Group[], lessons: readonly Lesson[]): PlayFigures {
  const episodes = groups.flat();
  const rewards = rewardsOf(episodes);
  return {
    episodes: episodes.length,
    choices: episodes.reduce((sum, episode) => sum + countChoices(episode), 0),
    reward: mean(rewards),
    rewardDeviation: deviation(rewards),
    equalGroups: equalShare(groups),
    klReference: mean(
      episodes.flatMap(({ mask, logProbs, refLogProbs }) =>
        Array.from(logProbs, (logProb, step) => logProb - refLogProbs[step]!).filter((_, step) => mask[step] === 1),
      ),
    ),
    positiveLogProb: mean(
      lessons.flatMap(({ episode, advantages }) =>
        Array.from(episode.logProbs).filter((_, step) => advantages[step]! > 0),
      ),
    ),
    measures: meanMeasures(episodes),
  };
}

/** Each over the episodes that have it. */
function meanMeasures(episodes: readonly PlayedEpisode[]): Record<string, number> {
  const values = new Map<string, number[]>();
  for (const { measures } of episodes)
    for (const [name, value] of Object.entries(measures)) {
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
  return Object.fromEntries([...values].map(([name, list]) => [name, mean(list)]));
}
