/** `spoor tasks`: tasks, or pairs of text and code, from the histories of repositories. */
import { join } from 'node:path';
import { formatTaskLine } from '#core/agent/taskLine.ts';
import type { ToolFailure } from '#core/agent/tools.ts';
import { printable } from '#core/answer/plainText.ts';
import type { ParsedArguments } from '#cli/arguments.ts';
import { EXIT, type CliEnvironment } from '#cli/environment.ts';
import { createLineFile, type LineFile } from '#cli/lineFile.ts';
import { startProgress, type Progress } from '#cli/progress.ts';
import { tasksPlan, type TasksPlan } from '#cli/tasksPlan.ts';
import { tasksSummary, type MadeOf } from '#cli/tasksSummary.ts';
import { makePairs } from '#node/tasks/makePairs.ts';
import { makeTasks, type Made } from '#node/tasks/makeTasks.ts';
import { formatPairLine } from '#node/tasks/pair.ts';
import type { CorpusRepository } from '#node/tasks/corpus.ts';

export async function tasks(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const plan = tasksPlan(parsed, environment);
  const { format, sinceS } = plan;
  if (format !== 'spoor' && sinceS !== undefined)
    return (await import('#cli/trainingSet.ts')).writeTrainingSet({ ...plan, sinceS }, format, environment);
  const { file, done } = await writeAll(plan, environment);
  environment.stderr.write(tasksSummary(done, plan.pairs ? 'pairs' : 'tasks'));
  if (environment.signal.aborted) return EXIT.interrupted;
  return file.lines === 0 || done.some(({ made }) => 'ok' in made) ? EXIT.failed : EXIT.answered;
}

async function writeAll(
  plan: TasksPlan,
  environment: CliEnvironment,
): Promise<{ readonly file: LineFile; readonly done: readonly MadeOf[] }> {
  const file = createLineFile(plan.out);
  environment.onStop(() => file.flush());
  const progress = startProgress(plan.repositories.length, environment, () => performance.now());
  for (const line of plan.said) progress.say(line);
  const done: MadeOf[] = [];
  try {
    for (const repository of plan.repositories) {
      const made = await writeOne(plan, repository, file, progress, environment);
      if (environment.signal.aborted) break;
      done.push({ repo: repository.repo, made });
      if ('ok' in made) progress.say(printable(`${repository.repo}: ${made.message}`));
      else for (const note of made.notes) progress.say(printable(`${repository.repo}: ${note}`));
      progress.step(repository.repo);
    }
  } finally {
    progress.end();
    file.close();
  }
  return { file, done };
}

async function writeOne(
  plan: TasksPlan,
  repository: CorpusRepository,
  file: LineFile,
  progress: Progress,
  { signal }: CliEnvironment,
): Promise<Made<string> | ToolFailure> {
  const { repo, commit } = repository;
  const directory = join(plan.repos, ...repo.split('/'));
  const leaveNewestDays = Math.max(repository.leaveNewestDays ?? 0, plan.leaveNewestDays ?? 0);
  const options = { ...plan.options, commit, leaveNewestDays: leaveNewestDays || undefined };
  const git = { program: 'git', signal };
  const add = (line: string): void => {
    file.append(line);
    if (file.lines % LINES_A_STEP === 0) progress.now(repo);
  };
  progress.now(repo);
  return plan.pairs
    ? makePairs(git, directory, repo, options, (pair) => add(formatPairLine(pair)))
    : makeTasks(git, directory, repo, options, ({ task, fixCommit }) => add(formatTaskLine(task, fixCommit)));
}

const LINES_A_STEP = 500;
