/** The tapered term against its paper, and what comes of it where the best policy is known. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '#core/rl/episode.ts';
import type { LossSettings } from '#core/rl/loss.ts';
import { taper, taperedLessons, type Replay } from '#core/rl/tapered.ts';
import { openKeyWorld, type KeyEpisode, type KeyWorld } from '../../../test/fakes/keyWorld.ts';

/** A replay of steps [log π, log μ, mask]. */
function replay(steps: readonly (readonly [number, number, number])[]): Replay {
  const column = (at: 0 | 1 | 2): number[] => steps.map((step) => step[at]);
  const logProbs = Float64Array.from(column(0));
  const episode = {
    task: 't',
    reward: 0,
    logProbs,
    refLogProbs: logProbs,
    mask: Uint8Array.from(column(2)),
    measures: {},
  };
  return { episode, behaviourLogProbs: Float64Array.from(column(1)) };
}

const someLogProb = fc.double({ min: -6, max: 0, noNaN: true });
const someSteps = fc.array(fc.tuple(someLogProb, someLogProb, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 8 });

describe('the taper', () => {
  test('is the ratio of the whole episode’s likelihoods, and 1 at most', () =>
    fc.assert(
      fc.property(someSteps, (steps) => {
        const ratio = steps.reduce(
          (product, [now, then, mask]) => (mask ? product * Math.exp(now - then) : product),
          1,
        );
        expect(taper(replay(steps))).toBeCloseTo(Math.min(1, ratio), 9);
      }),
    ));

  test('never looks at what was forced', () => {
    const steps = [[-1, -0.5, 1]] as const;
    expect(taper(replay([...steps, [NaN, NaN, 0]]))).toBe(taper(replay(steps)));
  });
});

describe('lessons of what was rejected', () => {
  test('push each choice by the taper, and nothing else', () => {
    const [lesson] = taperedLessons(
      [
        replay([
          [-2, -1, 1],
          [-9, -9, 0],
          [-3, -3, 1],
        ]),
      ],
      -0.5,
    );
    const push = -0.5 * Math.exp(-1);
    expect([...lesson!.advantages]).toEqual([expect.closeTo(push), 0, expect.closeTo(push)]);
  });

  test('leave out what made no choice, and refuse what was right', () => {
    expect(taperedLessons([replay([[-1, -1, 0]])], -1)).toEqual([]);
    expect(() => taperedLessons([], 0.1)).toThrow(/below 0/);
  });
});

const STEPS = 150;
const RATE = 0.5;

describe('learned from', () => {
  let world: KeyWorld;
  let first: Float32Array;
  let wrong: readonly KeyEpisode[];
  let right: readonly KeyEpisode[];
  const settings: LossSettings = { clip: 0.2, klWeight: 0, guardWeight: 0, entropyWeight: 0 };

  beforeAll(async () => {
    world = await openKeyWorld();
    first = world.firstParameters(1);
    const jobs = world.tasks.map((task, seed) => ({ task, seed, count: 8 }));
    const played = (await world.ports(first).play(first, jobs)).flat();
    wrong = played.filter(({ measures }) => measures['success'] === 0);
    right = played.filter(({ measures }) => measures['success'] === 1);
  });

  const gradient = (parameters: Float32Array, lessons: readonly Lesson<KeyEpisode>[]) =>
    world.ports(first).gradient(parameters, lessons, settings);

  /** Σ c R Σ log π / choices / episodes with the taper held, which is what the paper's gradient is the slope of. */
  async function objective(parameters: Float32Array, weights: readonly number[]): Promise<number> {
    const replays = await world.replay(parameters, wrong);
    const each = replays.map(({ episode: { logProbs, mask } }, i) => {
      const choices = [...logProbs].filter((_, step) => mask[step] === 1);
      return (weights[i]! * choices.reduce((sum, logProb) => sum + logProb, 0)) / choices.length;
    });
    return each.reduce((sum, one) => sum + one, 0) / each.length;
  }

  test('has the paper’s gradient where an iteration begins, also far from the policy that acted', async () => {
    const moved = first.map((value, i) => value + 0.3 * Math.sin(i));
    const replays = await world.replay(moved, wrong);
    const weights = replays.map((one) => -0.7 * taper(one));
    expect(Math.min(...weights)).toBeLessThan(-0.69);
    expect(Math.max(...weights)).toBeGreaterThan(-0.5);
    const found = (await gradient(moved, taperedLessons(replays, -0.7))).gradient;
    const step = 2e-3;
    for (const at of [0, 17, 101, first.length - 1]) {
      const shifted = (by: number): Float32Array => moved.map((value, i) => (i === at ? value + by : value));
      const slope =
        ((await objective(shifted(step), weights)) - (await objective(shifted(-step), weights))) / (2 * step);
      expect(found[at]).toBeCloseTo(-slope, 3);
    }
  });

  /** Many plain steps away from the wrong episodes: Adam would make small gradients large again. */
  async function unlearn(isTapered: boolean): Promise<Float32Array> {
    let parameters = first;
    for (let iteration = 0; iteration < STEPS; iteration++) {
      const replays = await world.replay(parameters, wrong);
      const known = isTapered ? replays : replays.map((one) => ({ ...one, behaviourLogProbs: one.episode.logProbs }));
      const { gradient: slope } = await gradient(parameters, taperedLessons(known, -1));
      parameters = parameters.map((value, i) => value - RATE * slope[i]!);
    }
    return parameters;
  }

  const likelihood = async (parameters: Float32Array, episodes: readonly KeyEpisode[]): Promise<number> => {
    const replays = await world.replay(parameters, episodes);
    const each = replays.map(({ episode: { logProbs, mask } }) =>
      logProbs.reduce((sum, logProb, step) => sum + (mask[step] === 1 ? logProb : 0), 0),
    );
    return each.reduce((sum, one) => sum + one, 0) / each.length;
  };

  test('tells wrong episodes from right ones, and fades where plain REINFORCE goes on for ever', async () => {
    const [tapered, plain] = [await unlearn(true), await unlearn(false)];
    const gap = async (parameters: Float32Array): Promise<number> =>
      (await likelihood(parameters, right)) - (await likelihood(parameters, wrong));
    expect(Math.abs(await gap(first))).toBeLessThan(0.1);
    expect(await gap(tapered)).toBeGreaterThan(1);
    expect(await likelihood(tapered, wrong)).toBeGreaterThan(-20);
    expect(await likelihood(plain, wrong)).toBeLessThan(-500);
  });
});
