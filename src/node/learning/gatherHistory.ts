/** Tasks from the newest commits of the repositories that a workspace's folders lie in, of files in these folders only. */
import { basename, resolve } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import type { ReasonCounter } from '#core/feedback/countReasons.ts';
import type { GitProgram } from '#node/history/git.ts';
import { findRepository } from '#node/history/repository.ts';
import { makeTasks, type MadeTask } from '#node/tasks/makeTasks.ts';
import type { Drops } from '#node/tasks/drops.ts';
import type { Workspace } from '#node/workspace.ts';

export interface HistoryRequest {
  readonly historyTasks: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface HistoryTask {
  readonly task: Task;
  /** When the commit that answers was made. */
  readonly timeMs: number;
  /** Repository paths that the workspace has of its repository; empty for all of it. */
  readonly scope: readonly string[];
}

export interface GatheredHistory {
  readonly tasks: readonly HistoryTask[];
  /** Full paths of their tops, by `task.repo`. */
  readonly repositories: ReadonlyMap<string, string>;
}

/** A folder without a repository, and a git that fails, is a note. Rejects when `signal` is aborted. */
export async function gatherHistory(
  workspace: Workspace,
  { historyTasks, seed, signal }: HistoryRequest,
  counter: ReasonCounter,
  notes: string[],
): Promise<GatheredHistory> {
  const program: GitProgram = { program: 'git', signal };
  const found = await repositoriesOf(workspace, program, notes);
  const tasks: HistoryTask[] = [];
  const each = Math.ceil(historyTasks / found.length);
  for (const repository of found) {
    const made = await newestTasks(program, repository, { most: each, seed }, counter);
    signal.throwIfAborted();
    if (typeof made === 'string') notes.push(made);
    else tasks.push(...made);
  }
  return { tasks, repositories: new Map(found.map(({ name, top }) => [name, top])) };
}

interface FoundRepository {
  /** `history/NAME`: the `repo` of its tasks. */
  readonly name: string;
  readonly top: string;
  /** Folders of the workspace in it; empty when it is one itself. */
  readonly under: readonly string[];
}

/** Folders of one work tree go together. */
async function repositoriesOf(workspace: Workspace, git: GitProgram, notes: string[]): Promise<FoundRepository[]> {
  const prefixes = new Map<string, string[]>();
  for (const { directory } of workspace.roots) {
    const repository = await findRepository(git, directory);
    git.signal.throwIfAborted();
    if (repository && 'ok' in repository) notes.push(repository.message);
    else if (!repository)
      notes.push(`${directory} is in no git repository, so there is no history of it to learn from.`);
    else {
      const top = resolve(
        directory,
        ...repository.prefix
          .split('/')
          .filter(Boolean)
          .map(() => '..'),
      );
      prefixes.set(top, [...(prefixes.get(top) ?? []), repository.prefix.replace(/\/$/, '')]);
    }
  }
  return [...prefixes].map(([top, under], i) => ({
    name: `history/${nameOf(top)}${i ? `-${i + 1}` : ''}`,
    top,
    under: under.includes('') ? [] : under,
  }));
}

/** One part of a path, whatever the folder is called. */
const nameOf = (top: string): string =>
  basename(top)
    .replace(/[^\w-]+/g, '-')
    .slice(0, 60) || 'root';

/** Commits that are looked at for each wanted task, at first; four times as many as long as they give too few. */
const COMMITS_A_TASK = 4;
const MOST_COMMITS = 20_000;

/** The tasks of the newest commits that give some; a sentence says why there are none. */
async function newestTasks(
  git: GitProgram,
  { name, top, under }: FoundRepository,
  { most, seed }: { readonly most: number; readonly seed: number },
  counter: ReasonCounter,
): Promise<HistoryTask[] | string> {
  for (let commits = most * COMMITS_A_TASK; ; commits *= 4) {
    const tasks: MadeTask[] = [];
    const part = { mostCommits: Math.min(commits, MOST_COMMITS), under };
    const options = { perRepo: most * COMMITS_A_TASK, seed, exclude: new Map(), withPaths: false, ...part };
    const made = await makeTasks(git, top, name, options, (task) => tasks.push(task));
    if ('ok' in made) return made.message;
    if (tasks.length < most && made.commits === part.mostCommits && commits < MOST_COMMITS) continue;
    countDrops(made.drops, counter);
    const newest = tasks.sort((a, b) => b.timeS - a.timeS || (a.task.id < b.task.id ? -1 : 1)).slice(0, most);
    return newest.map(({ task, timeS }) => ({ task, timeMs: timeS * 1000, scope: under }));
  }
}

function countDrops(drops: Drops, counter: ReasonCounter): void {
  for (const [reason, count] of drops) counter.add(`commits (${reason})`, count);
}
