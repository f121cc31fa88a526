/**
 * Documents for the queries of many requests at a time: equal queries are searched for once, and where the workspace is
 * frozen, what was found is kept. Training asks the same again and again: many answers to one question are drawn.
 */
import { RetrievalError } from './retrievalError.ts';
import type { RetrievalPool } from './retrievalPool.ts';
import type { Documents } from './retrievalQueue.ts';

export interface Retriever {
  /**
   * For each query its documents, best first; none for one that ends processes, if others are asked with it. Rejects
   * with a `RetrievalError`, or with the signal's reason; what no other request waits for is not searched for any longer
   * then.
   */
  find(queries: readonly string[], signal: AbortSignal): Promise<readonly Documents[]>;
}

/** UTF-16 units of a query that are searched for; a model that learns may write without end. */
export const MAX_QUERY_UNITS = 1_000;
/** UTF-16 units of documents that are kept. */
const KEPT_UNITS = 64 << 20;

export function createRetriever(pool: Pick<RetrievalPool, 'search'>, { frozen = false } = {}): Retriever {
  const kept = frozen ? keptDocuments(KEPT_UNITS) : undefined;
  const shared = sharedSearches(pool);
  const findOne = async (query: string, signal: AbortSignal): Promise<Documents> => {
    const known = kept?.get(query);
    if (known) return known;
    const documents = await shared(query, signal);
    kept?.set(query, documents);
    return documents;
  };
  return {
    async find(queries, signal) {
      const failing = new AbortController();
      const either = AbortSignal.any([signal, failing.signal]);
      const keys = queries.map(keyOf);
      const found = new Map([...new Set(keys)].map((key) => [key, findOne(key, either)] as const));
      const orNone = (error: unknown): Documents => {
        // A training step asks for hundreds at once.
        if (found.size > 1 && error instanceof RetrievalError && error.kind === 'deadly') return [];
        throw error;
      };
      try {
        return await Promise.all(keys.map((key) => found.get(key)!.catch(orNone)));
      } catch (error) {
        failing.abort(error);
        await Promise.allSettled(found.values());
        throw error;
      }
    },
  };
}

const keyOf = (query: string): string => query.slice(0, MAX_QUERY_UNITS).toWellFormed().replace(/\s+/g, ' ').trim();

/** A search that runs is joined by whoever asks the same; it is cancelled when nobody waits for it any more. */
function sharedSearches({ search }: Pick<RetrievalPool, 'search'>): RetrievalPool['search'] {
  const running = new Map<
    string,
    { readonly documents: Promise<Documents>; readonly leave: () => void; users: number }
  >();
  return async (query, signal) => {
    signal.throwIfAborted();
    let one = running.get(query);
    if (!one) {
      const stopping = new AbortController();
      const documents = search(query, stopping.signal).finally(
        () => running.get(query) === one && running.delete(query),
      );
      one = { documents, users: 0, leave: () => stopping.abort() };
      running.set(query, one);
    }
    const { documents } = one;
    const joined = one;
    joined.users++;
    const gone = Promise.withResolvers<never>();
    const leave = (): void => {
      gone.reject(signal.reason);
      if (--joined.users > 0) return;
      running.delete(query);
      joined.leave();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([documents, gone.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
}

/** The least recently asked for are dropped first. */
function keptDocuments(
  most: number,
): Pick<Map<string, Documents>, 'get'> & { set(query: string, found: Documents): void } {
  const kept = new Map<string, Documents>();
  let units = 0;
  return {
    get(query) {
      const found = kept.get(query);
      if (found) {
        kept.delete(query);
        kept.set(query, found);
      }
      return found;
    },
    set(query, found) {
      if (kept.has(query)) return;
      kept.set(query, found);
      units += sizeOf(query, found);
      for (const [oldest, documents] of kept) {
        if (units <= most || oldest === query) break;
        kept.delete(oldest);
        units -= sizeOf(oldest, documents);
      }
    },
  };
}

const sizeOf = (query: string, documents: Documents): number =>
  documents.reduce((sum, { title, text }) => sum + title.length + text.length + 100, query.length + 100);
