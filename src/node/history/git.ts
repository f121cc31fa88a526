/**
 * Runs git for reading only.
 *
 * The repository may be hostile: nothing that its configuration names is run (pager, external diff, text conversion,
 * signature programs, file system monitor, hooks), and a partial clone fetches nothing.
 */
import { devNull } from 'node:os';
import type { ToolFailure } from '#core/agent/tools.ts';
import { runProgram, type RunResult } from '#node/childProcesses.ts';

/** Runs `git ARGS` in a folder. `onStdout` may be left out where `stdout` is short; `input` is git's standard input. */
export async function runGit(
  git: GitProgram,
  directory: string,
  args: readonly string[],
  onStdout?: (chunk: Buffer) => void,
  input?: string,
): Promise<GitResult> {
  const chunks: Buffer[] = [];
  const result = await runProgram(git.program, [...SAFE_OPTIONS, ...args], {
    cwd: directory,
    signal: git.signal,
    timeoutMs: TIMEOUT_MS,
    env: SAFE_ENVIRONMENT,
    onStdout: onStdout ?? ((chunk) => void chunks.push(chunk)),
    ...(onStdout ? {} : { maxBytes: MAX_SHORT_OUTPUT }),
    ...(input === undefined ? {} : { input }),
  });
  return { ...result, stdout: Buffer.concat(chunks).toString() };
}

export interface GitProgram {
  readonly program: string;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

export interface GitResult extends RunResult {
  readonly stdout: string;
}

/** What a failed git means for people. `directory` is the workspace's folder. */
export function gitFailure(result: RunResult, directory: string): ToolFailure {
  const fail = (reason: ToolFailure['reason'], message: string): ToolFailure => ({ ok: false, reason, message });
  if (result.outcome === 'missing')
    return fail('missing', 'Git could not be started, so no history is searched. Install git or add it to the PATH.');
  if (result.outcome === 'cancelled') return fail('cancelled', 'Reading the history was cancelled.');
  if (result.outcome === 'timeout') return fail('timeout', `Git did not answer in time in ${directory}.`);
  if (/dubious ownership|safe\.directory/.test(result.stderr))
    return fail(
      'denied',
      `Git refuses to read ${directory}, because it belongs to somebody else. If you trust it, run: git config --global --add safe.directory ${directory}`,
    );
  return fail(
    'failed',
    `Git cannot read the history of ${directory} (${firstLine(result.stderr)}). Run git status there to see more.`,
  );
}

/** Enough for slow disks; a git that hangs is ended by it. */
const TIMEOUT_MS = 300_000;
const MAX_SHORT_OUTPUT = 16 << 20;

const SAFE_CONFIG = [
  'core.quotepath=off',
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.pager=cat',
  'credential.helper=',
  'diff.external=',
  'gc.auto=0',
  'maintenance.auto=false',
  'log.showSignature=false',
  'log.showRoot=true',
  'protocol.allow=never',
  // A bare repository in the middle of a workspace is somebody's data, not the workspace's history.
  'safe.bareRepository=explicit',
];

const SAFE_OPTIONS = [
  '--no-pager',
  '--no-optional-locks',
  '--no-replace-objects',
  '--literal-pathspecs',
  ...SAFE_CONFIG.flatMap((setting) => ['-c', setting]),
];

const SAFE_ENVIRONMENT: Record<string, string | undefined> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  // Git before 2.45 does not know GIT_NO_LAZY_FETCH; without a transport it cannot fetch either.
  GIT_ALLOW_PROTOCOL: 'none',
  // Set while a hook runs: they would lead to another repository than the folder's own.
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_NAMESPACE: undefined,
  GIT_PREFIX: undefined,
  GIT_SHALLOW_FILE: undefined,
  GIT_GRAFT_FILE: undefined,
  GIT_EXTERNAL_DIFF: undefined,
};

const firstLine = (text: string): string =>
  (text.trim().split('\n')[0] ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 200) || 'it gave no reason';

/** Options of `git log` that leave nothing of what it prints to the user's configuration. */
export const PLAIN_LOG: readonly string[] = [
  '--no-color',
  '--no-decorate',
  '--no-notes',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--no-show-signature',
  '--no-mailmap',
];
