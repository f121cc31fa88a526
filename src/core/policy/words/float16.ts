/** The numbers of float16 values (IEEE 754 binary16), which `toFloat16` of core/nn makes. */
export function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const rest = half & 0x7fff;
    // Five bits of exponent become eight; the smallest numbers, which have none, are dealt with below.
    bits[i] = sign | (rest >= 0x7c00 ? 0x7f800000 | ((rest & 0x3ff) << 13) : (rest << 13) + 0x38000000);
  }
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    if ((half & 0x7c00) === 0) values[i] = (half & 0x8000 ? -1 : 1) * (half & 0x3ff) * 2 ** -24;
  }
  return values;
}
