/** A run that is taken up: what it is for stays; what it may run, read and use is what trust and settings allow now. */
import type { LearningPlan } from '#node/learning/learningPlan.ts';

/** What of a plan follows from the settings and from the workspace's trust. */
export type PresentSettings = Readonly<
  Required<Pick<LearningPlan, 'docs' | 'git' | 'docsFolders' | 'minutes' | 'processes'>> &
    Pick<LearningPlan, 'rg' | 'appRoot'>
>;

/** Programs that are not named any more are left out: the workspace that named them may not be trusted now. */
export const renewedPlan = (
  { rg: _rg, appRoot: _appRoot, ...plan }: LearningPlan,
  present: PresentSettings,
): LearningPlan => ({ ...plan, ...present, history: plan.history && present.git });
