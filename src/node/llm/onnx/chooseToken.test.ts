import { describe, expect, test } from 'vitest';
import { createRng } from '#core/rl/rng.ts';
import { chooseToken, type Sampling } from '#node/llm/onnx/chooseToken.ts';

/** How often each token is drawn in 2,000 draws. */
function counts(scores: readonly number[], sampling: Sampling): number[] {
  const rng = createRng(3);
  const drawn = scores.map(() => 0);
  for (let i = 0; i < 2_000; i++) drawn[chooseToken(Float32Array.from(scores), sampling, rng)!]! += 1;
  return drawn;
}

describe('the token that is chosen', () => {
  test('is the likeliest at temperature 0, the first of equal ones', () => {
    const scores = Float32Array.of(1, 5, 5, -Infinity, NaN);
    expect(chooseToken(scores, { temperature: 0, topP: 1 }, createRng(1))).toBe(1);
  });

  test('is drawn by its probability', () => {
    const drawn = counts([Math.log(6), Math.log(3), Math.log(1)], { temperature: 1, topP: 1 });
    for (const [i, share] of [0.6, 0.3, 0.1].entries()) expect(drawn[i]! / 2_000).toBeCloseTo(share, 1);
  });

  test('is likelier the likeliest one the lower the temperature is', () => {
    const scores = [Math.log(6), Math.log(3), Math.log(1)];
    expect(counts(scores, { temperature: 0.2, topP: 1 })[0]).toBeGreaterThan(1_900);
    expect(counts(scores, { temperature: 5, topP: 1 })[0]).toBeLessThan(1_000);
  });

  test('is one of those that together have the wanted share', () => {
    const scores = [Math.log(1), Math.log(6), Math.log(3)];
    expect(counts(scores, { temperature: 1, topP: 0.6 })).toEqual([0, 2_000, 0]);
    expect(counts(scores, { temperature: 1, topP: 0.61 })[0]).toBe(0);
    expect(counts(scores, { temperature: 1, topP: 0.61 })[2]).toBeGreaterThan(0);
  });

  test('is the same with the same seed', () => {
    const scores = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i));
    const draw = (seed: number): (number | undefined)[] => {
      const rng = createRng(seed);
      return Array.from({ length: 20 }, () => chooseToken(scores, { temperature: 1, topP: 0.9 }, rng));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('is none where no score is a number', () => {
    expect(chooseToken(Float32Array.of(NaN, NaN), { temperature: 1, topP: 1 }, createRng(1))).toBeUndefined();
  });
});
