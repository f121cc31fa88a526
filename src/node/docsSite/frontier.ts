/** The addresses that are still to be read: nearest to the first page first, each only once. */

export interface Wanted {
  readonly url: string;
  /** Links from the first page. */
  readonly depth: number;
  /** Redirects that led here. */
  readonly hops: number;
  /** How often it was asked for in vain. */
  readonly tries: number;
}

export interface Frontier {
  next(): Wanted | undefined;
  /** Unless it was there before, or `isAllowed` says no. `isFirst`: before all others. */
  add(wanted: Wanted, isAllowed: (url: string) => boolean, isFirst?: boolean): void;
  /** What `next` gave comes next again. */
  putBack(wanted: Wanted): void;
  /** What `next` gave comes after all others. */
  putLast(wanted: Wanted): void;
  size(): number;
  left(): Wanted[];
}

/** Addresses with a query are read after all others: they are often the same pages in another order. */
export function createFrontier(first: readonly Wanted[], readBefore: Iterable<string>): Frontier {
  const once = [...new Map(first.map((wanted) => [wanted.url, wanted])).values()];
  const plain = once.filter(({ url }) => !url.includes('?'));
  const queries = once.filter(({ url }) => url.includes('?'));
  const seen = new Set([...readBefore, ...once.map(({ url }) => url)]);
  const left = (): Wanted[] => [...plain, ...queries];
  return {
    next: () => plain.shift() ?? queries.shift(),
    add(wanted, isAllowed, isFirst = false) {
      if (seen.has(wanted.url) || seen.size >= MAX_SEEN) return;
      seen.add(wanted.url);
      if (!isAllowed(wanted.url)) return;
      if (isFirst) plain.unshift(wanted);
      else (wanted.url.includes('?') ? queries : plain).push(wanted);
    },
    putBack: (wanted) => void plain.unshift(wanted),
    putLast: (wanted) => void queries.push(wanted),
    size: () => plain.length + queries.length,
    left,
  };
}

/** A site that makes new addresses without end is cut off here. */
const MAX_SEEN = 10_000;
