/** An episode as training needs it: what was earned, how likely each step was, and which steps were choices. */
export interface PlayedEpisode {
  /** Id of its task. */
  readonly task: string;
  readonly reward: number;
  /** [T] log π(a | o) of each step under the policy that played. */
  readonly logProbs: Float64Array;
  /** [T] the same under the reference policy, that which the stage began with. */
  readonly refLogProbs: Float64Array;
  /** [T] the retrieval mask: 1 for a choice of the policy's; 0 for a forced step and for all that tools returned. */
  readonly mask: Uint8Array;
  /**
   * Numbers to be averaged and shown, by name. Two of them have alarms of their own: `searches`, the searches that the
   * episode made, and `unanswered`, 1 where it ended without an answer and 0 where it did not.
   */
  readonly measures: Readonly<Record<string, number>>;
}

/** An episode with how much better each of its steps was than expected: [T], 0 where the mask is 0. */
export interface Lesson<E extends PlayedEpisode = PlayedEpisode> {
  readonly episode: E;
  readonly advantages: Float64Array;
}

/** Steps that were choices: the mask's sum. */
export function countChoices(episode: PlayedEpisode): number {
  let choices = 0;
  for (const mask of episode.mask) choices += mask;
  return choices;
}
