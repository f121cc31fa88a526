/**
 * The frozen set: what a search had found for questions about public repositories when it was time to cite, as numbers.
 * No text of a repository is in it. A policy's network is asked which of these places it would cite, and how well it
 * does tells whether it has forgotten how to search elsewhere. Only this last step is measured: nothing is searched.
 *
 * Letters as in `core/policy/inputs.ts`: C candidates, F and G inputs of a candidate and of a state.
 */
import type { HeldResult } from '#core/learning/heldResult.ts';
import type { EncodedState } from '#core/policy/encodeState.ts';
import { isUnsure, type Scorer, type StateScores } from '#core/policy/learnedPolicy.ts';

export interface FrozenQuestion {
  /** Of the task that it comes from; unique in the set. */
  readonly id: string;
  /** When it was time to cite; there are no words then. */
  readonly encoded: EncodedState;
  /** [C] the file of each candidate, numbered from 0. */
  readonly files: Uint16Array;
  /** [C] where each window begins, in blocks of `BLOCK_LINES`. */
  readonly blocks: Uint16Array;
  /** [C] 1 where the search had read the window, so that it may be cited. */
  readonly citable: Uint8Array;
  /** Numbers of the files that answer. */
  readonly rightFiles: readonly number[];
  /** For each place that answers the candidates that show it; none where the search had not found it. */
  readonly places: readonly (readonly number[])[];
}

/** Places that an answer shows. */
const CITED = 10;

/** Of each question, in their order. `score` may be asked by one question after another only. */
export async function frozenResults(questions: readonly FrozenQuestion[], score: Scorer): Promise<HeldResult[]> {
  const results: HeldResult[] = [];
  for (const question of questions) results.push(resultOf(question, await score(question.encoded)));
  return results;
}

function resultOf(question: FrozenQuestion, scores: StateScores): HeldResult {
  const rank = rankOfRight(question, scores.logits);
  const { places } = question;
  const cited = new Set(citedOf(question, scores));
  const met = places.filter((shown) => shown.some((candidate) => cited.has(candidate))).length;
  return {
    id: question.id,
    set: 'frozen',
    reciprocalRank: rank === undefined ? 0 : 1 / rank,
    ...(places.length > 0 && { spanRecall: met / places.length }),
    calls: 0,
    policyMs: 0,
    notFound: isUnsure(scores),
  };
}

/** Files stand in the order of their best candidates' numbers. A file that is level with the right one stands before it. */
function rankOfRight({ files, rightFiles }: FrozenQuestion, logits: Float32Array): number | undefined {
  const best = new Map<number, number>();
  files.forEach((file, candidate) => best.set(file, Math.max(best.get(file) ?? -Infinity, logits[candidate]!)));
  const right = Math.max(...rightFiles.map((file) => best.get(file) ?? -Infinity));
  if (right === -Infinity) return undefined;
  return 1 + [...best].filter(([file, value]) => !rightFiles.includes(file) && value >= right).length;
}

/** The candidates that the policy would cite if it had to cite as many as it may, as `citeActions` offers them. */
function citedOf({ files, blocks, citable }: FrozenQuestion, { logits, sameFile }: StateScores): number[] {
  const cited: number[] = [];
  const ofFile = (file: number): number => cited.filter((one) => files[one] === file).length;
  const isFree = (candidate: number): boolean =>
    citable[candidate] === 1 &&
    !cited.some((one) => files[one] === files[candidate] && Math.abs(blocks[one]! - blocks[candidate]!) < 2);
  while (cited.length < CITED) {
    let best = -1;
    let most = -Infinity;
    for (let candidate = 0; candidate < files.length; candidate++) {
      if (!isFree(candidate)) continue;
      const value = logits[candidate]! + ofFile(files[candidate]!) * sameFile[0]!;
      if (value > most) [best, most] = [candidate, value];
    }
    if (best < 0) break;
    cited.push(best);
  }
  return cited;
}
