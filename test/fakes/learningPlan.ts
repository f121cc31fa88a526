/** A plan for tests of what is around a run. */
import { join } from 'node:path';
import type { LearningPlan } from '../../src/node/learning/learningPlan.ts';

export const learningPlan = (directory: string, given: Partial<LearningPlan> = {}): LearningPlan => ({
  directory,
  folders: [],
  storage: join(directory, '..', 'storage'),
  feedback: [],
  history: true,
  startName: 'shipped 1',
  versions: join(directory, '..', 'versions'),
  docsFolders: [],
  seed: 1,
  minutes: 1,
  processes: 1,
  historyTasks: 3,
  ...given,
});
