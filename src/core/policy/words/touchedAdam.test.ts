import { expect, test } from 'vitest';
import { startAdam, updateAdam } from '#core/nn/adam.ts';
import { createRng } from '#core/rl/rng.ts';
import { touchedPlaces, updateTouched } from '#core/policy/words/touchedAdam.ts';
import { wordNetwork } from '#core/policy/words/wordNetwork.ts';

const { layout } = wordNetwork({ vocabulary: 5, width: 3 }, new Float32Array(5));
const rng = createRng(6);
const drawn = (): Float32Array => Float32Array.from({ length: layout.size }, () => rng.next() - 0.5);
const settings = { learningRate: 0.1, clipNorm: 1 };

test('is Adam where all rows are touched', () => {
  const first = drawn();
  const places = touchedPlaces(layout, new Set([0, 1, 2, 3, 4]));
  let [state, theirs] = [startAdam(layout.size), { state: startAdam(layout.size), parameters: first }];
  const ours = first.slice();
  for (let i = 0; i < 4; i++) {
    const gradient = drawn();
    state = updateTouched(state, ours, gradient, places, settings);
    theirs = updateAdam(theirs.state, theirs.parameters, gradient, settings);
  }
  expect(ours).toEqual(theirs.parameters);
  expect(state).toEqual(theirs.state);
});

test('leaves other rows as they are, with their means', () => {
  const parameters = drawn();
  const before = parameters.slice();
  const places = touchedPlaces(layout, new Set([1, 3]));
  const state = updateTouched(
    startAdam(layout.size),
    parameters,
    new Float32Array(layout.size).fill(1),
    places,
    settings,
  );
  const changed = new Set([...parameters.keys()].filter((i) => parameters[i] !== before[i]));
  expect(changed).toEqual(new Set(places));
  expect(places).toHaveLength(2 * 3 + 2 + 2 + 3 + 2);
  expect(new Set([...state.mean.keys()].filter((i) => state.mean[i] !== 0))).toEqual(changed);
});
