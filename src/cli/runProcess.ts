/** Connects the command line to this process: its streams, its signals, its end. */
import { EXIT, type CliEnvironment } from '#cli/environment.ts';
import { runCli } from '#cli/runCli.ts';
import { killAllChildren } from '#node/childProcesses.ts';
import packageFile from '../../package.json' with { type: 'json' };

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;

/**
 * Runs the command of `process.argv` and ends the process by its exit code, when all is written. Stopped from outside, it
 * kills its children and ends at once; the next process removes the temporary folder of one that was stopped.
 */
export async function runProcess(
  makers: Pick<CliEnvironment, 'createSearcher' | 'createTrainable' | 'runLearning'>,
): Promise<void> {
  const stopping = new AbortController();
  const cleanups: (() => void)[] = [];
  const stop = (code: number, message?: string): never => {
    stopping.abort();
    killAllChildren();
    for (const cleanup of cleanups) cleanup();
    if (message) process.stderr.write(`${message}\n`);
    process.exit(code);
  };
  watchProcess(stop);
  const onStop = (cleanup: () => void) => cleanups.push(cleanup);
  const { env, stdin, stdout, stderr } = process;
  const given = { argv: process.argv.slice(2), env, cwd: process.cwd(), stdin, stdout, stderr };
  const code = await runCli({ ...given, signal: stopping.signal, ...makers, onStop }, packageFile.version);
  // A failed write is an event of its own; exiting in its stead would hide it.
  stdout.write('', () => stderr.write('', () => setImmediate(() => process.exit(code))));
}

/** Has `stop` called by the signals that end programs, and when nobody reads the output any more. */
function watchProcess(stop: (code: number, message?: string) => never): void {
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => stop(code, 'spoor: stopped.'));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') stop(EXIT.answered);
    stop(EXIT.failed, `spoor: The answer could not be written: ${error.message}.`);
  });
  process.stderr.on('error', () => stop(EXIT.failed));
}
