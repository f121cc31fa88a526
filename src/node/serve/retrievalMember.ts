/** One process that searches, as the server holds it: it takes queries from the queue, and is started anew when it dies. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type RunningProcess } from '#node/service/startProcess.ts';
import { ownFolder } from '#node/ownFolder.ts';
import { RetrievalError } from './retrievalError.ts';
import type { Job, RetrievalQueue } from './retrievalQueue.ts';
import type { FromRetrieval, RetrievalSetup, ToRetrieval } from './retrievalWire.ts';

export interface RetrievalMember {
  readonly pid: number | undefined;
  /** Resolves when the workspace is open for the first time. Rejects with a `RetrievalError`. */
  readonly opened: Promise<void>;
  end(): Promise<void>;
}

export interface MemberOptions {
  readonly setup: RetrievalSetup;
  readonly queue: RetrievalQueue;
  /** Gets what the process prints, and how it ended. */
  readonly log: (text: string) => void;
  /** It is gone and cannot be started again. */
  readonly onLost: () => void;
}

/** Queries of a process at a time: while some wait for ripgrep, which is asked for all of them at once, others think. */
const IN_HAND = 8;
/** A query that ends two processes, the second one all by itself, is not given to a third. */
const MAX_TRIES = 2;
/** Starts in vain, one after the other, after which a process is not started any more. */
const MAX_STARTS = 3;
const GRACE_MS = 2_000;
/** Less collecting of garbage, for a hundred megabytes more: measured, a sixth of a query's time. */
const FLAGS = ['--max-semi-space-size=32'];

export function startRetrievalMember({ setup, queue, log, onLost }: MemberOptions): RetrievalMember {
  const opened = Promise.withResolvers<void>();
  // Nobody waits for the opening any more when a later start fails.
  opened.promise.catch(() => undefined);
  const running = new Map<number, Job>();
  let current: RunningProcess<ToRetrieval> | undefined;
  let [isOpen, wasOpen, isEnding, starts] = [false, false, false, 0];

  const fill = (): void => {
    // What is tried again is tried alone: whatever becomes of it, no other query has to do with it.
    while (isOpen && running.size < IN_HAND && ![...running.values()].some(({ tries }) => tries > 1)) {
      const job = queue.take(running.size);
      if (!job) return;
      const { id, query } = job;
      running.set(id, job);
      job.tries++;
      // A cancelled one keeps its place until the process has let go of it.
      job.cancel = () => current?.send({ kind: 'cancel', id });
      current!.send({ kind: 'search', id, query });
    }
  };
  const answered = (said: Answer): void => {
    const job = running.get(said.id);
    running.delete(said.id);
    if (said.kind === 'found') job?.resolve(said.documents);
    else job?.reject(new RetrievalError(said.why));
  };
  const onMessage = (message: unknown): void => {
    const said = message as FromRetrieval;
    if (said.kind === 'opened') {
      [isOpen, wasOpen, starts] = [true, true, 0];
      opened.resolve();
    } else if (isAnswer(said)) answered(said);
    else if (said.kind === 'failed') void current?.end().then(() => lose(said.why));
    fill();
  };
  /** Who waits for the first opening gets the reason; later it is told to nobody but the log. */
  const lose = (why: string): void => {
    if (wasOpen) log(why);
    opened.reject(new RetrievalError(why));
    onLost();
  };
  const onEnd = (how: string): void => {
    const why = `The process that searched ${how}.`;
    const begun = [...running.values()];
    running.clear();
    isOpen = false;
    for (const job of begun) leave(job, why);
    if (isEnding) return;
    if (starts >= MAX_STARTS) return lose(why);
    log(why);
    start();
  };
  const leave = (job: Job, why: string): void => {
    job.cancel = undefined;
    if (job.tries < MAX_TRIES) return queue.again(job);
    log('A query that was tried twice is given up.');
    job.reject(new RetrievalError(`${why} The query was tried twice.`, 'deadly'));
  };
  const start = (): void => {
    starts++;
    const how = { modulePath: modulePath(), fork, graceMs: GRACE_MS, flags: FLAGS };
    current = startProcess<ToRetrieval>({ ...how, log, onMessage, onEnd });
    current.send({ kind: 'open', setup });
  };

  queue.onAdd(fill);
  start();
  return {
    get pid() {
      return current?.pid;
    },
    opened: opened.promise,
    async end() {
      isEnding = true;
      isOpen = false;
      await current?.end();
    },
  };
}

type Answer = Exclude<FromRetrieval, { readonly kind: 'opened' }> & { readonly id: number };

const isAnswer = (said: FromRetrieval): said is Answer => said.kind !== 'opened' && said.id !== undefined;

const modulePath = (): string =>
  import.meta.filename?.endsWith('.ts')
    ? fileURLToPath(new URL('./retrievalProcess.ts', import.meta.url))
    : join(ownFolder(), 'retrievalProcess.mjs');
