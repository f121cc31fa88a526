/**
 * The files of a folder, listed by ripgrep with its ignore rules. A positive glob would bring back ignored files, a
 * file type (`--type`) does not.
 */
import type { CancelSignal } from '#core/agent/tools.ts';
import { runProgram } from '#node/childProcesses.ts';
import { NOISE_FOLDERS } from '#node/secrets.ts';
import { findRipgrep, type FindRipgrepOptions } from './findRipgrep.ts';
import { readSpoorIgnore } from './spoorIgnore.ts';

/**
 * Files under `directory`: relative, `/`-separated, sorted. Further `flags` may narrow them. As for grep, where the
 * ignore files leave nothing at all, first those above the folder and then git's are left out of account. Links are
 * not followed, installed packages left out. Secrets are not: that is the caller's. Never rejects.
 */
export async function listFiles(
  ripgrep: FindRipgrepOptions,
  directory: string,
  options: ListOptions,
  flags: readonly string[] = [],
): Promise<FileList> {
  const modes = [...(options.isAsked ? [] : [[]]), INSIDE, [...INSIDE, '--no-ignore-vcs']];
  for (const mode of modes) {
    const listed = await printWithIgnore(ripgrep, directory, [...FILES_ARGS, ...flags, ...mode], options);
    if (listed.output || listed.trouble || mode === modes.at(-1)) return fileListOf(listed);
    if (flags.length === 0) continue;
    const any = await printWithIgnore(ripgrep, directory, [...FILES_ARGS, ...mode], { ...options, maxBytes: 1 });
    if (any.output) break;
  }
  return { paths: [] };
}

export interface ListOptions {
  readonly signal: CancelSignal;
  readonly timeoutMs: number;
  /** Ignore files of the folders around `directory` do not count: a folder that was asked for is listed. */
  readonly isAsked?: boolean;
  /** Of ripgrep's output. */
  readonly maxBytes?: number;
}

export interface FileList {
  readonly paths: readonly string[];
  /** A piece of a sentence, set when files may be missing. */
  readonly trouble?: string;
}

export interface Output {
  readonly output: string;
  /** A piece of a sentence, set when the output is not whole. */
  readonly trouble?: string;
}

/** What ripgrep looks at and how it prints, for all calls. */
export const COMMON_ARGS: readonly string[] = [
  ...['--no-config', '--color=never', '--no-follow', '--no-require-git', '--no-ignore-global', '--path-separator=/'],
  ...NOISE_FOLDERS.map((folder) => `--iglob=!**/${folder}`),
];

const FILES_ARGS = [...COMMON_ARGS, '--files', '--null', '--hidden'];
const INSIDE = ['--no-ignore-parent'];
const MAX_BYTES = 64 << 20;
const REASONS = {
  timeout: 'listing them took too long.',
  cancelled: 'listing them was cancelled.',
  missing: 'ripgrep could not be started.',
  'too-much': 'there are too many files.',
};

/**
 * Runs ripgrep on a folder with its own ignore file. Ripgrep refuses to start over a rule that is no valid glob; the
 * ignore file itself is read with more patience.
 */
export async function printWithIgnore(
  ripgrep: FindRipgrepOptions,
  directory: string,
  args: readonly string[],
  options: ListOptions,
): Promise<Output> {
  const own = readSpoorIgnore(directory);
  const soft = own ? [...args, `--ignore-file=${own.file}`] : args;
  const firm = [...soft, ...(own?.firmRules ?? []).map((rule) => `--glob=!${rule}`)];
  const output = await print(ripgrep, directory, firm, options);
  return output.trouble && firm.length > soft.length ? print(ripgrep, directory, soft, options) : output;
}

async function print(
  ripgrep: FindRipgrepOptions,
  cwd: string,
  flags: readonly string[],
  { signal, timeoutMs, maxBytes = MAX_BYTES }: ListOptions,
): Promise<Output> {
  const found = findRipgrep(ripgrep);
  const args = [...flags, '--', '.'];
  if (!found.ok) return { output: '', trouble: found.message };
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer): void => void chunks.push(chunk);
  const result = await runProgram(found.value.file, args, { cwd, signal, timeoutMs, maxBytes, onStdout });
  const output = Buffer.concat(chunks).toString();
  if (result.outcome !== 'ended') return { output, trouble: REASONS[result.outcome] };
  // Code 1: nothing found. Code 2 with output: some folder could not be read, which the user decided.
  const failed = result.code === null || (result.code > 1 && output === '');
  return failed ? { output, trouble: `ripgrep failed (${result.stderr.trim().split('\n')[0]}).` } : { output };
}

function fileListOf({ output, trouble }: Output): FileList {
  const paths = output
    .split('\0')
    .slice(0, -1)
    .map((path) => (path.startsWith('./') ? path.slice(2) : path))
    .sort();
  return trouble ? { paths, trouble } : { paths };
}
