/**
 * Reads pages in a thread of its own, one after another. A page that takes too long or too much memory ends the thread;
 * the next page gets a new one.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PageSource, PageText } from './pageMarkdown.ts';

export interface PageReader {
  /** `failed` reads on from "could not be read:". Rejects only when `signal` aborts. */
  read(source: PageSource, signal: AbortSignal): Promise<PageText | FailedPage>;
  /** Ends the thread. */
  close(): void;
}

export interface FailedPage {
  readonly failed: string;
}

/** Pages of manuals take 25 ms, the largest with 3 MB some 5 s. */
const MAX_READ_MS = 15_000;
const MAX_HEAP_MB = 512;

export function createPageReader(limits = { timeMs: MAX_READ_MS, heapMb: MAX_HEAP_MB }): PageReader {
  let thread: Thread | undefined;
  const end = (): void => {
    thread?.end();
    thread = undefined;
  };
  return {
    close: end,
    async read(source, signal) {
      signal.throwIfAborted();
      thread ??= startThread(limits.heapMb);
      const outcome = await outcomeOf(thread, source, signal, limits.timeMs);
      if (outcome === 'spent') end();
      signal.throwIfAborted();
      return outcome === 'spent' ? { failed: 'it is too complicated' } : outcome;
    },
  };
}

/** `spent`: the thread did not come to an end with its page, and is of no more use. */
type Outcome = PageText | FailedPage | 'spent';

interface Thread {
  post(source: PageSource): void;
  /** Who waits for the page that was posted. */
  settle: ((outcome: Outcome) => void) | undefined;
  end(): void;
}

function startThread(heapMb: number): Thread {
  const worker = new Worker(workerFile(), {
    name: 'spoor-pages',
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const thread: Thread = {
    post: (source) => worker.postMessage(source),
    settle: undefined,
    end: () => void worker.terminate(),
  };
  const spend = (): void => thread.settle?.('spent');
  worker.on('message', (page: PageText | FailedPage) => thread.settle?.(page));
  worker.on('messageerror', spend);
  worker.on('error', spend);
  worker.on('exit', spend);
  return thread;
}

async function outcomeOf(thread: Thread, source: PageSource, signal: AbortSignal, timeMs: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const give = (): void => resolve('spent');
  const timer = setTimeout(give, timeMs);
  signal.addEventListener('abort', give);
  thread.settle = resolve;
  thread.post(source);
  try {
    return await promise;
  } finally {
    thread.settle = undefined;
    clearTimeout(timer);
    signal.removeEventListener('abort', give);
  }
}

/** A bundle in CommonJS has no `import.meta.filename`. */
const workerFile = (): URL | string =>
  import.meta.filename?.endsWith('.ts')
    ? new URL('./pageWorker.ts', import.meta.url)
    : join(import.meta.dirname ?? __dirname, 'pageWorker.mjs');
