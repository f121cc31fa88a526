/** The command line's process, in memory: what it writes can be read, and it can be stopped. */
import type { CliEnvironment, TextSink } from '../../src/cli/environment.ts';
import { runCli } from '../../src/cli/runCli.ts';
import { scriptedSearchers } from './scriptedSearcher.ts';
import { toyPolicy } from './toyPolicy.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in memory; whatever is not given is a quiet pipe. */
export async function runInMemory(argv: readonly string[], given: Partial<CliEnvironment> = {}): Promise<CliRun> {
  const [stdout, stderr] = [memorySink(), memorySink()];
  const base: CliEnvironment = {
    argv,
    env: {},
    cwd: process.cwd(),
    stdin: textInput(),
    stdout,
    stderr,
    signal: new AbortController().signal,
    createSearcher: scriptedSearchers(),
    createTrainable: () =>
      Promise.resolve({ policy: toyPolicy(), hasWorld: () => true, isReachable: () => Promise.resolve(true) }),
    runLearning: () => Promise.reject(new Error('This test gives no learning.')),
    onStop: () => undefined,
  };
  const environment = { ...base, ...given };
  const code = await runCli(environment, '1.2.3');
  return { code, stdout: written(environment.stdout), stderr: written(environment.stderr) };
}

export interface MemorySink extends TextSink {
  readonly written: string[];
}

export function memorySink(terminal: Pick<TextSink, 'isTTY' | 'columns'> = {}): MemorySink {
  const written: string[] = [];
  return { written, write: (text) => written.push(text), ...terminal };
}

export async function* textInput(...chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

const written = (sink: TextSink): string => (sink as MemorySink).written.join('');
