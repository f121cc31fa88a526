/**
 * Adam for the rows that a batch has words of, as PyTorch's SparseAdam does it: the others keep their values and their
 * running means. A batch has some thousand of all the words, so that this is several times less work, and a rare word
 * does not drift on the momentum of the last time it was met.
 *
 * In place, unlike Adam itself: copying all of the table would cost what is saved.
 */
import { updateAdam, type AdamSettings, type AdamState } from '#core/nn/adam.ts';
import type { ParameterLayout } from '#core/nn/parameterLayout.ts';
import { BY_WORD } from '#core/policy/words/wordNetwork.ts';

/** [N] Where the parameters of these rows are, and those that belong to no word. */
export function touchedPlaces({ entries }: ParameterLayout, rows: ReadonlySet<number>): Int32Array {
  const blocks = entries.map(({ name, shape, size, offset }) =>
    BY_WORD.includes(name) ? { offset, width: size / shape[0]!, rows } : { offset, width: size, rows: [0] },
  );
  const count = blocks.reduce((sum, block) => sum + block.width * [...block.rows].length, 0);
  const places = new Int32Array(count);
  let at = 0;
  for (const block of blocks)
    for (const row of block.rows) {
      const start = block.offset + row * block.width;
      for (let i = 0; i < block.width; i++) places[at++] = start + i;
    }
  return places;
}

/** Changes the state's means and the parameters [P] at `places`; the state that is returned holds the same lists. */
export function updateTouched(
  { step, mean, square }: AdamState,
  parameters: Float32Array,
  gradient: Float32Array,
  places: Int32Array,
  settings: AdamSettings,
): AdamState {
  const few = { step, mean: picked(mean, places), square: picked(square, places) };
  const moved = updateAdam(few, picked(parameters, places), picked(gradient, places), settings);
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    parameters[place] = moved.parameters[i]!;
    mean[place] = moved.state.mean[i]!;
    square[place] = moved.state.square[i]!;
  }
  return { step: moved.state.step, mean, square };
}

function picked(values: Float32Array, places: Int32Array): Float32Array {
  const found = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) found[i] = values[places[i]!]!;
  return found;
}
