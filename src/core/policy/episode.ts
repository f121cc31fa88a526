/** Episodes of the searcher as training needs them: plain numbers that can be sent from one process to another. */
import type { SeenDecision } from '#core/policy/learnedPolicy.ts';
import type { EncodedState } from '#core/policy/encodeState.ts';
import { STEP_INPUTS } from '#core/policy/inputs.ts';
import type { PlayedEpisode } from '#core/rl/episode.ts';

/** The choices of an episode, one after the other: those of its steps whose mask is 1. D choices. */
export interface Choices {
  readonly states: readonly EncodedState[];
  /** [D] index into `states`. */
  readonly stateOf: Uint8Array;
  /** [D] options of each, and which was taken. */
  readonly counts: Uint16Array;
  readonly chosen: Uint16Array;
  /** [Σ counts] */
  readonly slots: Uint16Array;
  readonly sameFile: Uint8Array;
  /** [D, P] */
  readonly steps: Float32Array;
}

export interface SearchEpisode extends PlayedEpisode {
  readonly choices: Choices;
}

export function packChoices(decisions: readonly SeenDecision[]): Choices {
  const states = [...new Set(decisions.map(({ encoded }) => encoded))];
  const steps = new Float32Array(decisions.length * STEP_INPUTS.length);
  for (const [i, { step }] of decisions.entries()) steps.set(step, i * STEP_INPUTS.length);
  return {
    states,
    stateOf: Uint8Array.from(decisions, ({ encoded }) => states.indexOf(encoded)),
    counts: Uint16Array.from(decisions, ({ slots }) => slots.length),
    chosen: Uint16Array.from(decisions, ({ chosen }) => chosen),
    slots: Uint16Array.from(decisions.flatMap(({ slots }) => [...slots])),
    sameFile: Uint8Array.from(decisions.flatMap(({ sameFile }) => [...sameFile])),
    steps,
  };
}
