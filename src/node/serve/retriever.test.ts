import { describe, expect, it } from 'vitest';
import { RetrievalError } from './retrievalError.ts';
import type { RetrievedDocument } from './retrievedDocument.ts';
import type { Documents } from './retrievalQueue.ts';
import { createRetriever, MAX_QUERY_UNITS } from './retriever.ts';

interface Held {
  readonly query: string;
  readonly signal: AbortSignal;
  found(...titles: readonly string[]): void;
  failed(message: string): void;
  died(): void;
}

/** Processes that answer when the test says so. */
function heldPool() {
  const searches: Held[] = [];
  return {
    searches,
    search(query: string, signal: AbortSignal): Promise<Documents> {
      const { promise, resolve, reject } = Promise.withResolvers<Documents>();
      signal.addEventListener('abort', () => reject(signal.reason));
      searches.push({
        query,
        signal,
        found: (...titles) => resolve(titles.map((title) => documentOf(title))),
        failed: (message) => reject(new Error(message)),
        died: () => reject(new RetrievalError('It was tried twice.', 'deadly')),
      });
      return promise;
    },
  };
}

const documentOf = (title: string, text = 'text'): RetrievedDocument => ({ title, text, score: 1 });
const titlesOf = (found: readonly Documents[]): string[] => found.map((one) => one.map(({ title }) => title).join(' '));
const quiet = (): AbortSignal => new AbortController().signal;

describe('a retriever', () => {
  it('searches once for equal queries, of one request and of several', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool);
    const one = find(['a', 'b', ' a\n'], quiet());
    const two = find(['b', 'c'], quiet());
    expect(pool.searches.map(({ query }) => query)).toEqual(['a', 'b', 'c']);
    for (const { query, found } of pool.searches) found(`${query}1`, `${query}2`);
    expect(titlesOf(await one)).toEqual(['a1 a2', 'b1 b2', 'a1 a2']);
    expect(titlesOf(await two)).toEqual(['b1 b2', 'c1 c2']);
  });

  it('keeps what was found only where the files do not change', async () => {
    for (const frozen of [true, false]) {
      const pool = heldPool();
      const { find } = createRetriever(pool, { frozen });
      const first = find(['a'], quiet());
      pool.searches[0]!.found('a1');
      await first;
      const second = find(['a'], quiet());
      pool.searches[1]?.found('a2');
      expect(titlesOf(await second)).toEqual([frozen ? 'a1' : 'a2']);
    }
  });

  it('keeps no failure', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool, { frozen: true });
    const first = find(['a'], quiet());
    pool.searches[0]!.failed('gone');
    await expect(first).rejects.toThrow('gone');
    const second = find(['a'], quiet());
    pool.searches[1]!.found('a1');
    expect(titlesOf(await second)).toEqual(['a1']);
  });

  it('forgets what was asked for longest ago when it is too much', async () => {
    const pool = { searches: 0, search: async () => (pool.searches++, [documentOf('big', 'x'.repeat(20 << 20))]) };
    const { find } = createRetriever(pool, { frozen: true });
    for (const query of ['a', 'b', 'c', 'a', 'd']) await find([query], quiet());
    expect(pool.searches).toBe(4);
    await find(['a', 'c', 'd'], quiet());
    expect(pool.searches).toBe(4);
    await find(['b'], quiet());
    expect(pool.searches).toBe(5);
  });

  it('ends a search when the last request that waits for it has gone', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool);
    const [first, second] = [new AbortController(), new AbortController()];
    const one = find(['a', 'b'], first.signal);
    const two = find(['a'], second.signal);
    first.abort();
    await expect(one).rejects.toThrow('aborted');
    expect(pool.searches.map(({ signal }) => signal.aborted)).toEqual([false, true]);
    second.abort();
    await expect(two).rejects.toThrow('aborted');
    expect(pool.searches[0]!.signal.aborted).toBe(true);
    const three = find(['a'], quiet());
    pool.searches[2]!.found('anew');
    expect(titlesOf(await three)).toEqual(['anew']);
    await expect(find(['a'], AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('lets the rest of a request go when one of its queries fails', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool);
    const one = find(['a', 'b'], quiet());
    const two = find(['b'], quiet());
    const three = find(['c', 'a'], quiet());
    pool.searches[0]!.failed('The process that searched was killed by SIGKILL.');
    await expect(one).rejects.toThrow('SIGKILL');
    await expect(three).rejects.toThrow('SIGKILL');
    expect(pool.searches.map(({ signal }) => signal.aborted)).toEqual([false, false, true]);
    pool.searches[1]!.found('b1');
    expect(titlesOf(await two)).toEqual(['b1']);
  });

  it('has no documents for a query that ends processes, and those of the others', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool, { frozen: true });
    const many = find(['deadly', 'a', 'deadly'], quiet());
    const alone = find(['deadly'], quiet());
    pool.searches[0]!.died();
    await expect(alone).rejects.toThrow('It was tried twice.');
    pool.searches[1]!.found('a1');
    expect(titlesOf(await many)).toEqual(['', 'a1', '']);
    expect(pool.searches).toHaveLength(2);
    void find(['deadly'], quiet());
    expect(pool.searches).toHaveLength(3);
  });

  it('cuts what a model writes without end, at a whole character', async () => {
    const pool = heldPool();
    const { find } = createRetriever(pool);
    const all = find([`${'x'.repeat(MAX_QUERY_UNITS - 1)}😀 and more`, ''], quiet());
    expect(pool.searches[0]!.query).toBe(`${'x'.repeat(MAX_QUERY_UNITS - 1)}\ufffd`);
    for (const { found } of pool.searches) found();
    expect(await all).toEqual([[], []]);
  });
});
