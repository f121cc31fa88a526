import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { stateFeeds } from '#core/policy/batch.ts';
import { encodeState, encodeStep } from '#core/policy/encodeState.ts';
import {
  ACTIONS,
  CANDIDATE_INPUTS,
  CANDIDATES,
  SLOTS,
  STATE_INPUTS,
  STEP_INPUTS,
  WORD_INPUTS,
  WORDS,
} from '#core/policy/inputs.ts';
import { parseQuestion } from '#core/search/question.ts';
import { playScene, type Play } from '../../../test/fakes/policyScene.ts';

const WORDS_OF_QUESTIONS = [
  ...['retry', 'retries', 'failed', 'uploads', 'queue', 'wait', 'tested', 'documented', 'button', 'export', 'parts'],
  ...['withBackoff', 'UploadQueue', 'retryUpload30', 'src/net/retry.ts', 'a_b_c', 'sendFile', 'MAX_TRIES', 'x.y.z'],
];

/** Also longer ones than the network has rows for words of. */
const questions = fc
  .array(fc.oneof(fc.constantFrom(...WORDS_OF_QUESTIONS), fc.stringMatching(/^[a-z]{3,9}([A-Z][a-z]{2,6})?$/)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((words) => parseQuestion(words.join(' ')))
  .filter(({ terms }) => terms.length > 0);

const WIDTH = CANDIDATE_INPUTS.length;

/** The decisions of each turn. */
function turnsOf({ steps }: Play): Play['steps'][] {
  const turns = Map.groupBy(steps, ({ observation }) => `${observation.phase} ${observation.turn}`);
  return [...turns.values()];
}

/** The priors are sums of several shares, all else is one. */
const inRange = (values: Float32Array, names: readonly string[], most: number): void => {
  for (const [i, value] of values.entries()) {
    const name = names[i % names.length]!;
    if (!(value >= 0 && value <= most)) throw new Error(`${name} is ${value}`);
  }
};

describe('what the network reads', () => {
  test('gives every legal action a place of its own, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(questions, fc.nat(1_000), async (question, seed) => {
        for (const turn of turnsOf(await playScene(uniformPolicy, { seed, turns: 4, question }))) {
          const { slotOf } = encodeState(turn[0]!.observation, turn[0]!.legal);
          for (const { legal } of turn) {
            const slots = legal.map(slotOf);
            expect(new Set(slots).size).toBe(legal.length);
            for (const [i, slot] of slots.entries()) {
              const { kind } = legal[i]!;
              const [from, to] =
                kind === 'cite'
                  ? [SLOTS.cite, SLOTS.read]
                  : kind === 'read'
                    ? [SLOTS.read, SLOTS.word]
                    : kind === 'grep' || kind === 'symbols'
                      ? [SLOTS.word, SLOTS.plain]
                      : [SLOTS.plain, SLOTS.count];
              expect(slot, kind).toBeGreaterThanOrEqual(from!);
              expect(slot, kind).toBeLessThan(to!);
            }
          }
        }
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  test('are numbers near those between 0 and 1, as many as there are names', async () => {
    await fc.assert(
      fc.asyncProperty(questions, fc.nat(1_000), async (question, seed) => {
        const { steps } = await playScene(seed % 3 ? uniformPolicy : handPolicy, { seed, turns: 4, question });
        for (const { observation, legal } of steps) {
          const { candidates, words, state } = encodeState(observation, legal).encoded;
          expect(candidates).toHaveLength(observation.candidates.length * CANDIDATE_INPUTS.length);
          expect(observation.candidates.length).toBeLessThanOrEqual(CANDIDATES);
          expect(words.length % WORD_INPUTS.length).toBe(0);
          expect(words.length).toBeLessThanOrEqual(WORDS * WORD_INPUTS.length);
          expect(state).toHaveLength(STATE_INPUTS.length);
          inRange(candidates, CANDIDATE_INPUTS, 4);
          inRange(words, WORD_INPUTS, 2);
          inRange(state, STATE_INPUTS, 4);
          inRange(encodeStep(observation, legal), STEP_INPUTS, 2);
        }
      }),
      { seed: 6, numRuns: 25 },
    );
  });

  test('shows what was read', async () => {
    const { steps } = await playScene(handPolicy, { seed: 1, turns: 4 });
    const before = steps.find(({ observation }) => observation.candidates.length > 0)!;
    expect(before.observation.phase).toBe('search');
    const found = encodeState(before.observation, before.legal).encoded.candidates;
    expect(found.filter((_, i) => i % WIDTH === CANDIDATE_INPUTS.indexOf('read')).every((value) => value === 0)).toBe(
      true,
    );

    const { observation, legal } = steps.find((step) => step.observation.phase === 'cite')!;
    const { candidates } = encodeState(observation, legal).encoded;
    const column = (name: (typeof CANDIDATE_INPUTS)[number]): number[] =>
      observation.candidates.map((_, row) => candidates[row * WIDTH + CANDIDATE_INPUTS.indexOf(name)]!);
    const read = observation.candidates.map((_, row) =>
      legal.some((action) => action.kind === 'cite' && action.candidate === row),
    );
    expect(read).toContain(true);
    for (const [row, one] of read.entries()) if (one) expect(column('read')[row]).toBe(1);
    const index = observation.candidates.findIndex(({ span }) => span.path === 'src/net/retry.ts');
    expect(column('read')[index]).toBe(1);
    expect(column('doc-comments')[index]).toBeGreaterThan(0);
    expect(column('defined-names')[index]).toBeGreaterThan(0);
    for (const name of ['doc-comments', 'defined-names', 'signatures'] as const)
      for (const [row, value] of column(name).entries()) if (!column('read')[row]) expect(value).toBe(0);
  });

  test('is filled up to one size for a batch', async () => {
    const { steps } = await playScene(handPolicy, { seed: 1 });
    const states = turnsOf({ steps } as Play).map(([first]) => encodeState(first!.observation, first!.legal).encoded);
    const { candidates, present, words, state } = stateFeeds(states);
    const s = states.length;
    expect([candidates, present, words, state].map((one) => one!.shape)).toEqual([
      [s, CANDIDATES, CANDIDATE_INPUTS.length],
      [s, CANDIDATES, 1],
      [s, WORDS, WORD_INPUTS.length],
      [s, STATE_INPUTS.length],
    ]);
    for (const one of [candidates, present, words, state])
      expect(one!.data).toHaveLength(one!.shape.reduce((a, b) => a * b));
    const counts = states.map(
      (_, i) =>
        Array.from(present!.data.subarray(i * CANDIDATES, (i + 1) * CANDIDATES) as Float32Array).lastIndexOf(1) + 1,
    );
    expect(counts).toEqual(states.map((one) => one.candidates.length / CANDIDATE_INPUTS.length));
  });
});

test('there is a logit for everything', () => {
  expect(SLOTS.count).toBe(2 * CANDIDATES + WORDS + ACTIONS.length - 3);
});
