/** Chance that can be taken up again: seeds made of numbers, and orders made of seeds. */
import type { Rng } from '#core/rl/types.ts';

/** A new array in an order drawn evenly (Fisher and Yates). */
export function shuffle<V>(values: readonly V[], rng: Rng): V[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(rng.next() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/**
 * One seed from several whole numbers, so that every place of a run has chance of its own and none has to be carried
 * along (the mixing steps of MurmurHash3, A. Appleby).
 */
export function deriveSeed(...parts: readonly number[]): number {
  let hash = 0x9747b28c;
  for (const part of parts) {
    hash = Math.imul(hash ^ Math.imul(part, 0xcc9e2d51), 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
