/**
 * Looks at all that a configuration names. A run keeps the configuration that it was begun with, so what is wrong with
 * one has to be known before there is a folder.
 */
import { checkWorlds, givenGrades, namesGrades } from '#node/training/chooseTasks.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { firstParameters } from '#node/training/runState.ts';
import { readTasks } from '#node/training/taskFile.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';

/** Throws a `TrainingError` that says what a run cannot begin with. */
export function checkInputs(config: TrainingConfig, { policy, hasWorld }: Trainable): void {
  const tasks = readTasks(config.tasks);
  firstParameters(config, policy);
  if (namesGrades(config)) givenGrades(config, tasks);
  checkWorlds(config, tasks, hasWorld);
}
