/** Processes that search one workspace side by side for the retrieval server. */
import { RetrievalError } from './retrievalError.ts';
import { startRetrievalMember, type MemberOptions, type RetrievalMember } from './retrievalMember.ts';
import { createRetrievalQueue, type Documents } from './retrievalQueue.ts';

export interface RetrievalPool {
  /** The documents of a query, best first. Rejects with a `RetrievalError`, or with the signal's reason. */
  search(query: string, signal: AbortSignal): Promise<Documents>;
  readonly processIds: readonly number[];
  /** Queries that no process has begun. */
  readonly waiting: number;
  /** Ends the processes; what they search for is rejected. */
  close(): Promise<void>;
}

export interface PoolOptions extends Pick<MemberOptions, 'setup' | 'log'> {
  readonly processes: number;
}

/** Resolves when all processes have the workspace open. Rejects with a `RetrievalError`. */
export async function openRetrievalPool({ setup, log, processes }: PoolOptions): Promise<RetrievalPool> {
  const queue = createRetrievalQueue();
  const members: RetrievalMember[] = [];
  let left = 0;
  const onLost = (): void => {
    if (--left === 0)
      queue.close(new RetrievalError('No process that searches can be started. Start the server anew.'));
  };
  const start = async (count: number): Promise<void> => {
    left += count;
    const started = Array.from({ length: count }, () => startRetrievalMember({ setup, queue, log, onLost }));
    members.push(...started);
    await Promise.all(started.map(({ opened }) => opened));
  };
  const close = async (): Promise<void> => {
    queue.close(new RetrievalError('The server is ending.'));
    await Promise.all(members.map((member) => member.end()));
  };
  try {
    // The first one completes the indexes, which the others then find.
    await start(1);
    await start(processes - 1);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    search: (query, signal) => queue.add(query, signal),
    get processIds() {
      return members.flatMap(({ pid }) => pid ?? []);
    },
    get waiting() {
      return queue.waiting;
    },
    close,
  };
}
