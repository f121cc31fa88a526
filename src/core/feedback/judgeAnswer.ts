/** What the user's clicks on one answer say about it, taken together. */
import type { FeedbackStep, PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { FeedbackRecord } from '#core/feedback/foldFeedback.ts';

export type Judgement =
  /** These answer the question, and others may too; never empty. `wrong` do not, and what is in neither is unknown. */
  | { readonly kind: 'places'; readonly places: readonly PlaceText[]; readonly wrong: readonly PlaceText[] }
  /** It is right that nothing answers the question. */
  | { readonly kind: 'nowhere' }
  /** The answer is wrong, and nobody has said what is right. */
  | { readonly kind: 'rejected' }
  /** As `rejected`, but its search has chosen no place to cite among several: nothing can be made less likely. */
  | { readonly kind: 'without-choice' }
  /** Accepted, but every place is said to be wrong. */
  | { readonly kind: 'contradicted' }
  /** Some places are said to be wrong, and nothing about the others or the answer. */
  | { readonly kind: 'partly-wrong' }
  | { readonly kind: 'unjudged' };

/**
 * How many citations an accepted answer vouches for when none of them is ticked: who accepts an answer has looked at
 * its first places, and nobody checks ten.
 */
const VOUCHED_CITATIONS = 3;

/** Of a rejected answer only these are made less likely: what led to them may have been right. */
export const isCitingChoice = ({ action, legal }: FeedbackStep): boolean => action.kind === 'cite' && legal > 1;

/** What is ticked or pointed out as right counts alone where there is some, whatever the verdict on the answer. */
export function judgeAnswer({ answered, verdict, ticks, places }: FeedbackRecord): Judgement {
  const ticked = (tick: 'right' | 'wrong'): PlaceText[] =>
    answered.citations.filter((_, index) => ticks.get(index + 1) === tick);
  const right = [...ticked('right'), ...places];
  const wrong = ticked('wrong');
  if (right.length) {
    const isRejected = verdict === 'rejected';
    return {
      kind: 'places',
      places: right,
      wrong: isRejected ? answered.citations.filter((one) => !right.includes(one)) : wrong,
    };
  }
  const isAllWrong = wrong.length > 0 && wrong.length === answered.citations.length;
  if (verdict === 'rejected' || (verdict === undefined && isAllWrong))
    return { kind: answered.steps.some(isCitingChoice) ? 'rejected' : 'without-choice' };
  if (verdict === undefined) return { kind: wrong.length ? 'partly-wrong' : 'unjudged' };
  if (!answered.found) return { kind: 'nowhere' };
  const vouched = answered.citations.filter((place) => !wrong.includes(place)).slice(0, VOUCHED_CITATIONS);
  return vouched.length ? { kind: 'places', places: vouched, wrong } : { kind: 'contradicted' };
}
