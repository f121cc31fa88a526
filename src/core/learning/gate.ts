/**
 * Decides whether a policy that has learned takes the place of the one in use. Both have answered the same questions,
 * which neither has learned from. The new one has to be better, to have forgotten nothing, and to cost about the same.
 */
import {
  compareResults,
  pairResults,
  pairsOf,
  type MeasuredComparison,
  type ResultPair,
} from '#core/learning/compareResults.ts';
import { counted, fixed, points, signed } from '#core/learning/figures.ts';
import { GATE } from '#core/learning/gateBounds.ts';
import { utility, type HeldResult } from '#core/learning/heldResult.ts';
import type { Comparison, GateVerdict, Measure } from '#core/learning/learningReport.ts';

/** All that a verdict goes by. */
interface Compared {
  readonly own: readonly ResultPair[];
  /** Undefined where there is no question for it. */
  readonly find: (set: Comparison['set'], measure: Measure) => MeasuredComparison | undefined;
  /** Of the frozen set, from the shipped policy to the new one. */
  readonly sinceShipped: MeasuredComparison | undefined;
}

/**
 * The same for the same results in any order. Questions that only one policy answered count nowhere.
 *
 * @param shipped results of the shipped policy on the frozen set, where `before` is another one: so that the small losses
 * of many runs do not add up unseen.
 */
export function gate(
  before: readonly HeldResult[],
  after: readonly HeldResult[],
  seed: number,
  shipped: readonly HeldResult[] = [],
): GateVerdict {
  const pairs = pairResults(before, after);
  const comparisons = compareResults(pairs, seed);
  const compared: Compared = {
    own: pairsOf(pairs, 'own'),
    find: (set, measure) => comparisons.find((one) => one.set === set && one.measure === measure),
    sinceShipped: compareResults(pairsOf(pairResults(shipped, after), 'frozen'), seed)[0],
  };
  const faults = CHECKS.flatMap((check) => check(compared) ?? []);
  return {
    isPromoted: faults.length === 0,
    reasons: [...faults, ...FACTS.flatMap((fact) => fact(compared) ?? [])],
    comparisons: comparisons.map(plain),
    missing: Math.max(0, GATE.leastOwn - compared.own.length),
  };
}

const plain = ({ set, measure, questions, before, after, change }: Comparison): Comparison => ({
  ...{ set, measure, questions, before, after },
  change: { mean: change.mean, low: change.low, high: change.high },
});

/** A sentence, or undefined where there is nothing to say. */
type Sentence = (compared: Compared) => string | undefined;

/** What stands against a policy; what decides comes first. */
const CHECKS: readonly Sentence[] = [
  ({ own }) =>
    own.length < GATE.leastOwn
      ? `Only ${counted(own.length, 'question')} of this workspace could be kept aside for checking, and ${GATE.leastOwn} are needed before learning can be told from luck: ${GATE.leastOwn - own.length} more.`
      : undefined,
  ({ find }) =>
    (find('frozen', 'utility')?.questions ?? 0) < GATE.leastFrozen
      ? 'The questions that come with Spoor could not be asked, so nobody knows whether it has forgotten what it could before.'
      : undefined,
  ({ find }) => forgets(find('frozen', 'utility'), 'before'),
  ({ sinceShipped }) => forgets(sinceShipped, 'the policy that comes with Spoor'),
  isNoBetter,
  ({ find }) => dearer(find('own', 'calls'), GATE.calls, (mean) => `${fixed(mean, 1)} searches`),
  ({ find }) => dearer(find('own', 'policyMs'), GATE.policyMs, (mean) => `${fixed(mean, 1)} ms of computing`),
  movesNotFound,
];

function forgets(frozen: MeasuredComparison | undefined, than: string): string | undefined {
  if (!frozen || frozen.change.mean >= -GATE.mostLoss) return undefined;
  return `On the ${counted(frozen.questions, 'question')} that come with Spoor it is worse than ${than} by ${points(-frozen.change.mean)} points of 100, and ${points(GATE.mostLoss)} is the most that is allowed: it has forgotten something.`;
}

/** Better on all questions for certain and on the workspace's not worse, or better on the workspace's rather surely. */
function isNoBetter({ own, find }: Compared): string | undefined {
  const [ownChange, allChange] = [find('own', 'utility'), find('all', 'utility')];
  if (!ownChange || !allChange) return undefined;
  const { mean } = ownChange.change;
  const isBetter = mean > 0 && ownChange.aboveZero >= GATE.ownAboveZero;
  if (isBetter || (allChange.change.low > 0 && mean >= -GATE.mostLoss)) return undefined;
  if (mean < -GATE.mostLoss) return `It answers the questions of this workspace worse than before: ${tally(own)}.`;
  if (mean <= 0) return `It answers the questions of this workspace no better than before: ${tally(own)}.`;
  return `It may be better, but that may be luck too: ${tally(own)}.`;
}

function dearer(
  compared: MeasuredComparison | undefined,
  { factor, plus }: { readonly factor: number; readonly plus: number },
  shown: (mean: number) => string,
): string | undefined {
  if (!compared || compared.after <= factor * compared.before + plus) return undefined;
  return `An answer takes ${shown(compared.after)}, and before it took ${shown(compared.before)}: that is too much more.`;
}

function movesNotFound({ find }: Compared): string | undefined {
  const compared = find('own', 'notFound');
  if (!compared) return undefined;
  const { before, after, questions } = compared;
  if (Math.abs(after - before) <= Math.max(GATE.notFound, 1 / questions) + 1e-9) return undefined;
  const [now, then] = [after, before].map((share) => `${fixed(100 * share, 0)} %`);
  return `It says "not found" for ${now} of the questions of this workspace, and before for ${then}: that is too ${after > before ? 'often' : 'seldom'}.`;
}

/** What was measured, whatever came of it. */
const FACTS: readonly Sentence[] = [
  (compared) =>
    compared.own.length && isNoBetter(compared) === undefined
      ? `Of the questions of this workspace it answers ${tally(compared.own)}.`
      : undefined,
  ({ find }) => {
    const own = find('own', 'utility');
    return own && `The score of the ${counted(own.questions, 'question')} of this workspace: ${between(own.change)}.`;
  },
  ({ find }) => {
    const frozen = find('frozen', 'utility');
    return (
      frozen &&
      `The score of the ${counted(frozen.questions, 'question')} that come with Spoor: ${between(frozen.change)}.`
    );
  },
];

/** `9 of 40 better and 3 worse`. */
function tally(pairs: readonly ResultPair[]): string {
  const changes = pairs.map(({ before, after }) => utility(after) - utility(before));
  const better = changes.filter((change) => change > 0).length;
  const worse = changes.filter((change) => change < 0).length;
  return `${better} of ${pairs.length} better and ${worse} worse`;
}

function between({ mean, low, high }: Comparison['change']): string {
  if (low === 0 && high === 0) return 'as before';
  const [now, least, most] = [mean, low, high].map((change) => signed(points(change)));
  return `${now} points of 100, with 95 % certainty between ${least} and ${most}`;
}
