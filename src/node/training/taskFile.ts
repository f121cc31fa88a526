/** Reads a file of tasks, a line each. */
import { readFileSync } from 'node:fs';
import type { Task } from '#core/agent/task.ts';
import { parseTaskLine } from '#core/agent/taskLine.ts';
import { TrainingError } from '#node/training/trainingError.ts';

/** Throws a `TrainingError` that names the line, if the file cannot be read or one of its lines is no task. */
export function readTasks(file: string): Task[] {
  const tasks = new Map<string, Task>();
  for (const [index, line] of linesOf(file).entries()) {
    if (!line.trim()) continue;
    const task = parseTaskLine(line);
    if (typeof task === 'string') throw new TrainingError(`Line ${index + 1} of ${file}: ${task}`);
    if (tasks.has(task.id))
      throw new TrainingError(`Line ${index + 1} of ${file} has the id "${task.id}" of a line before it.`);
    tasks.set(task.id, task);
  }
  if (tasks.size === 0) throw new TrainingError(`There are no tasks in ${file}. "spoor tasks" makes some.`);
  return [...tasks.values()];
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    throw new TrainingError(`The file of tasks cannot be read: ${(error as Error).message}.`);
  }
}
