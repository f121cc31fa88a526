/** What all phases of a run share. */
import type { LearningFolder } from '#node/learning/learningFolder.ts';
import type { LearningControls, LearningPlan } from '#node/learning/learningPlan.ts';
import type { PlayedWorlds } from '#node/learning/learningPlayer.ts';
import type { LearningSettings } from '#node/learning/learningSettings.ts';
import type { PhaseProgress, RunTime } from '#node/learning/timeLeft.ts';

export interface RunParts {
  readonly plan: LearningPlan;
  readonly controls: LearningControls;
  readonly folder: LearningFolder;
  readonly settings: LearningSettings;
  readonly time: RunTime;
  /** How recorded worlds are played. */
  readonly play: PlayedWorlds;
}

export function tellProgress({ controls, time }: RunParts, at: PhaseProgress): void {
  controls.emit({ type: 'progress', ...at, leftMs: Math.round(time.leftMs(at)) });
}
