import { describe, expect, test } from 'vitest';
import { lengthOf, startAdam, updateAdam } from '#core/nn/adam.ts';

describe('updateAdam', () => {
  test('takes the steps of algorithm 1, computed by hand', () => {
    const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0 };
    const first = updateAdam(startAdam(2), Float32Array.of(1, -1), Float32Array.of(2, -8), settings);
    // Bias correction makes the first step as long as the learning rate, whatever the gradient.
    expectClose(first.parameters, [0.9, -0.9]);
    expectClose(first.state.mean, [1, -4]);
    expectClose(first.state.square, [1, 16]);
    // m = 0.5·1 + 0.5·0 = 0.5, over 1 - 0.25; v = 0.75·1 + 0.25·0 = 0.75, over 1 - 0.5625.
    const second = updateAdam(first.state, first.parameters, Float32Array.of(0, -8), settings);
    const step = 0.5 / 0.75 / Math.sqrt(0.75 / 0.4375);
    expectClose(second.parameters, [0.9 - 0.1 * step, -0.8]);
    expect(second.state.step).toBe(2);
  });

  test('shortens a long gradient and leaves a short one', () => {
    const at = Float32Array.of(0, 0);
    const step = (gradient: Float32Array, clipNorm: number) =>
      updateAdam(startAdam(2), at, gradient, { learningRate: 1, beta1: 0, clipNorm }).state.mean;
    expectClose(step(Float32Array.of(30, 40), 5), [3, 4]);
    expectClose(step(Float32Array.of(0.3, 0.4), 5), [0.3, 0.4]);
  });

  test('takes weight decay beside the gradient', () => {
    const settings = { learningRate: 0.1, weightDecay: 0.5 };
    expectClose(updateAdam(startAdam(1), Float32Array.of(2), Float32Array.of(0), settings).parameters, [1.9]);
  });

  test('changes nothing that it was given', () => {
    const given = [Float32Array.of(1, 2), Float32Array.of(3, 4)] as const;
    const state = startAdam(2);
    updateAdam(state, ...given, { learningRate: 1, clipNorm: 1, weightDecay: 1 });
    expect(given).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    expect(state).toEqual(startAdam(2));
  });

  test('finds the lowest point of a stretched bowl', () => {
    const target = [3, -2, 0.5];
    const stretch = [1, 100, 0.01];
    let { state, parameters: at } = { state: startAdam(3), parameters: new Float32Array(3) as Float32Array };
    for (let i = 0; i < 2000; i++) {
      const gradient = at.map((x, k) => stretch[k]! * (x - target[k]!));
      ({ state, parameters: at } = updateAdam(state, at, gradient, { learningRate: 0.1 * 0.997 ** i }));
    }
    for (const [i, x] of at.entries()) expect(x).toBeCloseTo(target[i]!, 3);
  });

  test('refuses gradients that are not finite, and lists of other lengths', () => {
    const settings = { learningRate: 1 };
    expect(() => updateAdam(startAdam(1), Float32Array.of(1), Float32Array.of(NaN), settings)).toThrow(/not finite/);
    expect(() => updateAdam(startAdam(2), Float32Array.of(1), Float32Array.of(1), settings)).toThrow(/keeps 2 means/);
  });
});

test('the length of a vector', () => expect(lengthOf(Float32Array.of(3, 4))).toBe(5));

function expectClose(found: Float32Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
}
