/** What a run of this window is asked for: its settings, its places, and the policy to begin with. */
import { existsSync } from 'node:fs';
import { LEARNING_DEFAULTS, type LearningPlan } from '#node/learning/learningPlan.ts';
import type { Parts } from '#vscode/commands/parts.ts';
import { readSettings } from '#vscode/settings.ts';
import { renewedPlan, type PresentSettings } from './renewedPlan.ts';
import { trainingSettings } from './trainingSettings.ts';

/** What is to be learned from. */
export interface Sources {
  readonly answers: boolean;
  readonly history: boolean;
}

/** @param directory folder of the run. */
export async function planFor(parts: Parts, { answers, history }: Sources, directory: string): Promise<LearningPlan> {
  const { file } = parts.feedback();
  const present = presentSettings(parts);
  return {
    directory,
    folders: parts.paths().folders,
    storage: parts.storage.caches,
    feedback: answers && existsSync(file) ? [file] : [],
    history: history && present.git,
    ...(await beginning(parts)),
    versions: parts.policies().folders.workspace,
    seed: LEARNING_DEFAULTS.seed,
    historyTasks: LEARNING_DEFAULTS.historyTasks,
    ...present,
  };
}

/** The plan of a run that is taken up, by the trust and the settings of now. */
export const planAnew = (parts: Parts, plan: LearningPlan): LearningPlan => renewedPlan(plan, presentSettings(parts));

function presentSettings(parts: Parts): PresentSettings {
  const { docs, docsFolders, history: git, rg, appRoot } = readSettings(parts.paths().folders, parts.storage);
  return {
    docs,
    git,
    docsFolders,
    ...(rg !== undefined && { rg }),
    ...(appRoot !== undefined && { appRoot }),
    ...trainingSettings(),
  };
}

/** The policy in use. One that is written by hand cannot learn: then the shipped one, for which no file is named. */
async function beginning({ search }: Parts): Promise<Pick<LearningPlan, 'start' | 'startName'>> {
  const { version, file, digest } = await search.service.policy();
  if (digest === '') return { startName: 'shipped' };
  return { startName: version, ...(file !== undefined && { start: file }) };
}
