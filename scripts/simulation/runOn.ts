/** One run of the product on given tasks, whose worlds are recorded already. */
import { existsSync, linkSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import type { RejectedAnswer } from '#core/feedback/feedbackTasks.ts';
import type { Comparison } from '#core/learning/learningReport.ts';
import type { HeldTask } from '#node/learning/gatherTasks.ts';
import { openLearningFolder } from '#node/learning/learningFolder.ts';
import { runLearning } from '#node/learning/learningRun.ts';
import { rejectedTask } from '#node/learning/recordTasks.ts';
import { worldFile } from '#node/worlds/worldStore.ts';

export interface Lessons {
  readonly learn: readonly Task[];
  readonly held: readonly HeldTask[];
  readonly rejected: readonly RejectedAnswer[];
}

export interface RunOutcome {
  readonly isPromoted: boolean;
  /** Why, in the gate's words. */
  readonly said: string;
  readonly comparisons: readonly Comparison[];
  readonly seconds: number;
}

export interface RunOn {
  readonly lessons: Lessons;
  /** That the tasks' worlds are kept under, whatever the tasks say. */
  readonly repo: string;
  /** Folders that the tasks' worlds lie in. */
  readonly worlds: readonly string[];
  readonly directory: string;
  readonly start?: string;
  readonly seed: number;
  readonly processes: number;
  readonly settings: Readonly<Record<string, number>>;
}

/** More than any of them needs, so that what is learned does not hang on what else the machine does. */
const MINUTES = 60;

export async function runOn({
  lessons,
  repo,
  worlds,
  directory,
  start,
  seed,
  processes,
  settings,
}: RunOn): Promise<RunOutcome> {
  const folder = openLearningFolder(directory);
  const tasks = [...lessons.learn, ...lessons.held.map(({ task }) => task)];
  const rejected = lessons.rejected.map(({ id, question }) => rejectedTask(id, question, []));
  for (const task of [...tasks, ...rejected]) linkWorld(task, repo, worlds, folder.worlds);
  folder.write('gathered', { ...lessons, scopes: [], repositories: [], dropped: [], notes: [] });
  const recorded = folder.openLines<{ id: string; result: { kind: 'recorded' } }>('recorded');
  for (const { id } of [...tasks, ...rejected]) recorded.append({ id, result: { kind: 'recorded' } });
  folder.write('recorded', { late: 0 });
  const startedMs = performance.now();
  const end = await runLearning(
    {
      directory,
      folders: [],
      storage: join(directory, 'storage'),
      feedback: [],
      history: false,
      ...(start !== undefined && { start }),
      startName: start === undefined ? 'shipped' : 'the run before',
      versions: join(directory, 'versions'),
      docsFolders: [],
      seed,
      minutes: MINUTES,
      processes,
      historyTasks: 0,
      settings,
    },
    { emit: () => undefined, signal: new AbortController().signal, nowMs: () => performance.now() },
  );
  const seconds = (performance.now() - startedMs) / 1000;
  if (end.kind !== 'finished')
    return { isPromoted: false, said: end.kind === 'stopped' ? 'stopped' : end.sentence, comparisons: [], seconds };
  const { isPromoted, reasons, comparisons } = end.report.gate;
  return { isPromoted, said: reasons[0] ?? '', comparisons, seconds };
}

function linkWorld(task: Task, repo: string, folders: readonly string[], out: string): void {
  const source = folders.map((folder) => worldFile(folder, { ...task, repo })).find((file) => existsSync(file));
  const target = worldFile(out, task);
  if (source === undefined || existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  linkSync(source, target);
}
