/**
 * Ranks commits by their messages: BM25 (Robertson and Zaragoza 2009) with a heavier subject, over the commits that may
 * be shown and no others.
 */
import type { BitSet } from '#node/history/bitSet.ts';
import type { CommitStore } from '#node/history/commitStore.ts';

/** The best `limit` members with one of the stems: best first, equals by newest and then by id. */
export function rankCommits(
  { store, members, averageLength }: RankedSet,
  stems: readonly string[],
  limit: number,
): RankedCommit[] {
  const scores = new Map<number, number>();
  for (const stem of [...new Set(stems)].sort()) {
    const found: [number, number][] = [];
    store.eachPosting(stem, (number, inSubject, inBody) => {
      if (members.has(number)) found.push([number, SUBJECT_WEIGHT * inSubject + inBody]);
    });
    const idf = Math.log(1 + (members.size - found.length + 0.5) / (found.length + 0.5));
    for (const [number, times] of found) {
      const norm = 1 - B + (B * store.lengthOf(number)) / averageLength;
      scores.set(number, (scores.get(number) ?? 0) + (idf * times * (K1 + 1)) / (times + K1 * norm));
    }
  }
  return best(store, scores, limit);
}

export interface RankedSet {
  readonly store: CommitStore;
  readonly members: BitSet;
  /** Stems of a member's message, on average. */
  readonly averageLength: number;
}

export interface RankedCommit {
  readonly number: number;
  readonly score: number;
}

const K1 = 1.2;
const B = 0.75;
const SUBJECT_WEIGHT = 3;

function best(store: CommitStore, scores: ReadonlyMap<number, number>, limit: number): RankedCommit[] {
  const order = (a: RankedCommit, b: RankedCommit): number =>
    b.score - a.score ||
    store.timeOf(b.number) - store.timeOf(a.number) ||
    (store.idOf(a.number) < store.idOf(b.number) ? -1 : 1);
  const kept: RankedCommit[] = [];
  if (!(limit >= 1)) return kept;
  for (const [number, score] of scores) {
    const commit = { number, score };
    if (kept.length >= limit && order(commit, kept.at(-1)!) >= 0) continue;
    let at = kept.length;
    while (at > 0 && order(commit, kept[at - 1]!) < 0) at--;
    kept.splice(at, 0, commit);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}
