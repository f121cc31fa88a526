/** How far a run is, in words and as a share. */
import type { LearningEvent, LearningPhase } from '#node/learning/learningPlan.ts';
import type { Language } from '#vscode/language.ts';

export type LearningProgress = Extract<LearningEvent, { type: 'progress' }>;

/** What a run does now. */
export function doingText(
  {
    activity,
    progress,
  }: { readonly activity: 'running' | 'paused' | 'stopping'; readonly progress?: LearningProgress },
  language: Language,
): string {
  const { t } = language;
  if (activity === 'stopping') return t('stopping');
  const doing = progress ? progressText(progress, language) : t('starting');
  return activity === 'paused' ? `${t('paused')} · ${doing}` : doing;
}

/** `Training: 3 of 20 · about 2 min left`. */
export function progressText({ phase, done, total, leftMs }: LearningProgress, language: Language): string {
  const { t } = language;
  const count = total > 0 ? t('{0} of {1}', done, total) : '';
  const doing = count ? t('{0}: {1}', phaseText(phase, language), count) : phaseText(phase, language);
  return leftMs === undefined ? doing : `${doing} · ${leftText(leftMs, language)}`;
}

export function phaseText(phase: LearningPhase, { t }: Language): string {
  switch (phase) {
    case 'gather':
      return t('Collecting questions');
    case 'record':
      return t('Trying out searches');
    case 'before':
      return t('Answering questions kept aside');
    case 'train':
      return t('Training');
    case 'after':
      return t('Answering them with the new policy');
  }
}

export const leftText = (leftMs: number, { t }: Language): string =>
  leftMs < MINUTE_MS ? t('less than a minute left') : t('about {0} min left', Math.round(leftMs / MINUTE_MS));

const MINUTE_MS = 60_000;

/**
 * Turns what is left into how much is done, from 0 to 1, which never goes back: the longest estimate so far counts as
 * the whole.
 */
export function progressShare(): (leftMs: number | undefined) => number {
  let [longest, share] = [0, 0];
  return (leftMs) => {
    if (leftMs === undefined) return share;
    longest = Math.max(longest, leftMs);
    if (longest > 0) share = Math.max(share, Math.min(1, 1 - leftMs / longest));
    return share;
  };
}
