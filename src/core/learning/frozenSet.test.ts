import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrozenSet, encodeFrozenSet } from '#core/learning/frozenCodec.ts';
import { frozenResults, type FrozenQuestion } from '#core/learning/frozenSet.ts';
import type { Scorer, StateScores } from '#core/policy/learnedPolicy.ts';
import { CANDIDATE_INPUTS, SLOTS, STATE_INPUTS } from '#core/policy/inputs.ts';

/** A state whose candidates' first input says what the network thinks of them. */
function question(values: readonly number[], parts: Partial<FrozenQuestion> = {}): FrozenQuestion {
  const width = CANDIDATE_INPUTS.length;
  const candidates = new Float32Array(values.length * width);
  values.forEach((value, i) => (candidates[i * width] = value));
  return {
    id: 'q',
    encoded: { candidates, words: new Float32Array(), state: new Float32Array(STATE_INPUTS.length) },
    files: Uint16Array.from(values.keys()),
    blocks: new Uint16Array(values.length),
    citable: new Uint8Array(values.length).fill(1),
    rightFiles: [0],
    places: [],
    ...parts,
  };
}

const scorer =
  (more: Partial<StateScores> = {}): Scorer =>
  (state) => {
    const logits = new Float32Array(SLOTS.count);
    for (let i = 0; i < state.candidates.length / CANDIDATE_INPUTS.length; i++)
      logits[i] = state.candidates[i * CANDIDATE_INPUTS.length]!;
    return Promise.resolve({ logits, confidence: 0, sameFile: new Float32Array(2), step: new Float32Array(), ...more });
  };

const resultOf = async (one: FrozenQuestion, more?: Partial<StateScores>) =>
  (await frozenResults([one], scorer(more)))[0]!;

describe('how well a policy does on a frozen question', () => {
  it('is where the first right file stands, by the best window of each file', async () => {
    expect(await resultOf(question([3, 2, 1]))).toEqual({
      id: 'q',
      set: 'frozen',
      reciprocalRank: 1,
      calls: 0,
      policyMs: 0,
      notFound: false,
    });
    const files = Uint16Array.of(0, 1, 2, 2, 3);
    expect((await resultOf(question([1, 3, 0, 2, 0], { files }))).reciprocalRank).toBe(1 / 3);
    expect((await resultOf(question([1, 3, 0, 2, 0], { files, rightFiles: [3, 2] }))).reciprocalRank).toBe(1 / 2);
  });

  it('gives nothing for what it cannot tell apart', async () => {
    expect((await resultOf(question([1, 1, 1, 1]))).reciprocalRank).toBe(1 / 4);
    expect((await resultOf(question([1, 1], { rightFiles: [7] }))).reciprocalRank).toBe(0);
  });

  it('is the share of the right places that ten citations show', async () => {
    const values = Array.from({ length: 12 }, (_, i) => 12 - i);
    const places = [[0], [9, 11], [10], []];
    expect((await resultOf(question(values, { places }))).spanRecall).toBe(2 / 4);
  });

  it('cites no window that was not read, and none that overlaps one before it', async () => {
    const read = question([3, 2, 1], { places: [[0]], citable: Uint8Array.of(0, 1, 1) });
    expect((await resultOf(read)).spanRecall).toBe(0);
    const overlapping = { files: Uint16Array.of(0, 0, 0), places: [[1], [2]] };
    const blocks = Uint16Array.of(5, 6, 7);
    expect((await resultOf(question([3, 2, 1], { ...overlapping, blocks }))).spanRecall).toBe(1 / 2);
  });

  it('likes another place of the same file less, as far as the policy does', async () => {
    // Eleven files, and a second window of the best one: there is room for ten.
    const values = [20, 5, ...Array.from({ length: 10 }, (_, i) => 1 + i / 100)];
    const one = question(values, {
      files: Uint16Array.from(values, (_, i) => Math.max(0, i - 1)),
      blocks: Uint16Array.from(values, (_, i) => 4 * i),
      places: [[1]],
    });
    expect((await resultOf(one)).spanRecall).toBe(1);
    expect((await resultOf(one, { sameFile: Float32Array.of(-10, 0) })).spanRecall).toBe(0);
  });

  it('says "not found" where the policy would', async () => {
    expect((await resultOf(question([1]), { confidence: -3 })).notFound).toBe(true);
  });
});

describe('the frozen set as bytes', () => {
  const anyQuestion = fc.integer({ min: 0, max: 20 }).chain((count) =>
    fc.record({
      values: fc.array(
        fc.integer({ min: -40, max: 40 }).map((value) => value / 8),
        { minLength: count, maxLength: count },
      ),
      files: fc.uint16Array({ minLength: count, maxLength: count }),
      blocks: fc.uint16Array({ minLength: count, maxLength: count }),
      citable: fc.uint8Array({ minLength: count, maxLength: count, max: 1 }),
      rightFiles: fc.array(fc.nat(0xffff), { maxLength: count }),
      places: count ? fc.array(fc.array(fc.nat(count - 1), { maxLength: count }), { maxLength: 5 }) : fc.constant([]),
    }),
  );
  const anySet = fc
    .array(anyQuestion, { maxLength: 5 })
    .map((some) => some.map(({ values, ...parts }, i) => question(values, { id: `some/repo:${i}`, ...parts })));

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        expect(decodeFrozenSet(encodeFrozenSet(set))).toEqual(set);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused with a sentence when it is cut off, longer, or changed where it says what it is', () => {
    const bytes = encodeFrozenSet([question([1, 2]), question([3], { id: 'r', places: [[0]] })]);
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => decodeFrozenSet(bytes.subarray(0, length))).toThrow(/is damaged\. Install Spoor anew/);
    expect(() => decodeFrozenSet(Uint8Array.of(...bytes, 0, 0))).toThrow(/is damaged/);
    const text = (changed: string): Uint8Array => Uint8Array.from(changed, (letter) => letter.charCodeAt(0));
    expect(() => decodeFrozenSet(text('SpoorFrozen 1\n{"ids":\n'))).toThrow(/is damaged/);
    expect(() => decodeFrozenSet(text('SpoorFrozen 1\nnull\n'))).toThrow(/is damaged/);
    expect(() => decodeFrozenSet(text('SpoorFrozen 1\n{"ids":[],"candidateInputs":["window"]}\n'))).toThrow(
      /was made for another version of Spoor: its inputs have other names/,
    );
  });

  it('never does anything else with changed bytes than to read or refuse them', () => {
    const bytes = encodeFrozenSet([question([1, 2, 3], { places: [[0, 1], [2]] })]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        try {
          decodeFrozenSet(changed);
        } catch (error) {
          expect((error as Error).message).toMatch(/^The frozen set that policies are compared on /);
        }
      }),
      { numRuns: 500 },
    );
  });
});
