/**
 * Runs programs without a shell, and keeps account of them, so that none outlives its call or this process.
 *
 * Only for programs that may be killed at any moment without harm: they are ended by SIGKILL.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { isAbsolute } from 'node:path';
import type { CancelSignal } from '#core/agent/tools.ts';
import { findProgram } from '#node/programs.ts';

/**
 * Runs `file`, a full path or the name of a program on the PATH, with its standard input closed unless there is `input`,
 * and resolves when it is gone. It never rejects for what the program does; it rejects with what `onStdout` throws.
 */
export function runProgram(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  if (options.signal?.aborted) return Promise.resolve(notRun('cancelled'));
  if (options.timeoutMs <= 0) return Promise.resolve(notRun('timeout'));
  const child = start(file, args, options);
  return child instanceof Error ? Promise.resolve(notRun('missing', child)) : follow(child, options);
}

/** Kills every program that still runs; their results have the outcome `cancelled`. Safe in an exit handler. */
export function killAllChildren(): void {
  for (const kill of running) kill();
}

export interface RunOptions {
  /** Absolute. */
  readonly cwd: string;
  readonly signal?: CancelSignal;
  /** Time until the program is killed, in milliseconds. */
  readonly timeoutMs: number;
  /** Gets the standard output piece by piece, in order; the buffers are the receiver's to keep. */
  readonly onStdout: (chunk: Buffer) => void;
  /** Bytes of standard output after which the program is killed; no limit by default. */
  readonly maxBytes?: number;
  /** The whole standard input. */
  readonly input?: string;
  /** Variables on top of this process's environment; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type RunOutcome = 'ended' | 'timeout' | 'cancelled' | 'missing' | 'too-much';

export interface RunResult {
  /** The exit code, or null when the program was killed or did not start. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** At most `MAX_STDERR` UTF-16 units; for `missing`, why the program did not start. */
  readonly stderr: string;
  /** `ended` by itself, whatever its exit code; `missing`: it could not be started (not found, no permission). */
  readonly outcome: RunOutcome;
}

export const MAX_STDERR = 16_384;

/** How many programs run now. */
export const runningChildren = (): number => running.size;

const running = new Set<() => void>();
let watchesExit = false;

const notRun = (outcome: RunOutcome, error?: Error): RunResult => ({
  code: null,
  signal: null,
  stderr: error?.message ?? '',
  outcome,
});

function start(file: string, args: readonly string[], { cwd, env, input }: RunOptions): ChildProcess | Error {
  const program = isAbsolute(file) ? file : findProgram(file);
  if (program === undefined) return new Error(`There is no program ${file} on the PATH.`);
  if (!watchesExit) process.once('exit', killAllChildren);
  watchesExit = true;
  try {
    return spawn(program, args, {
      cwd,
      env: env ? { ...process.env, ...env } : process.env,
      shell: false,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function follow(child: ChildProcess, options: RunOptions): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  let outcome: RunOutcome = 'ended';
  let thrown: { error: unknown } | undefined;
  let startError = '';
  const stop = (why: RunOutcome): void => {
    if (outcome === 'ended') outcome = why;
    child.stdout?.removeListener('data', take);
    child.stdout?.resume();
    child.kill('SIGKILL');
  };
  const take = limited(
    options,
    () => stop('too-much'),
    (error) => {
      thrown ??= { error };
      stop('cancelled');
    },
  );
  const cancel = (): void => stop('cancelled');
  const timer = setTimeout(() => stop('timeout'), Math.min(options.timeoutMs, 2 ** 31 - 1));
  const stderr = collectText(child);
  child.stdout?.on('data', take);
  // A program that ends before it has read everything is no error.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  child.on('error', (error) => {
    if (child.pid !== undefined) return;
    startError = error.message;
    if (outcome === 'ended') outcome = 'missing';
  });
  // A killed program's own children may hold the pipes open: do not wait for them.
  child.on('exit', () => {
    if (outcome !== 'ended') for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    running.delete(cancel);
    options.signal?.removeEventListener('abort', cancel);
    if (thrown) reject(thrown.error);
    else resolve({ code: child.pid === undefined ? null : code, signal, stderr: startError || stderr(), outcome });
  });
  running.add(cancel);
  options.signal?.addEventListener('abort', cancel);
  return promise;
}

/** Hands on at most `maxBytes` bytes; what `onStdout` throws goes to `fail`. */
function limited(
  { onStdout, maxBytes = Infinity }: RunOptions,
  overflow: () => void,
  fail: (error: unknown) => void,
): (chunk: Buffer) => void {
  let left = maxBytes;
  return (chunk) => {
    const kept = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= kept.length;
    try {
      if (kept.length) onStdout(kept);
    } catch (error) {
      return fail(error);
    }
    if (kept.length < chunk.length) overflow();
  };
}

function collectText(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    if (text.length < MAX_STDERR) text = (text + chunk).slice(0, MAX_STDERR);
  });
  return () => text;
}
