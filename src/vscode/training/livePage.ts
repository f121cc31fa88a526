/** The page of a run that goes on: what it does now, how far it is, and its curves so far. */
import type { CurvePoint } from '#core/learning/learningReport.ts';
import { runningPage, type ReportPageOptions } from '#core/learning/reportPage.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { Language } from '#vscode/language.ts';
import { doingText } from './progressText.ts';
import type { TrainingState } from './trainings.ts';

export function livePage(state: TrainingState, language: Language, options: ReportPageOptions): string {
  const { t } = language;
  return pageOf(t('Spoor trains'), doingText(state, language), state, language, options);
}

/** The same of a run that ended without a report. `state`: its last one. */
export function overPage(state: TrainingState, language: Language, options: ReportPageOptions): string {
  const { t } = language;
  const over = t('This training is over, and nothing was finished. This is how far it came.');
  return pageOf(t('Training Report'), over, state, language, options);
}

function pageOf(
  title: string,
  first: string,
  { share, notes, metrics }: TrainingState,
  { t }: Language,
  options: ReportPageOptions,
): string {
  const done = t('{0} % are done.', Math.floor(100 * share));
  const sentences = [first, ...(share > 0 ? [done] : []), ...notes];
  return runningPage(title, { sentences, curves: metrics.map(pointOf) }, options);
}

/** Differs when the page would show something else that is worth drawing it anew for. */
export function pictureOf({ activity, progress, metrics, notes }: TrainingState): string {
  const steps = progress && progress.total > 0 ? Math.floor((STEPS * progress.done) / progress.total) : 0;
  const minutes = progress?.leftMs === undefined ? '' : Math.round(progress.leftMs / MINUTE_MS);
  return [activity, progress?.phase, steps, minutes, metrics.length, notes.length].join(' ');
}

/** Of a phase. Each is drawn; more would only flicker. */
const STEPS = 20;
const MINUTE_MS = 60_000;

const pointOf = ({ iteration, reward, klReference, measures }: IterationMetrics): CurvePoint => ({
  iteration,
  reward,
  recall: measures['recall'] ?? 0,
  kl: klReference,
  searches: measures['searches'] ?? 0,
});
