/** How a policy did on one question that it did not learn from: what the gate compares. */

/** Where a held-out question comes from: the user's own, the newest of the history, or the set that comes with Spoor. */
export type HeldSet = 'answers' | 'history' | 'frozen';

export interface HeldResult {
  /** Of the question; the same before and after. */
  readonly id: string;
  readonly set: HeldSet;
  /** 1 / rank of the first right file; 0 where none is found. */
  readonly reciprocalRank: number;
  /** Share of the right places among the first ten citations; absent where no lines are known. */
  readonly spanRecall?: number;
  /** Calls of tools; 0 in the frozen set, which is not searched. */
  readonly calls: number;
  /** Time that the policy's network took, in milliseconds; 0 in the frozen set. */
  readonly policyMs: number;
  /** The answer was that nothing fits. */
  readonly notFound: boolean;
}

/** Mean of what a result has of rank and lines, in [0, 1]: the one number that "better" goes by. */
export const utility = ({ reciprocalRank, spanRecall }: HeldResult): number =>
  spanRecall === undefined ? reciprocalRank : (reciprocalRank + spanRecall) / 2;
