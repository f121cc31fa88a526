import { expect, test } from 'vitest';
import { toFloat16 } from '#core/nn/storage.ts';
import { fromFloat16 } from '#core/policy/words/float16.ts';

test.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
  [0x83ff, -1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x8000, -0],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
])('%i is %f', (half, value) => expect(fromFloat16(Uint16Array.of(half))[0]).toBe(value));

test('every float16 comes back from its number', () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((half) => (half & 0x7fff) <= 0x7c00);
  expect(toFloat16(fromFloat16(halves))).toEqual(halves);
});
