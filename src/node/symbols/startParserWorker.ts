/** Starts a worker thread of `parserWorker.ts`, from the sources or beside the bundle. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ownFolder } from '#node/ownFolder.ts';
import type { ParseReply, ParseRequest } from './parserMessages.ts';

export interface RunningWorker {
  readonly post: (request: ParseRequest) => void;
  /** Whether the process may end by itself while this thread runs. It ends with the process in any case. */
  readonly keepAlive: (isKept: boolean) => void;
  readonly end: () => void;
}

interface Listeners {
  readonly onReply: (reply: ParseReply) => void;
  /** The thread is gone, asked to or not; replies that it sent before have been told. */
  readonly onEnd: (why: string) => void;
}

/** Texts of 512 KiB with a definition in each line take some 100 MB of it while they are outlined. */
const MAX_HEAP_MB = 256;

export function startParserWorker({ onReply, onEnd }: Listeners): RunningWorker {
  const worker = new Worker(workerFile(), {
    name: 'spoor-parser',
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  let why = 'its thread ended';
  worker.on('message', onReply);
  worker.on('messageerror', () => {});
  worker.on('error', (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => onEnd(why));
  return {
    post: (request) => worker.postMessage(request),
    keepAlive: (isKept) => (isKept ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

/** A bundle in CommonJS has no `import.meta.filename`. */
const workerFile = (): URL | string =>
  import.meta.filename?.endsWith('.ts')
    ? new URL('./parserWorker.ts', import.meta.url)
    : join(ownFolder(), 'parserWorker.mjs');
