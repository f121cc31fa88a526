/** A task's recorded world, opened to play episodes in. */
import { recordedTools, type RecordedTools } from '#core/agent/recordedTools.ts';
import { createSharedStates, type SharedStates } from '#core/agent/searchState.ts';
import type { Task } from '#core/agent/task.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { parseQuestion, type Question } from '#core/search/question.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { loadTaskWorld } from '#node/worlds/worldStore.ts';

export interface TaskWorld {
  readonly record: WorldRecord;
  readonly question: Question;
  readonly tools: RecordedTools;
  /** What the episodes in this world have in common. */
  readonly shared: SharedStates;
}

type WorldTask = Pick<Task, 'repo' | 'id' | 'question'>;

/**
 * Throws a `TrainingError` if the folder has no world of the task, or one that cannot be read.
 *
 * @param states how many states are kept for further episodes.
 */
export function openTaskWorld(directory: string, task: WorldTask, states = 1): TaskWorld {
  const loaded = loadTaskWorld(directory, task);
  if (!loaded.ok) throw new TrainingError(loaded.message);
  return worldOf(loaded.value, task, states);
}

/** Undefined where the folder has no world of the task, or one that cannot be read. */
export function findTaskWorld(directory: string, task: WorldTask, states = 1): TaskWorld | undefined {
  const loaded = loadTaskWorld(directory, task);
  return loaded.ok ? worldOf(loaded.value, task, states) : undefined;
}

const worldOf = (record: WorldRecord, { question }: WorldTask, states: number): TaskWorld => ({
  record,
  question: parseQuestion(question),
  tools: recordedTools(record),
  shared: createSharedStates(states),
});
