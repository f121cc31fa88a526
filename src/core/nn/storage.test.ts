import { expect, test } from 'vitest';
import { toFloat16, toInt8 } from '#core/nn/storage.ts';
import { createRng } from '#core/rl/rng.ts';

/** The engine's own rounding, which the type library does not know yet. */
type Half = DataView & { setFloat16(at: number, value: number, little: boolean): void };

test('float16 is rounded as the engine rounds: special numbers, every border, and many others', () => {
  const rng = createRng(1);
  const floats = new Float32Array(Uint32Array.from({ length: 200_000 }, () => rng.next() * 2 ** 32).buffer);
  const halves = new DataView(new ArrayBuffer(2));
  const expected = (value: number): number => {
    (halves as Half).setFloat16(0, value, true);
    return halves.getUint16(0, true);
  };
  const special = [
    0,
    -0,
    Infinity,
    -Infinity,
    65504,
    65519.99,
    65520,
    -65520,
    1e-8,
    2 ** -24,
    2 ** -25,
    2 ** -25 * 1.001,
  ];
  const borders = Array.from({ length: 60 }, (_, i) =>
    [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 - 2 ** -12].map((x) => x * 2 ** (i - 30)),
  );
  const values = [...special, ...borders.flat(), ...floats].map(Math.fround).filter((value) => !Number.isNaN(value));
  const found = toFloat16(values);
  expect(values.flatMap((value, i) => (found[i] === expected(value) ? [] : [value]))).toEqual([]);
});

test('float16 of what is no number is no number', () => {
  expect(toFloat16([NaN])[0]! & 0x7fff).toBeGreaterThan(0x7c00);
});

test('int8 is within half a step, each row by its own scale', () => {
  const values = [0.1, -0.5, 0.25, 100, 7, -3, 0, 0, 0];
  const { quantized, scales } = toInt8(values, 3);
  expect([...quantized]).toEqual([25, -127, 64, 127, 9, -4, 0, 0, 0]);
  expect([...scales]).toEqual([0.5 / 127, 100 / 127, 0].map(Math.fround));
  for (const [i, value] of values.entries())
    expect(Math.abs(quantized[i]! * scales[Math.floor(i / 3)]! - value)).toBeLessThanOrEqual(
      scales[Math.floor(i / 3)]! * 0.5001,
    );
});
