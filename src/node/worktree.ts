/**
 * Lays out the commits of a repository as a real work tree, without ever running git inside the repository or writing
 * to it: a new, empty repository borrows its objects (git's "alternates"). No branch or tag comes along, so that the
 * history that can be seen is the one up to the commit. The user's git settings, hooks and filters have no part in it.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '#node/childProcesses.ts';

/** Why a commit could not be laid out, as a sentence for people. */
export class WorktreeError extends Error {
  override readonly name = 'WorktreeError';
}

const CHECKOUT_TIMEOUT_MS = 15 * 60_000;
const SETTINGS = [
  'gc.auto=0',
  'core.autocrlf=false',
  'core.eol=lf',
  'core.longpaths=true',
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
];
const MAX_IDS_A_CALL = 500;

export interface Worktree {
  readonly directory: string;
  /** The known ones of these commits with their committer times in seconds, by the id as given. */
  commitTimes(commits: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Makes the work tree exactly that of the commit. Throws a `WorktreeError` if the repository does not have it whole. */
  moveTo(commit: string): Promise<void>;
}

/** Throws a `WorktreeError` if there is no repository at `source` or git cannot work. */
export async function openWorktree(source: string, directory: string, signal: AbortSignal): Promise<Worktree> {
  const run = (args: readonly string[]) => git(directory, args, signal);
  const lender = gitFolderOf(source);
  mkdirSync(directory, { recursive: true });
  const format = usesSha256(lender) ? ['--object-format=sha256'] : [];
  await run(['-c', 'init.defaultBranch=main', 'init', '--quiet', '--template=', ...format, '.']);
  mkdirSync(join(directory, '.git/objects/info'), { recursive: true });
  writeFileSync(join(directory, '.git/objects/info/alternates'), `${join(lender, 'objects')}\n`);
  if (existsSync(join(lender, 'shallow'))) copyFileSync(join(lender, 'shallow'), join(directory, '.git/shallow'));
  return {
    directory,
    commitTimes: (commits) => commitTimes(run, commits),
    async moveTo(commit) {
      await run(['checkout', '--quiet', '--force', '--detach', `${commit}^{commit}`, '--']);
      await run(['clean', '--quiet', '-ffdx']);
    },
  };
}

type Run = (args: readonly string[]) => Promise<string>;

async function commitTimes(run: Run, commits: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (let i = 0; i < commits.length; i += MAX_IDS_A_CALL) {
    const some = commits.slice(i, i + MAX_IDS_A_CALL);
    const out = await run([
      'rev-list',
      '--no-walk=unsorted',
      '--ignore-missing',
      '--timestamp',
      '--end-of-options',
      ...some,
      '--',
    ]);
    const known = out
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]);
    for (const commit of some) {
      const time = known.find(([, id]) => id.startsWith(commit))?.[0];
      if (time !== undefined) times.set(commit, Number(time));
    }
  }
  return times;
}

/** The folder that holds a repository's objects: itself if bare, its `.git`, or where its `.git` file points. */
function gitFolderOf(source: string): string {
  const real = existsSync(source) ? realpathSync(source) : source;
  const inside = join(real, '.git');
  const candidates = [
    real,
    existsSync(inside) && statSync(inside).isFile() ? pointedAt(real, inside, /^gitdir: (.+)$/m) : inside,
  ];
  for (const candidate of candidates) {
    const common = join(candidate, 'commondir');
    const folder = existsSync(common) ? pointedAt(candidate, common, /^(.+)$/m) : candidate;
    if (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'))) return folder;
  }
  throw new WorktreeError(`There is no git repository at ${source}.`);
}

const pointedAt = (from: string, file: string, pattern: RegExp): string =>
  resolve(from, pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? '.');

function usesSha256(gitFolder: string): boolean {
  const config = join(gitFolder, 'config');
  return existsSync(config) && /^\s*objectformat\s*=\s*sha256\s*$/im.test(readFileSync(config, 'utf8'));
}

/** Runs git and gives its output; throws a `WorktreeError` with git's own last words if it fails. */
async function git(cwd: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const onStdout = (chunk: Buffer) => chunks.push(chunk);
  const options = { cwd, signal, timeoutMs: CHECKOUT_TIMEOUT_MS, onStdout, env: gitEnvironment() };
  const result = await runProgram('git', [...settings, ...args], options);
  if (result.outcome === 'missing')
    throw new WorktreeError('git is not installed, or not on the PATH. Install it and try again.');
  if (result.code === 0) return Buffer.concat(chunks).toString('utf8');
  const said = result.stderr.trim().split('\n').at(-1) || `it ended by ${result.outcome}`;
  throw new WorktreeError(`git could not lay out the commit: ${said}`);
}

function gitEnvironment(): Record<string, string | undefined> {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
