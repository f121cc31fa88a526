import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grpo, reinforcePlusPlus } from '#core/rl/advantage.ts';
import type { Lesson, PlayedEpisode } from '#core/rl/episode.ts';
import { measurePlay } from '#core/rl/metrics.ts';

/** Steps as [log π_old, log π_ref, mask]. */
function episode(reward: number, steps: readonly (readonly [number, number, number])[]): PlayedEpisode {
  return {
    task: 't',
    reward,
    logProbs: Float64Array.from(steps, ([logProb]) => logProb),
    refLogProbs: Float64Array.from(steps, ([, refLogProb]) => refLogProb),
    mask: Uint8Array.from(steps, ([, , mask]) => mask),
    measures: {},
  };
}

const plain = (reward: number, steps = 2): PlayedEpisode =>
  episode(
    reward,
    Array.from({ length: steps }, () => [-1, -1, 1] as const),
  );

const advantagesOf = (lessons: readonly Lesson[]): number[][] => lessons.map(({ advantages }) => [...advantages]);

const logProb = fc.double({ min: -6, max: 0, noNaN: true });
const step = fc.tuple(logProb, logProb, fc.integer({ min: 0, max: 1 }));
const someEpisode = fc
  .tuple(fc.integer({ min: -4, max: 4 }), fc.array(step, { minLength: 1, maxLength: 6 }))
  .map(([reward, steps]) => episode(reward, steps));
const someGroups = fc.array(fc.array(someEpisode, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 });

/** The same episode where every number of a masked step is another one. */
function disturbed(from: PlayedEpisode): PlayedEpisode {
  const odd = [NaN, Infinity, -1e300, 7];
  const disturb = (values: Float64Array): Float64Array =>
    values.map((value, index) => (from.mask[index] === 0 ? odd[index % odd.length]! : value));
  return { ...from, logProbs: disturb(from.logProbs), refLogProbs: disturb(from.refLogProbs) };
}

/** The same episode with a masked step before each of its own. */
function stretched(from: PlayedEpisode): PlayedEpisode {
  const interleave = <V extends Float64Array | Uint8Array>(values: V, filler: number): number[] =>
    [...values].flatMap((value) => [filler, value]);
  return {
    ...from,
    logProbs: Float64Array.from(interleave(from.logProbs, -3)),
    refLogProbs: Float64Array.from(interleave(from.refLogProbs, -1)),
    mask: Uint8Array.from(interleave(from.mask, 0)),
  };
}

const choicesOf = (lessons: readonly Lesson[]): number[] =>
  lessons.flatMap(({ episode: { mask }, advantages }) => [...advantages].filter((_, index) => mask[index] === 1));

