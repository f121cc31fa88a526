/**
 * A repository that tasks are made of: bare or not, only read. Git is run inside of its own folder, so that no work
 * tree and no attributes in one have a part in what it prints.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolFailure } from '#core/agent/tools.ts';
import { gitFailure, runGit, type GitProgram, type GitResult } from '#node/history/git.ts';

export interface RepositorySource {
  /** The folder as it was given, for sentences. */
  readonly directory: string;
  /** Runs a git command. `onStdout` may be left out where the output is short. */
  run(args: readonly string[], onStdout?: (chunk: Buffer) => void, input?: string): Promise<GitResult>;
  readonly signal: AbortSignal;
}

/** The repository at a folder, which is a work tree's top or a bare repository itself. */
export async function openSource(git: GitProgram, directory: string): Promise<RepositorySource | ToolFailure> {
  const folder = existsSync(join(directory, '.git')) ? join(directory, '.git') : directory;
  if (!existsSync(folder)) return none(directory);
  // The folder is named outright, because a bare repository is not looked for where hostile ones could be planted.
  const found = await runGit(git, directory, [`--git-dir=${folder}`, 'rev-parse', '--absolute-git-dir']);
  if (found.outcome !== 'ended') return gitFailure(found, directory);
  if (found.code !== 0) return none(directory);
  const gitDirectory = found.stdout.replace(/\n$/, '');
  return {
    directory,
    run: (args, onStdout, input) => runGit(git, gitDirectory, [`--git-dir=${gitDirectory}`, ...args], onStdout, input),
    signal: git.signal,
  };
}

const none = (directory: string): ToolFailure => ({
  ok: false,
  reason: 'missing',
  message: `There is no git repository at ${directory}.`,
});

/** Which part of a history is used. */
export interface HistoryRange {
  /** Where the history is read from; HEAD by default. */
  readonly commit?: string | undefined;
  /** Commits made after this time are left out, in seconds since 1970. */
  readonly untilS?: number | undefined;
  /** Commits made less than so many days before the newest one are left out. */
  readonly leaveNewestDays?: number | undefined;
}

export interface HistoryStart {
  /** The newest commit that is used. */
  readonly commit: string;
  /** Time that no used commit is made after, in seconds since 1970. */
  readonly untilS: number;
}

const DAY_S = 86_400;

/**
 * The newest commit in the range, along first parents, so that a branch that was begun before the limit and joined
 * after it does not bring in what came later.
 */
export async function startOfRange(source: RepositorySource, range: HistoryRange): Promise<HistoryStart | ToolFailure> {
  const from = range.commit ?? 'HEAD';
  const newest = await source.run(['rev-list', '--max-count=1', '--timestamp', from, '--']);
  if (newest.outcome !== 'ended') return gitFailure(newest, source.directory);
  const [time, commit] = newest.stdout.trim().split(' ');
  if (newest.code !== 0 || !commit) return noStart(source, range.commit);
  const limits = [Number(time), range.untilS ?? Infinity];
  if (range.leaveNewestDays !== undefined) limits.push(Number(time) - range.leaveNewestDays * DAY_S);
  const untilS = Math.min(...limits);
  if (untilS === Number(time)) return { commit, untilS };
  const args = ['rev-list', '--first-parent', '--timestamp', commit, '--'];
  const older: string[] = [];
  let rest = '';
  const listed = await source.run(args, (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    if (older.length === 0) older.push(...lines.filter((line) => Number(line.split(' ')[0]) <= untilS).slice(0, 1));
  });
  if (listed.outcome !== 'ended' || listed.code !== 0) return gitFailure(listed, source.directory);
  if (older[0] === undefined) return nothingOlder(source);
  return { commit: older[0].split(' ')[1]!, untilS };
}

const noStart = ({ directory }: RepositorySource, commit: string | undefined): ToolFailure => ({
  ok: false,
  reason: 'missing',
  message:
    commit === undefined
      ? `The repository at ${directory} has no commit yet.`
      : `The repository at ${directory} does not have the commit ${commit}. Fetch its newest history.`,
});

const nothingOlder = ({ directory }: RepositorySource): ToolFailure => ({
  ok: false,
  reason: 'missing',
  message: `The repository at ${directory} has no commit that is old enough. Choose a later date, or leave out fewer days.`,
});
