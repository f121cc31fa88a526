/**
 * How numbers lie in a model file. Weights may be stored rounded: as float16 (IEEE 754 binary16), or as int8 with a
 * scale for each row. The graph then makes floats of them when it is loaded.
 */

/** Rounded to the nearest float16, of two equally near the even one. Larger numbers become infinite. */
export function toFloat16(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  return Uint16Array.from({ length: values.length }, (_, i) => {
    float[0] = values[i]!;
    return halfBits(bits[0]!);
  });
}

/** For each row a scale, so that the largest number of the row is ±127 of it. */
export function toInt8(
  values: ArrayLike<number>,
  rows: number,
): { readonly quantized: Int8Array<ArrayBuffer>; readonly scales: Float32Array<ArrayBuffer> } {
  const width = values.length / rows;
  const scales = new Float32Array(rows);
  const quantized = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, Math.abs(values[i]!));
    scales[row] = largest / 127;
    const scale = scales[row]!;
    for (let i = row * width; i < (row + 1) * width; i++) quantized[i] = scale ? Math.round(values[i]! / scale) : 0;
  }
  return { quantized, scales };
}

/** From the bits of a float32: 1 sign, 8 exponent, 23 fraction, to 1, 5 and 10. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // Below the smallest normal float16, the fraction is shifted by what the exponent lacks, its leading 1 included.
  if (magnitude < 0x38800000) {
    const shift = 126 - (magnitude >>> 23);
    return shift > 24 ? sign : sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
  }
  return sign | roundedShift(magnitude - 0x38000000, 13);
}

/** A carry out of the fraction makes the exponent one larger, which is right. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value - kept * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
