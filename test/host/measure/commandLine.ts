/**
 * The command line's times: of its searcher, warm, in one process for all questions as `spoor batch` has it, and of the
 * program that answers one question and ends, with what earlier ones have kept.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runProgram } from '#node/childProcesses.ts';
import type { FromSearcher, ToSearcher } from './searcherProcess.ts';

const V8_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'dist', 'spoor.mjs');

export interface CommandLine {
  ask(question: string): Promise<FromSearcher>;
  /** Milliseconds of a process of its own. */
  askAnew(question: string): Promise<number>;
  stop(): void;
}

/** Resolves when history and docs index are there. */
export async function openCommandLine(directory: string, storage: string): Promise<CommandLine> {
  const child = fork(join(import.meta.dirname, 'searcherProcess.ts'), { execArgv: V8_FLAGS });
  const say = async (told: ToSearcher): Promise<FromSearcher> => {
    const done = new AbortController();
    const { signal } = done;
    try {
      const answered = once(child, 'message', { signal }) as Promise<[FromSearcher]>;
      const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('The searcher ended.')));
      child.send(told);
      return (await Promise.race([answered, ended]))[0];
    } finally {
      done.abort();
    }
  };
  await say({ directory, storage });
  return {
    ask: (question) => say({ question }),
    askAnew: (question) => runAsk(question, directory, storage),
    stop: () => void child.kill(),
  };
}

async function runAsk(question: string, directory: string, storage: string): Promise<number> {
  const beganMs = performance.now();
  const args = [...V8_FLAGS, PROGRAM, 'ask', question, '--workspace', directory];
  const options = { cwd: directory, timeoutMs: 60_000, onStdout: () => undefined, env: { SPOOR_CACHE: storage } };
  const { code, stderr } = await runProgram(process.execPath, args, options);
  // 3: it found nothing.
  if (code !== 0 && code !== 3) throw new Error(`The command line failed: ${stderr}`);
  return performance.now() - beganMs;
}
