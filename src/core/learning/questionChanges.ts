/** Which held-out questions are answered better or worse than before, for a person to look at. */
import { utility, type HeldResult } from '#core/learning/heldResult.ts';
import type { QuestionChange, ShownAnswer } from '#core/learning/learningReport.ts';

/** A held-out question as one policy answered it. */
export interface AnsweredQuestion {
  readonly question: string;
  readonly result: HeldResult;
  readonly shown: ShownAnswer;
}

/** Most that is shown of either. */
const MOST = 20;
/** Changes that are rounding and nothing else. */
const ALIKE = 1e-9;

/** The better ones, then the worse ones, each the most changed first. What only one policy answered is left out. */
export function questionChanges(
  before: readonly AnsweredQuestion[],
  after: readonly AnsweredQuestion[],
): QuestionChange[] {
  const keyOf = ({ result }: AnsweredQuestion): string => `${result.set} ${result.id}`;
  const known = new Map(before.map((one) => [keyOf(one), one]));
  const changes = after.flatMap((one) => {
    const earlier = known.get(keyOf(one));
    return earlier ? changeOf(earlier, one) : [];
  });
  const better = changes.filter(({ change }) => change > ALIKE).sort((a, b) => b.change - a.change || byId(a, b));
  const worse = changes.filter(({ change }) => change < -ALIKE).sort((a, b) => a.change - b.change || byId(a, b));
  return [...better.slice(0, MOST), ...worse.slice(0, MOST)];
}

const changeOf = (before: AnsweredQuestion, { question, result, shown }: AnsweredQuestion): QuestionChange => ({
  ...{ id: result.id, set: result.set, question },
  ...{ change: utility(result) - utility(before.result), before: before.shown, after: shown },
});

const byId = (a: QuestionChange, b: QuestionChange): number => (a.id < b.id ? -1 : 1);
