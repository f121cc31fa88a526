/** Two policies' results side by side: means, changes and how sure they are, for each set of questions and measure. */
import { utility, type HeldResult, type HeldSet } from '#core/learning/heldResult.ts';
import type { Comparison, Measure } from '#core/learning/learningReport.ts';
import { pairedBootstrap } from '#core/learning/pairedBootstrap.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';

/** A question with the results of both. */
export interface ResultPair {
  readonly before: HeldResult;
  readonly after: HeldResult;
}

/** A comparison, and the share of the draws in which the mean change is above 0. */
export interface MeasuredComparison extends Comparison {
  readonly aboveZero: number;
}

/** Questions that both have, in an order that does not hang on theirs. */
export function pairResults(before: readonly HeldResult[], after: readonly HeldResult[]): ResultPair[] {
  const keyOf = ({ set, id }: HeldResult): string => `${set} ${id}`;
  const known = new Map(before.map((result) => [keyOf(result), result]));
  const pairs = new Map<string, ResultPair>();
  for (const result of after) {
    const key = keyOf(result);
    const earlier = known.get(key);
    if (earlier) pairs.set(key, { before: earlier, after: result });
  }
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

/** The pairs of one set, of the user's and the history's together, or all. */
export function pairsOf(pairs: readonly ResultPair[], set: Comparison['set']): ResultPair[] {
  const sets: readonly HeldSet[] =
    set === 'all' ? ['answers', 'history', 'frozen'] : set === 'own' ? ['answers', 'history'] : [set];
  return pairs.filter(({ before }) => sets.includes(before.set));
}

/** What is compared, in the order of the report's table. Nothing is searched for the frozen set: it has no calls. */
const COMPARED: readonly (readonly [Comparison['set'], readonly Measure[]])[] = [
  ['own', ['utility', 'reciprocalRank', 'spanRecall', 'calls', 'policyMs', 'notFound']],
  ['answers', ['utility', 'reciprocalRank', 'spanRecall']],
  ['history', ['utility', 'reciprocalRank', 'spanRecall']],
  ['frozen', ['utility', 'reciprocalRank', 'spanRecall', 'notFound']],
  ['all', ['utility']],
];

/** Comparisons of what there are questions for. */
export function compareResults(pairs: readonly ResultPair[], seed: number): MeasuredComparison[] {
  return COMPARED.flatMap(([set, measures], i) => {
    const own = pairsOf(pairs, set);
    return measures.map((measure, j) => compare(own, set, measure, deriveSeed(seed, i, j)));
  }).filter(({ questions }) => questions > 0);
}

function compare(
  pairs: readonly ResultPair[],
  set: Comparison['set'],
  measure: Measure,
  seed: number,
): MeasuredComparison {
  const measured = pairs.flatMap((pair) => {
    const [before, after] = [VALUE[measure](pair.before), VALUE[measure](pair.after)];
    return before === undefined || after === undefined ? [] : [{ stratum: pair.before.set, before, after }];
  });
  const mean = (of: (pair: (typeof measured)[number]) => number): number =>
    measured.reduce((sum, pair) => sum + of(pair), 0) / measured.length;
  const { aboveZero, ...change } = pairedBootstrap(measured, seed);
  return {
    set,
    measure,
    questions: measured.length,
    before: mean(({ before }) => before),
    after: mean(({ after }) => after),
    change,
    aboveZero,
  };
}

const VALUE: Readonly<Record<Measure, (result: HeldResult) => number | undefined>> = {
  utility,
  reciprocalRank: ({ reciprocalRank }) => reciprocalRank,
  spanRecall: ({ spanRecall }) => spanRecall,
  calls: ({ calls }) => calls,
  policyMs: ({ policyMs }) => policyMs,
  notFound: ({ notFound }) => Number(notFound),
};
