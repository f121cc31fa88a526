/** `spoor tasks --format`: data sets for the training of language models, and the states that are to be served. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolFailure } from '#core/agent/tools.ts';
import { printable } from '#core/answer/plainText.ts';
import { CliError, EXIT, type CliEnvironment } from '#cli/environment.ts';
import { startProgress, type Progress } from '#cli/progress.ts';
import type { TasksPlan } from '#cli/tasksPlan.ts';
import { typedPath } from '#cli/shownPath.ts';
import { tasksSummary, type MadeOf } from '#cli/tasksSummary.ts';
import type { CorpusRepository } from '#node/tasks/corpus.ts';
import { makeTasks } from '#node/tasks/makeTasks.ts';
import { r1SearcherSet } from '#node/tasks/r1SearcherSet.ts';
import { searchR1Set } from '#node/tasks/searchR1Set.ts';
import { servedState } from '#node/tasks/servedState.ts';
import { questionKey, trainingExample, type TrainingExample } from '#node/tasks/trainingExample.ts';
import { trainingSplit, type TrainingSplit } from '#node/tasks/trainingSplit.ts';
import { folderLabels, joinLabel } from '#node/workspace.ts';

/** Formats beside Spoor's own, and what makes their files of examples. */
const SETS = { 'r1-searcher': r1SearcherSet, 'search-r1': searchR1Set } as const;

export type SetFormat = keyof typeof SETS;

/** A folder of the workspace that is to be served: a repository, and the commit that it stands at. */
interface Served {
  readonly repo: string;
  readonly commit: string;
  readonly folder: string;
}

export async function writeTrainingSet(
  plan: TasksPlan & { readonly sinceS: number },
  format: SetFormat,
  environment: CliEnvironment,
): Promise<number> {
  if (statSync(plan.out, { throwIfNoEntry: false })) throw taken(plan.out);
  const made = await gatherAll(plan, environment);
  environment.stderr.write(tasksSummary(made.done, 'tasks'));
  if (environment.signal.aborted) return EXIT.interrupted;
  const { train, test } = made.split;
  if (train.length === 0) throw new CliError(whyNone(made));
  const files = new Map<string, string | Uint8Array>([
    ...SETS[format](made.split),
    ['test.tasks.jsonl', test.map(({ taskLine }) => `${taskLine}\n`).join('')],
    ['served.json', servedText(made.served)],
  ]);
  writeFiles(plan.out, files);
  environment.stderr.write(resultText(plan, train.length, test.length, made));
  return made.done.some((one) => 'ok' in one.made) ? EXIT.failed : EXIT.answered;
}

interface Gathered {
  readonly split: TrainingSplit;
  readonly served: readonly Served[];
  readonly done: readonly MadeOf[];
  /** Tasks without a file in the served state, and those asked before of another repository. */
  readonly leftOut: number;
}

async function gatherAll(
  plan: TasksPlan & { readonly sinceS: number },
  environment: CliEnvironment,
): Promise<Gathered> {
  const progress = startProgress(plan.repositories.length, environment, () => performance.now());
  for (const line of plan.said) progress.say(line);
  const read: ReadRepository[] = [];
  const done: MadeOf[] = [];
  const asked = new Set<string>();
  let leftOut = 0;
  try {
    for (const repository of plan.repositories) {
      const one = await gatherOne(plan, repository, progress, environment);
      if (environment.signal.aborted) break;
      const { repo } = repository;
      done.push({ repo, made: one.made });
      for (const note of 'ok' in one.made ? [one.made.message] : one.made.notes)
        progress.say(printable(`${repo}: ${note}`));
      progress.step(repo);
      const fresh = one.examples.filter(
        (example) => !asked.has(questionKey(example)) && asked.add(questionKey(example)),
      );
      leftOut += one.tasks - fresh.length;
      if (one.commit !== undefined) read.push({ repo, commit: one.commit, split: trainingSplit(fresh) });
    }
  } finally {
    progress.end();
  }
  return { ...servedTogether(read), done, leftOut };
}

