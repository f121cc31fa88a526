/** The questions of each repository and tasks of its history before them, with recorded worlds. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import { formatTaskLine, parseTaskLine } from '#core/agent/taskLine.ts';
import { makeTasks, type MadeTask } from '#node/tasks/makeTasks.ts';
import { recordWorlds } from '#node/worlds/recordWorlds.ts';
import { worldFile } from '#node/worlds/worldStore.ts';

export interface Prepared {
  readonly repo: string;
  /** In the order of the file, with worlds. */
  readonly questions: readonly Task[];
  readonly questionWorlds: string;
  /** Oldest first, all before the commit of the first question; with worlds. */
  readonly history: readonly Task[];
  readonly historyWorlds: string;
}

export interface Preparation {
  readonly questions: string;
  readonly repos: string;
  readonly work: string;
  readonly split: string;
  readonly processes: number;
}

/** Of each repository, before any is recorded; the newest of them. */
const MOST_TASKS = 160;
const SAMPLE = 1_000;
const EPISODES = 4;

export async function prepareWorlds(preparation: Preparation): Promise<Prepared[]> {
  const { work } = preparation;
  const questions = readQuestions(preparation);
  const [questionWorlds, historyWorlds] = [join(work, 'questions'), join(work, 'history')];
  const history = await historyTasks(preparation, questions);
  await record(questions, questionWorlds, preparation, 12);
  await record(history, historyWorlds, preparation, EPISODES);
  const isRecorded = (worlds: string, task: Task): boolean => existsSync(worldFile(worlds, task));
  return [...Map.groupBy(questions, ({ repo }) => repo)].map(([repo, own]) => ({
    repo,
    questions: own.filter((task) => isRecorded(questionWorlds, task)),
    questionWorlds,
    history: history.filter((task) => task.repo === repo && isRecorded(historyWorlds, task)),
    historyWorlds,
  }));
}

function readQuestions({ questions, split }: Preparation): Task[] {
  const rows = readFileSync(questions, 'utf8').trim().split('\n');
  return rows.flatMap((row) => {
    if ((JSON.parse(row) as { readonly split?: string }).split !== split) return [];
    const task = parseTaskLine(row);
    if (typeof task === 'string') throw new Error(`${questions}: ${task}`);
    return [task];
  });
}

async function historyTasks({ work, repos }: Preparation, questions: readonly Task[]): Promise<Task[]> {
  const file = join(work, 'history.jsonl');
  if (!existsSync(file)) {
    const lines: string[] = [];
    for (const [repo, own] of Map.groupBy(questions, (task) => task.repo)) {
      const directory = join(repos, repo);
      const first = firstCommit(
        directory,
        own.map(({ commit }) => commit),
      );
      const made: MadeTask[] = [];
      const options = { commit: first, perRepo: SAMPLE, seed: 1, exclude: new Map(), withPaths: false };
      await makeTasks({ program: 'git', signal: new AbortController().signal }, directory, repo, options, (one) =>
        made.push(one),
      );
      made.sort((a, b) => a.timeS - b.timeS);
      lines.push(...made.slice(-MOST_TASKS).map(({ task, fixCommit }) => formatTaskLine(task, fixCommit)));
    }
    mkdirSync(work, { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`);
  }
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => parseTaskLine(line) as Task);
}

/** The earliest of these commits. */
function firstCommit(directory: string, commits: readonly string[]): string {
  const text = execFileSync(
    'git',
    ['-C', directory, 'show', '-s', '--no-walk', '--format=%ct %H', ...new Set(commits)],
    {
      encoding: 'utf8',
    },
  );
  return text
    .trim()
    .split('\n')
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))[0]!
    .split(' ')[1]!;
}

async function record(tasks: readonly Task[], out: string, preparation: Preparation, episodes: number): Promise<void> {
  const workDirectory = join(preparation.work, 'recording');
  await recordWorlds(tasks, {
    repos: preparation.repos,
    out,
    workDirectory,
    signal: new AbortController().signal,
    episodes,
    emit: ({ task, message }) => message && console.error(`${task}: ${message}`),
  });
  rmSync(workDirectory, { recursive: true, force: true });
}
