/**
 * Several small steps on one batch of episodes (PPO, arXiv 1707.06347, algorithm 1), until the policy has moved too far
 * from the one that played them: KL(π_old ‖ π) above a bound ends the epochs, as in the PPO of Spinning Up. The bound is
 * looked at before a step is made, so the first step of an iteration, where KL is 0, is always made.
 */
import { lengthOf, updateAdam, type AdamState } from '#core/nn/adam.ts';
import type { Lesson, PlayedEpisode } from '#core/rl/episode.ts';
import { mean } from '#core/rl/groups.ts';
import type { LossSettings } from '#core/rl/loss.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { shuffle } from '#core/rl/shuffle.ts';
import type { Rng } from '#core/rl/types.ts';

/** Sums and means are weighted as in the loss: choices evenly within an episode, episodes evenly. */
export interface GradientReport {
  /** [P] of the loss. */
  readonly gradient: Float32Array;
  readonly loss: number;
  /** KL(π_old ‖ π), in nats a choice. */
  readonly kl: number;
  /** In nats a choice. */
  readonly entropy: number;
  /** Mean of π / π_old. */
  readonly meanRatio: number;
  /** Share of the choices whose ratio was clipped. */
  readonly clippedShare: number;
}

/** Gradient and figures of the loss over a minibatch, at these parameters [P]. */
export type GradientPort<E extends PlayedEpisode> = (
  parameters: Float32Array,
  batch: readonly Lesson<E>[],
  settings: LossSettings,
) => Promise<GradientReport>;

export interface EpochSettings {
  /** Times that the episodes of an iteration are gone through, at most. */
  readonly innerEpochs: number;
  /** Parts that they are divided into; each makes one step of the optimiser. */
  readonly minibatches: number;
  /** KL(π_old ‖ π) in nats a choice, above which the inner epochs end. */
  readonly klStop: number;
  readonly learningRate: number;
  /** Longest gradient that is followed; longer ones are shortened. */
  readonly maxGradientNorm: number;
}

export interface Learner {
  /** [P] */
  readonly parameters: Float32Array;
  readonly adam: AdamState;
}

export type LearningFigures = Pick<
  IterationMetrics,
  | 'klOld'
  | 'entropy'
  | 'loss'
  | 'meanRatio'
  | 'clippedShare'
  | 'gradientNorm'
  | 'brokenGradients'
  | 'updates'
  | 'innerEpochs'
>;

/** Without lessons nothing changes. */
export async function runInnerEpochs<E extends PlayedEpisode>(
  start: Learner,
  lessons: readonly Lesson<E>[],
  gradient: GradientPort<E>,
  loss: LossSettings,
  settings: EpochSettings,
  rng: Rng,
): Promise<Learner & { readonly figures: LearningFigures }> {
  let { parameters, adam } = start;
  const evaluations: Evaluation[] = [];
  const epochs = lessons.length === 0 ? 0 : settings.innerEpochs;
  for (let epoch = 1, stopped = false; epoch <= epochs && !stopped; epoch++) {
    for (const batch of divide(shuffle(lessons, rng), settings.minibatches)) {
      const report = await gradient(parameters, batch, loss);
      const evaluation = evaluate(report, epoch, batch.length);
      stopped = evaluation.broken || report.kl > settings.klStop;
      evaluations.push({ ...evaluation, followed: !stopped });
      if (stopped) break;
      const { learningRate, maxGradientNorm: clipNorm } = settings;
      ({ parameters, state: adam } = updateAdam(adam, parameters, report.gradient, { learningRate, clipNorm }));
    }
  }
  return { parameters, adam, figures: summarise(evaluations) };
}

interface Evaluation {
  readonly report: GradientReport;
  readonly epoch: number;
  readonly episodes: number;
  readonly norm: number;
  /** Something in it is not a finite number. */
  readonly broken: boolean;
  readonly followed: boolean;
}

function evaluate(report: GradientReport, epoch: number, episodes: number): Omit<Evaluation, 'followed'> {
  const norm = lengthOf(report.gradient);
  const { loss, kl, entropy, meanRatio, clippedShare } = report;
  const broken = ![norm, loss, kl, entropy, meanRatio, clippedShare].every(Number.isFinite);
  return { report, epoch, episodes, norm, broken };
}

/** In `parts` of nearly equal size, fewer if there are fewer lessons. */
function divide<V>(values: readonly V[], parts: number): readonly V[][] {
  const count = Math.min(parts, values.length);
  const bound = (part: number): number => Math.round((part * values.length) / count);
  return Array.from({ length: count }, (_, part) => values.slice(bound(part), bound(part + 1)));
}

function summarise(evaluations: readonly Evaluation[]): LearningFigures {
  const whole = evaluations.filter(({ broken }) => !broken);
  const lastEpoch = whole.filter(({ epoch }) => epoch === whole.at(-1)?.epoch);
  const episodes = lastEpoch.reduce((sum, evaluation) => sum + evaluation.episodes, 0);
  const average = (figure: (report: GradientReport) => number): number =>
    lastEpoch.reduce((sum, { report, episodes: weight }) => sum + (figure(report) * weight) / episodes, 0);
  return {
    klOld: whole.at(-1)?.report.kl ?? 0,
    entropy: average(({ entropy }) => entropy),
    loss: average(({ loss }) => loss),
    // Where nothing was learned, the policy is as it was.
    meanRatio: lastEpoch.length === 0 ? 1 : average(({ meanRatio }) => meanRatio),
    clippedShare: average(({ clippedShare }) => clippedShare),
    gradientNorm: mean(whole.map(({ norm }) => norm)),
    brokenGradients: evaluations.length - whole.length,
    updates: evaluations.filter(({ followed }) => followed).length,
    innerEpochs: evaluations.at(-1)?.epoch ?? 0,
  };
}
