/** The figures of an iteration of training in one line, as many as there is room for. */
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { textWidth } from '#cli/textWidth.ts';
import { durationText } from '#cli/trailText.ts';

export interface Part {
  readonly text: string;
  /** Parts of a higher rank go first where there is no room. */
  readonly rank: number;
}

export interface MetricsTiming {
  readonly perSecond?: number | undefined;
  readonly leftMs?: number | undefined;
}

/** `reward 0.412`, `recall 0.51`, …; what an episode of this kind does not measure is not shown. */
export function metricParts(metrics: IterationMetrics, { perSecond, leftMs = 0 }: MetricsTiming): readonly Part[] {
  const { recall, searches } = metrics.measures;
  const parts: (Part | undefined)[] = [
    { text: `reward ${metrics.reward.toFixed(3)}`, rank: 0 },
    recall === undefined ? undefined : { text: `recall ${recall.toFixed(3)}`, rank: 2 },
    { text: `KL ${metrics.klReference.toFixed(4)}`, rank: 4 },
    { text: `entropy ${metrics.entropy.toFixed(2)}`, rank: 6 },
    searches === undefined ? undefined : { text: `searches ${searches.toFixed(1)}`, rank: 5 },
    perSecond === undefined
      ? undefined
      : { text: `${Math.round(perSecond).toLocaleString('en')} episodes a second`, rank: 7 },
    leftMs > 0 ? { text: `${durationText(leftMs)} left`, rank: 3 } : undefined,
  ];
  return parts.filter((part) => part !== undefined);
}

/** The parts that fit into the width, in their order. */
export function fittingText(parts: readonly Part[], width: number): string {
  const text = parts.map((part) => part.text).join(' · ');
  const highest = Math.max(...parts.map(({ rank }) => rank));
  if (highest === 0 || textWidth(text) <= width) return text;
  return fittingText(
    parts.filter(({ rank }) => rank < highest),
    width,
  );
}
