/**
 * Plays an episode again that another policy played: what it did is done, and the policy that learns is only asked how
 * likely it would have done the same. The world is that of now: where an action is not legal any more, the replay ends.
 */
import type { SearchEnvironment } from '#core/agent/environment.ts';
import { actionKey } from '#core/agent/legalActions.ts';
import type { Action } from '#core/agent/action.ts';
import type { Task } from '#core/agent/task.ts';
import type { FeedbackStep } from '#core/feedback/feedbackEvent.ts';
import { isCitingChoice } from '#core/feedback/judgeAnswer.ts';
import { learnedPolicy, type Scorer, type SeenDecision } from '#core/policy/learnedPolicy.ts';
import { createRng } from '#core/rl/rng.ts';
import type { Decision } from '#core/rl/types.ts';

/** A question with what a policy did for it. */
export interface ReplayTask extends Task {
  readonly forced: readonly FeedbackStep[];
}

/** As far as the replay went. */
export interface Replayed {
  /** One for each step that was done again. */
  readonly decisions: readonly Decision[];
  /** [T] 1 for a place that was cited among others: these were rejected. What led there may have been right. */
  readonly mask: Uint8Array;
  /** Of the steps whose mask is 1. */
  readonly seen: readonly SeenDecision[];
}

export async function replayEpisode(
  environment: SearchEnvironment,
  forced: readonly FeedbackStep[],
  score: Scorer,
): Promise<Replayed> {
  const seen: SeenDecision[] = [];
  const decisions: Decision[] = [];
  let choice = 0;
  const policy = learnedPolicy(score, {
    greedy: false,
    choose: () => choice,
    onDecision: (decision) => seen.push(decision),
  });
  const rng = createRng(0);
  let { observation, legal, done } = await environment.start();
  const mask: number[] = [];
  for (const step of forced) {
    choice = done ? -1 : legal.findIndex((one) => keyOf(one) === keyOf(step.action));
    if (choice < 0) break;
    const counts = isCitingChoice(step) && legal.length > 1;
    decisions.push(counts ? await policy.decide(observation, legal, rng) : { index: choice, logProb: 0 });
    mask.push(Number(counts));
    ({ observation, legal, done } = await environment.step(legal[choice]!));
  }
  return { decisions, mask: Uint8Array.from(mask), seen };
}

/** Places to cite are all of one kind to `actionKey`, as their order is what is chosen. */
const keyOf = (action: Action): string =>
  action.kind === 'cite' ? `cite ${action.span.path}:${action.span.start}-${action.span.end}` : actionKey(action);
