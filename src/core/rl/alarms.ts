/**
 * Signs that a run is going wrong, read from its metrics. A collapse shows in the likelihood of good choices long
 * before it shows in the reward (LLDS, arXiv 2512.04220, section 4): the likelihood stagnates, then decays, then the
 * gradients grow. A policy that stopped searching, or stopped answering, shows in the measures of its episodes.
 *
 * Figures are means over a window of iterations, because single iterations are noisy. Left out: alarms on the reward
 * itself, which falls by chance with the tasks that an iteration draws.
 */
import { mean } from '#core/rl/groups.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';

export interface Alarm {
  readonly name:
    | 'broken gradient'
    | 'likelihood of good choices'
    | 'ratio'
    | 'gradient norm'
    | 'equal groups'
    | 'no searches'
    | 'only searches'
    | 'unanswered';
  /** What happened and what to do. */
  readonly sentence: string;
  /** The run should end here: going on would make it worse, or teach nothing. */
  readonly stops: boolean;
}

export interface AlarmBounds {
  /** Iterations that a figure is averaged over. */
  readonly window: number;
  /** Fall of the good choices' mean log-probability below its best window, in nats. */
  readonly likelihoodFall: Bound;
  /** Mean ratio below. */
  readonly ratio: Bound;
  /** Gradient norm above the median of the run, as a factor. */
  readonly gradientRise: Bound;
  /** Share of groups with equal rewards above. */
  readonly equalGroups: Bound;
  /** Share of episodes without an answer above; it stops a run only if it does not fall. */
  readonly unanswered: Bound;
  /** Searches that an episode may make. */
  readonly searchCap: number;
  /** How near to 0 or to the cap the mean number of searches is stuck there. */
  readonly searchMargin: number;
}

interface Bound {
  readonly warn: number;
  readonly stop: number;
}

export const DEFAULT_ALARM_BOUNDS: Omit<AlarmBounds, 'searchCap'> = {
  window: 8,
  likelihoodFall: { warn: 0.25, stop: 0.7 },
  ratio: { warn: 0.98, stop: 0.9 },
  gradientRise: { warn: 3, stop: 10 },
  equalGroups: { warn: 0.5, stop: 0.95 },
  unanswered: { warn: 0.2, stop: 0.5 },
  searchMargin: 0.05,
};

/** Alarms after the last iteration of a history, those that stop the run first. */
export function alarms(history: readonly IterationMetrics[], bounds: AlarmBounds): readonly Alarm[] {
  const last = history.at(-1);
  if (!last) return [];
  const recent = history.slice(-bounds.window);
  const found = [
    brokenGradient(last),
    likelihoodFall(history, recent, bounds),
    ratioDrift(recent, bounds),
    gradientRise(history, recent, bounds),
    equalGroups(recent, bounds),
    ...searchCount(recent, bounds),
    unanswered(history, recent, bounds),
  ].filter((alarm) => alarm !== undefined);
  return [...found.filter(({ stops }) => stops), ...found.filter(({ stops }) => !stops)];
}

function brokenGradient({ brokenGradients, iteration }: IterationMetrics): Alarm | undefined {
  if (brokenGradients === 0) return undefined;
  const sentence =
    `Iteration ${iteration} computed a gradient that was not finite, and did not follow it. ` +
    'Go back to the last checkpoint with a lower learning rate; if it happens again, look for inputs without bounds.';
  return { name: 'broken gradient', sentence, stops: true };
}

function likelihoodFall(
  history: readonly IterationMetrics[],
  recent: readonly IterationMetrics[],
  bounds: AlarmBounds,
): Alarm | undefined {
  // An iteration without a choice of positive advantage says nothing of their likelihood.
  const values = history.filter((metrics) => metrics.positiveLogProb !== 0).map((metrics) => metrics.positiveLogProb);
  const windows = slidingMeans(values, bounds.window);
  const now = windows.at(-1);
  if (now === undefined || recent.length < bounds.window) return undefined;
  const fall = Math.max(...windows) - now;
  if (fall < bounds.likelihoodFall.warn) return undefined;
  const sentence =
    `The mean log-probability of good choices fell by ${fall.toFixed(2)} to ${now.toFixed(2)}: the policy is losing ` +
    'what it was rewarded for, which comes before a collapse. Lower the learning rate or raise the guard weight.';
  return { name: 'likelihood of good choices', sentence, stops: fall >= bounds.likelihoodFall.stop };
}

