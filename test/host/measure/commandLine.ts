/** Asks the command line's searcher, warm, as `spoor batch` has it: the same flags, one process for all questions. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromSearcher, ToSearcher } from './searcherProcess.ts';

const V8_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];

export interface CommandLine {
  ask(question: string): Promise<FromSearcher>;
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
  return { ask: (question) => say({ question }), stop: () => void child.kill() };
}
