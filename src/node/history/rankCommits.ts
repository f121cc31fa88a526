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
  const scores = new Float64Array(store.size);
  for (const stem of [...new Set(stems)].sort()) {
    const numbers: number[] = [];
    const weights: number[] = [];
    store.eachPosting(stem, (number, inSubject, inBody) => {
      if (!members.has(number)) return;
      numbers.push(number);
      weights.push(SUBJECT_WEIGHT * inSubject + inBody);
    });
    const idf = Math.log(1 + (members.size - numbers.length + 0.5) / (numbers.length + 0.5));
    for (const [i, number] of numbers.entries()) {
      const norm = K1 * (1 - B + (B * store.lengthOf(number)) / averageLength);
      scores[number]! += (idf * weights[i]! * (K1 + 1)) / (weights[i]! + norm);
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

function best(store: CommitStore, scores: Float64Array, limit: number): RankedCommit[] {
  const order = (a: RankedCommit, b: RankedCommit): number =>
    b.score - a.score ||
    store.timeOf(b.number) - store.timeOf(a.number) ||
    (store.idOf(a.number) < store.idOf(b.number) ? -1 : 1);
  const kept: RankedCommit[] = [];
  if (!(limit >= 1)) return kept;
  for (let number = 0; number < scores.length; number++) {
    const score = scores[number]!;
    if (score === 0 || (kept.length >= limit && score < kept.at(-1)!.score)) continue;
    const commit = { number, score };
    let at = kept.length;
    while (at > 0 && order(commit, kept[at - 1]!) < 0) at--;
    kept.splice(at, 0, commit);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}
