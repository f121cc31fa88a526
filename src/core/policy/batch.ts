/** States and choices as the inputs of the network's graphs, filled up to the same size. */
import type { EncodedState } from '#core/policy/encodeState.ts';
import type { Choices } from '#core/policy/episode.ts';
import {
  CANDIDATE_INPUTS,
  CANDIDATES,
  SLOTS,
  STATE_INPUTS,
  STEP_INPUTS,
  WORD_INPUTS,
  WORDS,
} from '#core/policy/inputs.ts';

/** Values in row-major order. */
export interface Values {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

const FORBIDDEN = -1e9;

/** Inputs of `stateOutputs`. */
export function stateFeeds(states: readonly EncodedState[]): Record<string, Values> {
  const [s, f, u] = [states.length, CANDIDATE_INPUTS.length, WORD_INPUTS.length];
  const candidates = new Float32Array(s * CANDIDATES * f);
  const present = new Float32Array(s * CANDIDATES);
  const words = new Float32Array(s * WORDS * u);
  const state = new Float32Array(s * STATE_INPUTS.length);
  for (const [i, one] of states.entries()) {
    candidates.set(one.candidates, i * CANDIDATES * f);
    present.fill(1, i * CANDIDATES, i * CANDIDATES + one.candidates.length / f);
    words.set(one.words, i * WORDS * u);
    state.set(one.state, i * STATE_INPUTS.length);
  }
  return {
    candidates: { data: candidates, shape: [s, CANDIDATES, f] },
    present: { data: present, shape: [s, CANDIDATES, 1] },
    words: { data: words, shape: [s, WORDS, u] },
    state: { data: state, shape: [s, STATE_INPUTS.length] },
  };
}

/** Inputs of `stateOutputs` and `decisionOutputs` for all choices of these episodes, in their order. */
export function choiceFeeds(episodes: readonly Choices[]): Record<string, Values> {
  const states = new Map<EncodedState, number>();
  for (const { states: own } of episodes) for (const one of own) if (!states.has(one)) states.set(one, states.size);
  const rows = episodes.reduce((sum, { counts }) => sum + counts.length, 0);
  const width = episodes.reduce((most, { counts }) => counts.reduce((a, b) => Math.max(a, b), most), 1);
  const feeds = emptyDecisions(rows, width);
  let row = 0;
  for (const choices of episodes) {
    const places = choices.states.map((one) => states.get(one)!);
    let at = 0;
    for (const [d, count] of choices.counts.entries()) {
      fillDecision(feeds, row++, width, choices, d, at, places[choices.stateOf[d]!]!);
      at += count;
    }
  }
  return { ...stateFeeds([...states.keys()]), ...shaped(feeds, rows, width) };
}

type Decisions = ReturnType<typeof emptyDecisions>;

function emptyDecisions(rows: number, width: number) {
  return {
    options: integers(rows * width),
    closed: new Float32Array(rows * width).fill(FORBIDDEN),
    sameCite: new Float32Array(rows * width),
    sameRead: new Float32Array(rows * width),
    steps: new Float32Array(rows * (STEP_INPUTS.length + 1)),
    plainOption: integers(rows * width),
    chosen: integers(rows),
  };
}

function fillDecision(
  feeds: Decisions,
  row: number,
  width: number,
  { counts, slots, sameFile, steps, chosen }: Choices,
  d: number,
  at: number,
  state: number,
): void {
  for (let option = 0; option < counts[d]!; option++) {
    const [slot, cell] = [slots[at + option]!, row * width + option];
    feeds.options.low[2 * cell] = state * SLOTS.count + slot;
    feeds.closed[cell] = 0;
    const same = slot < SLOTS.read ? feeds.sameCite : feeds.sameRead;
    same[cell] = sameFile[at + option]!;
    if (slot >= SLOTS.plain) feeds.plainOption.low[2 * cell] = 1 + slot - SLOTS.plain;
  }
  const p = STEP_INPUTS.length;
  feeds.steps.set(steps.subarray(d * p, (d + 1) * p), row * (p + 1));
  feeds.steps[row * (p + 1) + p] = 1;
  feeds.chosen.low[2 * row] = chosen[d]!;
}

function shaped(feeds: Decisions, rows: number, width: number): Record<string, Values> {
  const cells = [rows, width];
  return {
    options: { data: feeds.options.values, shape: cells },
    closed: { data: feeds.closed, shape: cells },
    sameCite: { data: feeds.sameCite, shape: cells },
    sameRead: { data: feeds.sameRead, shape: cells },
    steps: { data: feeds.steps, shape: [rows, STEP_INPUTS.length + 1] },
    plainOption: { data: feeds.plainOption.values, shape: cells },
    chosen: { data: feeds.chosen.values, shape: [rows, 1] },
  };
}

/** 64-bit integers that are written by their lower halves, which is ten times as fast; they are small and positive. */
function integers(length: number): { readonly values: BigInt64Array; readonly low: Int32Array } {
  const values = new BigInt64Array(length);
  return { values, low: new Int32Array(values.buffer) };
}
