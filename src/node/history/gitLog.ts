/**
 * The commits of a repository: first their ids, newest first, then what they say and change, some at a time.
 *
 * Asking for commits by id makes every step repeatable: what is known is not read again, wherever HEAD went meanwhile.
 * Merges are left out: what they bring is told by the commits that they join.
 */
import type { ToolFailure } from '#core/agent/tools.ts';
import { PLAIN_LOG, gitFailure, runGit, type GitProgram } from '#node/history/git.ts';
import { createLogParser, LOG_FORMAT, type LoggedCommit } from '#node/history/logParser.ts';
import type { Repository } from '#node/history/repository.ts';

/** The newest `limit` ancestors of a commit, itself included, that change something in the workspace folder. */
export async function listAncestors(
  git: GitProgram,
  repository: Repository,
  head: string,
  limit: number,
): Promise<string[] | ToolFailure> {
  const ids: string[] = [];
  let rest = '';
  const args = [
    'rev-list',
    '--no-merges',
    `--max-count=${limit}`,
    head,
    ...(repository.prefix ? ['--full-history', '--', '.'] : ['--']),
  ];
  const result = await runGit(git, repository.directory, args, (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    ids.push(...lines);
  });
  return result.outcome === 'ended' && result.code === 0 ? ids : gitFailure(result, repository.directory);
}

export interface ReadCommits {
  readonly commits: readonly LoggedCommit[];
  /** Commits whose files could not be told: their trees are not in this clone. */
  readonly withoutFiles: readonly LoggedCommit[];
}

/**
 * Reads commits by id, at most a few hundred. Partial clones may lack what tells renames, or even the files: then less
 * is read. A failure only when not even the messages can be read.
 */
export async function readCommits(
  git: GitProgram,
  repository: Repository,
  ids: readonly string[],
): Promise<ReadCommits | ToolFailure> {
  const found = new Map<string, LoggedCommit>();
  const skipped = new Set<string>();
  const left = (): string[] => ids.filter((id) => !found.has(id) && !skipped.has(id));
  for (const changes of [WITH_RENAMES, ...Array<string[]>(MAX_SKIPPED).fill(WITHOUT_RENAMES)]) {
    const failure = await logInto(found, git, repository, left(), changes);
    if (!failure || git.signal.aborted) break;
    // Git gives up at the first commit that it cannot tell the changes of.
    if (changes === WITHOUT_RENAMES) skipped.add(left()[0]!);
  }
  const bare = new Map<string, LoggedCommit>();
  const missing = ids.filter((id) => !found.has(id));
  const failure = await logInto(bare, git, repository, missing, MESSAGES_ONLY);
  return failure ?? { commits: [...found.values()], withoutFiles: [...bare.values()] };
}

/** The messages alone, for commits whose parents are not there: their whole tree would seem to be changed. */
export async function readMessages(
  git: GitProgram,
  repository: Repository,
  ids: readonly string[],
): Promise<ReadCommits | ToolFailure> {
  const found = new Map<string, LoggedCommit>();
  const failure = await logInto(found, git, repository, ids, MESSAGES_ONLY);
  return failure ?? { commits: [], withoutFiles: [...found.values()] };
}

async function logInto(
  found: Map<string, LoggedCommit>,
  git: GitProgram,
  repository: Repository,
  ids: readonly string[],
  changes: readonly string[],
): Promise<ToolFailure | undefined> {
  if (!ids.length) return undefined;
  const parser = createLogParser((commit) => void found.set(commit.id, commit));
  const result = await runGit(git, repository.directory, [...LOG, ...changes, ...ids, '--'], (chunk) =>
    parser.add(chunk),
  );
  if (result.outcome !== 'ended' || result.code !== 0) return gitFailure(result, repository.directory);
  parser.end();
  return undefined;
}

const WITH_RENAMES = ['--name-status', '-M', '-l200'];
const WITHOUT_RENAMES = ['--name-status', '--no-renames'];
const MESSAGES_ONLY = ['--no-patch'];
/** Commits of a batch whose files cannot be told, after which the rest is read without files too. */
const MAX_SKIPPED = 4;

const LOG = [
  'log',
  '--no-walk=unsorted',
  '-z',
  `--format=${LOG_FORMAT}`,
  '--encoding=UTF-8',
  ...PLAIN_LOG,
  '--ignore-submodules=none',
];