interface ReadRepository {
  readonly repo: string;
  readonly commit: string;
  readonly split: TrainingSplit;
}

/** What could be read, as one workspace. */
function servedTogether(read: readonly ReadRepository[]): Pick<Gathered, 'split' | 'served'> {
  const folders = folderLabels(read.map(({ repo }) => repo));
  // As a workspace names several folders; the only one has no name.
  const labels = read.length > 1 ? folders : [''];
  const all = (part: keyof TrainingSplit): TrainingExample[] =>
    read.flatMap(({ split }, i) => split[part].map((example) => labelled(example, labels[i]!)));
  return {
    split: { train: all('train'), test: all('test') },
    served: read.map(({ repo, commit }, i) => ({ repo, commit, folder: folders[i]! })),
  };
}

const labelled = (example: TrainingExample, label: string): TrainingExample => ({
  ...example,
  path: joinLabel(label, example.path),
  targets: example.targets.map((place) => joinLabel(label, place)),
});

interface GatheredOne {
  readonly made: MadeOf['made'];
  readonly examples: readonly TrainingExample[];
  readonly tasks: number;
  readonly commit?: string;
}

async function gatherOne(
  plan: TasksPlan & { readonly sinceS: number },
  { repo, commit, leaveNewestDays = 0 }: CorpusRepository,
  progress: Progress,
  { signal }: CliEnvironment,
): Promise<GatheredOne> {
  progress.now(repo);
  const git = { program: 'git', signal };
  const directory = join(plan.repos, ...repo.split('/'));
  const failed = (made: ToolFailure): GatheredOne => ({ made, examples: [], tasks: 0 });
  const state = await servedState(git, directory, { commit, untilS: plan.sinceS - 1 });
  if ('ok' in state) return failed(state);
  const days = Math.max(leaveNewestDays, plan.leaveNewestDays ?? 0);
  const options = { ...plan.options, sinceS: plan.sinceS, commit, leaveNewestDays: days || undefined };
  const examples: TrainingExample[] = [];
  let tasks = 0;
  const made = await makeTasks(git, directory, repo, options, (task) => {
    tasks++;
    // Which folders stand beside it is known when all are read.
    const example = trainingExample(task, state);
    if (example) examples.push(example);
  });
  return 'ok' in made ? failed(made) : { made, examples, tasks, commit: state.commit };
}

function whyNone({ served, leftOut }: Gathered): string {
  if (served.length === 0) return 'None of the repositories can be learned from: it is said above why.';
  if (leftOut === 0) return 'There are no tasks since that day. Choose an earlier --since.';
  return 'None of these tasks can be learned from: their files came after the served state. Choose a later --since.';
}

const taken = (out: string): CliError =>
  new CliError(`There is ${out} already. Name another folder by --out, or delete it.`);

function writeFiles(out: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  try {
    mkdirSync(out);
    for (const [name, content] of files) writeFileSync(join(out, name), content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(out);
    throw new CliError(`${out} could not be written: ${(error as Error).message}.`);
  }
}

const servedText = (served: readonly Served[]): string => `${JSON.stringify({ served }, undefined, 2)}\n`;

function resultText({ out, repos }: TasksPlan, train: number, test: number, { served, leftOut }: Gathered): string {
  const worktrees = served.map(
    ({ repo, commit, folder }) =>
      `  git -C ${typedPath(join(repos, ...repo.split('/')))} worktree add --detach ${typedPath(join(out, 'served', folder))} ${commit}`,
  );
  const folders = served.map(({ folder }) => ` --workspace ${typedPath(join(out, 'served', folder))}`).join('');
  const lines = [
    ...(leftOut
      ? [`${leftOut} of them are left out: their files came after the served state, or they were asked before.`]
      : []),
    `${train} to train on and ${test} newer ones to test with are in ${out}. They are about this state:`,
    ...worktrees,
    `  spoor serve --frozen${folders}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
