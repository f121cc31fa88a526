/**
 * Records the worlds of many tasks: lays out each task's commit, a repository after the other, oldest commit first, so
 * that each step changes few files. Worlds that are there already are left as they are, so a run that was stopped is
 * taken up by the same call. Several processes share the work by shards.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import { openRepositoryRecorder, type RepositoryRecorder } from '#node/worlds/repositoryRecorder.ts';
import { loadTaskWorld, saveWorld, worldFile } from '#node/worlds/worldStore.ts';

/** What of a task matters for its world. */
export type WorldTask = Pick<Task, 'id' | 'repo' | 'commit' | 'question'>;

export interface RecordingPlan {
  /** Folder with a git repository at `owner/name` for each; they are only read. */
  readonly repos: string;
  /** Folder of the worlds. */
  readonly out: string;
  /** Folder of this process alone, for work trees and caches; the caller removes it. */
  readonly workDirectory: string;
  readonly signal: AbortSignal;
  /** Only the repositories of one of `count` processes, 0 to `count` − 1; all by default. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Episodes of chance for each world. */
  readonly episodes?: number;
  readonly emit?: (event: RecordingEvent) => void;
}

export interface RecordingEvent {
  readonly task: string;
  readonly repo: string;
  /** `kept`: the world was there. */
  readonly state: 'recorded' | 'kept' | 'failed';
  /** Why it failed, a sentence. */
  readonly message?: string;
}

export type RecordingCounts = Record<RecordingEvent['state'], number>;

/** What is wrong with one task or repository is told by an event; the others are recorded. */
export async function recordWorlds(tasks: readonly WorldTask[], plan: RecordingPlan): Promise<RecordingCounts> {
  const counts: RecordingCounts = { recorded: 0, kept: 0, failed: 0 };
  const emit = (event: RecordingEvent): void => {
    counts[event.state]++;
    plan.emit?.(event);
  };
  for (const [repo, own] of shardOf(tasks, plan.shard)) {
    const open = own.filter((task) => !isRecorded(plan.out, task));
    for (const { id } of own.filter((task) => !open.includes(task))) emit({ task: id, repo, state: 'kept' });
    if (open.length && !plan.signal.aborted) await recordRepository(repo, open, plan, emit);
  }
  return counts;
}

/** Repositories with their tasks, dealt out so that each shard gets about as many tasks. */
function shardOf(tasks: readonly WorldTask[], shard = { index: 0, count: 1 }): [string, WorldTask[]][] {
  const repos = [...Map.groupBy(tasks, ({ repo }) => repo)];
  repos.sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const loads = Array.from({ length: shard.count }, () => 0);
  return repos.filter(([, own]) => {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += own.length;
    return least === shard.index;
  });
}

const isRecorded = (out: string, task: WorldTask): boolean => loadTaskWorld(out, task).ok;

type Emit = (event: RecordingEvent) => void;

async function recordRepository(
  repo: string,
  tasks: readonly WorldTask[],
  plan: RecordingPlan,
  emit: Emit,
): Promise<void> {
  const fail = (failed: readonly WorldTask[], error: unknown): void => {
    if (plan.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    for (const { id } of failed) emit({ task: id, repo, state: 'failed', message });
  };
  const { signal, workDirectory, episodes } = plan;
  const directory = join(workDirectory, repo.replaceAll('/', '+'));
  const source = join(plan.repos, ...repo.split('/'));
  let recorder: RepositoryRecorder | undefined;
  try {
    recorder = await openRepositoryRecorder({
      source,
      directory,
      storage: join(workDirectory, 'storage'),
      signal,
      ...(episodes !== undefined && { episodes }),
    });
    for (const state of await statesOf(recorder, tasks))
      try {
        if (signal.aborted) break;
        await recorder.moveTo(state[0]!.commit);
        for (const task of state) await recordTask(task, recorder, plan, emit, fail);
      } catch (error) {
        fail(state, error);
      }
  } catch (error) {
    fail(tasks, error);
  } finally {
    await recorder?.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Tasks by commit, oldest commit first. */
async function statesOf(recorder: RepositoryRecorder, tasks: readonly WorldTask[]): Promise<WorldTask[][]> {
  const byCommit = Map.groupBy(tasks, ({ commit }) => commit);
  const times = await recorder.commitTimes([...byCommit.keys()]);
  const timeOf = ([task]: readonly WorldTask[]): number => times.get(task!.commit) ?? Infinity;
  return [...byCommit.values()].sort((a, b) => timeOf(a) - timeOf(b) || (a[0]!.commit < b[0]!.commit ? -1 : 1));
}

async function recordTask(
  task: WorldTask,
  recorder: RepositoryRecorder,
  { out, signal }: RecordingPlan,
  emit: Emit,
  fail: (tasks: readonly WorldTask[], error: unknown) => void,
): Promise<void> {
  if (signal.aborted) return;
  try {
    const record = await recorder.record(task.question);
    if (signal.aborted) return;
    saveWorld(worldFile(out, task), record);
    emit({ task: task.id, repo: task.repo, state: 'recorded' });
  } catch (error) {
    fail([task], error);
  }
}
