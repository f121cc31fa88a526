/** Queries that wait for a process to search for them, first come, first served. */
import { RetrievalError } from './retrievalError.ts';
import type { RetrievedDocument } from './retrievedDocument.ts';

export type Documents = readonly RetrievedDocument[];

export interface Job {
  readonly id: number;
  readonly query: string;
  /** Processes that have begun with it. */
  tries: number;
  /** Tells the process that searches that nobody waits for it any more. */
  cancel: (() => void) | undefined;
  resolve(documents: Documents): void;
  reject(error: unknown): void;
}

export interface RetrievalQueue {
  /** Queries that no process has begun. */
  readonly waiting: number;
  /** Rejects with a `RetrievalError`, or with the signal's reason. */
  add(query: string, signal: AbortSignal): Promise<Documents>;
  /**
   * The next query for a process that has so many in hand. One that another process has left behind comes first, and is
   * for a process that has none: it may be what ended the other.
   */
  take(inHand: number): Job | undefined;
  /** Puts back what a process has left behind when it died. */
  again(job: Job): void;
  /** Has `listener` called when there is something to take. */
  onAdd(listener: () => void): void;
  /** Rejects all that is here, and all that comes. */
  close(error: RetrievalError): void;
}

const MAX_WAITING = 65_536;

export function createRetrievalQueue(): RetrievalQueue {
  const waiting = new Set<Job>();
  const left = new Set<Job>();
  /** All without an answer. */
  const open = new Set<Job>();
  const listeners: (() => void)[] = [];
  let lastId = 0;
  let closed: RetrievalError | undefined;
  const tell = (): void => listeners.forEach((listener) => listener());
  return {
    get waiting() {
      return waiting.size + left.size;
    },
    async add(query, signal) {
      signal.throwIfAborted();
      if (closed) throw closed;
      if (waiting.size >= MAX_WAITING) throw new RetrievalError(TOO_MANY, 'busy');
      const { promise, resolve, reject } = Promise.withResolvers<Documents>();
      const job: Job = { id: ++lastId, query, tries: 0, cancel: undefined, resolve, reject };
      const cancel = (): void => {
        waiting.delete(job);
        left.delete(job);
        job.cancel?.();
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      open.add(job);
      waiting.add(job);
      tell();
      try {
        return await promise;
      } finally {
        open.delete(job);
        signal.removeEventListener('abort', cancel);
      }
    },
    take(inHand) {
      if (left.size > 0 && inHand > 0) return undefined;
      const from = left.size > 0 ? left : waiting;
      const job = from.values().next().value;
      if (job) from.delete(job);
      return job;
    },
    again(job) {
      if (!open.has(job)) return;
      left.add(job);
      tell();
    },
    onAdd: (listener) => void listeners.push(listener),
    close(error) {
      closed ??= error;
      for (const job of open) job.reject(closed);
    },
  };
}

const TOO_MANY = 'Too many queries wait already. Ask again later, or start the server with more --jobs.';