describe('REINFORCE++', () => {
  test('is the reward above the mean of its group, in units of the batch', () => {
    const lessons = reinforcePlusPlus(
      [
        [plain(3), plain(1)],
        [plain(10, 1), plain(10, 1)],
      ],
      0,
    );
    // Above the group's mean: 1, -1, 0, 0; over two, two, one and one choices the variance is 4 / 6.
    const unit = Math.sqrt(6 / 4);
    const expected = [[unit, unit], [-unit, -unit], [0], [0]];
    for (const [index, advantages] of advantagesOf(lessons).entries())
      for (const [at, value] of advantages.entries()) expect(value).toBeCloseTo(expected[index]![at]!, 12);
  });

  test('takes the KL that is still to come off the reward, step by step', () => {
    const first = episode(2, [
      [-1, -3, 1],
      [-9, 0, 0],
      [-1, -2, 1],
    ]);
    const lessons = reinforcePlusPlus([[first, episode(0, [[-1, -1, 1]])]], 0.1);
    // Returns: 1 − .1·(2 + 1) and 1 − .1·1 of the first, −1 of the second.
    const returns = [0.7, 0.9, -1];
    const centre = 0.2;
    const scale = Math.sqrt((0.25 + 0.49 + 1.44) / 3);
    const expected = returns.map((value) => (value - centre) / scale);
    expect(lessons[0]!.advantages[0]).toBeCloseTo(expected[0]!, 12);
    expect(lessons[0]!.advantages[1]).toBe(0);
    expect(lessons[0]!.advantages[2]).toBeCloseTo(expected[1]!, 12);
    expect(lessons[1]!.advantages[0]).toBeCloseTo(expected[2]!, 12);
  });

  test('has mean 0 and variance 1 over the choices of a batch', () => {
    fc.assert(
      fc.property(someGroups, (groups) => {
        const values = choicesOf(reinforcePlusPlus(groups, 0));
        // Where nobody was better than another, all are 0.
        fc.pre(values.some((value) => Math.abs(value) > 0.01));
        const sum = values.reduce((total, value) => total + value, 0);
        const squares = values.reduce((total, value) => total + value * value, 0);
        expect(sum / values.length).toBeCloseTo(0, 6);
        expect(squares / values.length).toBeCloseTo(1, 4);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  test('does not care what a task is worth to everybody', () => {
    const groups = [
      [plain(1), plain(0)],
      [plain(4), plain(2)],
    ];
    const richer = [
      [plain(101), plain(100)],
      [plain(-46), plain(-48)],
    ];
    expect(advantagesOf(reinforcePlusPlus(richer, 0))).toEqual(advantagesOf(reinforcePlusPlus(groups, 0)));
  });
});

describe('GRPO', () => {
  test('is the z-score of the reward within its group, the same for every choice', () => {
    const lessons = grpo([[plain(3), plain(1), plain(2)]]);
    const expected = [1, -1, 0];
    for (const [index, [first, second]] of advantagesOf(lessons).entries()) {
      expect(first).toBeCloseTo(expected[index]!, 8);
      expect(second).toBe(first);
    }
  });

  test('drops groups of equal rewards, rounding aside', () => {
    const lessons = grpo([
      [plain(0.1 + 0.2), plain(0.3)],
      [plain(1), plain(0)],
    ]);
    expect(lessons.map((lesson) => lesson.episode.reward)).toEqual([1, 0]);
  });
});

describe.each([
  ['REINFORCE++', (groups: readonly (readonly PlayedEpisode[])[]) => reinforcePlusPlus(groups, 0.3)],
  ['GRPO', grpo<PlayedEpisode>],
])('the mask in the advantages of %s', (_name, advantages) => {
  const same = (change: (from: PlayedEpisode) => PlayedEpisode): void =>
    fc.assert(
      fc.property(someGroups, (groups) => {
        const before = advantages(groups);
        const after = advantages(groups.map((group) => group.map(change)));
        expect(choicesOf(after)).toEqual(choicesOf(before));
        for (const { episode: played, advantages: values } of after)
          for (const [index, value] of values.entries()) if (played.mask[index] === 0) expect(value).toBe(0);
      }),
      { seed: 42, numRuns: 300 },
    );

  test('numbers of masked steps change nothing: KL and returns', () => same(disturbed));
  test('the count of masked steps changes nothing: normalisation', () => same(stretched));

  test('an episode without a choice is no lesson, but counts for its group', () => {
    const forced = episode(5, [[0, 0, 0]]);
    const lessons = advantages([[plain(1), forced, plain(2)]]);
    expect(lessons.map((lesson) => lesson.episode.reward)).toEqual([1, 2]);
    const alone = advantages([[plain(1), plain(2)]]);
    expect(alone[0]!.advantages[0]).toBeLessThan(0);
    expect(alone[1]!.advantages[0]).toBeGreaterThan(0);
  });
});

test('the mask in the metrics: KL to the reference and likelihoods count choices only', () => {
  fc.assert(
    fc.property(someGroups, (groups) => {
      const other = groups.map((group) => group.map((played) => stretched(disturbed(played))));
      expect(measurePlay(other, grpo(other))).toEqual(measurePlay(groups, grpo(groups)));
    }),
    { seed: 42, numRuns: 200 },
  );
});