function ratioDrift(recent: readonly IterationMetrics[], bounds: AlarmBounds): Alarm | undefined {
  const ratio = mean(recent.map((metrics) => metrics.meanRatio));
  if (recent.length < bounds.window || ratio >= bounds.ratio.warn) return undefined;
  const sentence =
    `The mean ratio of new to old likelihood is ${ratio.toFixed(3)} over ${recent.length} iterations, where 1 is ` +
    'expected: whatever is played becomes less likely. Lower the learning rate or the inner epochs, and check that ' +
    'playing and training compute the same likelihoods.';
  return { name: 'ratio', sentence, stops: ratio < bounds.ratio.stop };
}

function gradientRise(
  history: readonly IterationMetrics[],
  recent: readonly IterationMetrics[],
  bounds: AlarmBounds,
): Alarm | undefined {
  const before = history.slice(0, -bounds.window).map((metrics) => metrics.gradientNorm);
  const usual = before.toSorted((a, b) => a - b)[before.length >> 1];
  if (usual === undefined || before.length < bounds.window || usual === 0) return undefined;
  const rise = mean(recent.map((metrics) => metrics.gradientNorm)) / usual;
  if (rise < bounds.gradientRise.warn) return undefined;
  const sentence =
    `The gradient is ${rise.toFixed(1)} times as long as it used to be: the updates are getting out of hand. ` +
    'Lower the learning rate, or go back to a checkpoint from before the rise.';
  return { name: 'gradient norm', sentence, stops: rise >= bounds.gradientRise.stop };
}

function equalGroups(recent: readonly IterationMetrics[], bounds: AlarmBounds): Alarm | undefined {
  const share = mean(recent.map((metrics) => metrics.equalGroups));
  if (recent.length < bounds.window || share <= bounds.equalGroups.warn) return undefined;
  const sentence =
    `In ${percent(share)} of the groups all episodes earned the same, so most of the play teaches nothing. ` +
    'Choose tasks that are neither solved always nor never, play larger groups, or raise the entropy weight.';
  return { name: 'equal groups', sentence, stops: share >= bounds.equalGroups.stop };
}

function searchCount(recent: readonly IterationMetrics[], bounds: AlarmBounds): readonly Alarm[] {
  const counts = recent.map((metrics) => metrics.measures.searches).filter((count) => count !== undefined);
  const now = counts.at(-1);
  if (now === undefined) return [];
  const stuck = (at: (count: number) => boolean): boolean => counts.length >= bounds.window && counts.every(at);
  const atNone = (count: number): boolean => count <= bounds.searchMargin;
  const atCap = (count: number): boolean => count >= bounds.searchCap - bounds.searchMargin;
  const found: Alarm[] = [];
  if (atNone(now)) {
    const sentence =
      'The policy hardly searches any more, so it cannot see what a search would bring. ' +
      'Go back to a checkpoint that searched, with more entropy or with the reward of stage 1.';
    found.push({ name: 'no searches', sentence, stops: stuck(atNone) });
  }
  if (atCap(now)) {
    const sentence =
      `The policy searches until it may not any more (${now.toFixed(1)} of ${bounds.searchCap}). ` +
      'Raise the cost of a call, or check that an answer earns more than another search.';
    found.push({ name: 'only searches', sentence, stops: stuck(atCap) });
  }
  return found;
}

function unanswered(
  history: readonly IterationMetrics[],
  recent: readonly IterationMetrics[],
  bounds: AlarmBounds,
): Alarm | undefined {
  const sharesOf = (part: readonly IterationMetrics[]): number[] =>
    part.map((metrics) => metrics.measures.unanswered).filter((share) => share !== undefined);
  const share = mean(sharesOf(recent));
  if (recent.length < bounds.window || share <= bounds.unanswered.warn) return undefined;
  const before = sharesOf(history.slice(-2 * bounds.window, -bounds.window));
  const falls = before.length < bounds.window || share < mean(before);
  const sentence =
    `${percent(share)} of the episodes ended without an answer${falls ? '' : ', no fewer than before'}. ` +
    'Raise the penalty for giving none, or check that answers can be given inside of the budget.';
  return { name: 'unanswered', sentence, stops: share >= bounds.unanswered.stop && !falls };
}

/** Means of each run of `size` neighbours. */
function slidingMeans(values: readonly number[], size: number): number[] {
  const starts = Math.max(0, values.length - size + 1);
  return Array.from({ length: starts }, (_, start) => mean(values.slice(start, start + size)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
