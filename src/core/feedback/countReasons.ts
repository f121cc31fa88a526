/** Counts what is left out, by why. */

export interface CountedReason {
  /** In the plural: `answers whose lines are not there any more`. */
  readonly reason: string;
  readonly count: number;
}

export interface ReasonCounter {
  add(reason: string, times?: number): void;
  /** The most frequent reason first. */
  counts(): CountedReason[];
}

export function countReasons(): ReasonCounter {
  const counted = new Map<string, number>();
  return {
    add(reason, times = 1) {
      if (times > 0) counted.set(reason, (counted.get(reason) ?? 0) + times);
    },
    counts: () =>
      [...counted]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  };
}
