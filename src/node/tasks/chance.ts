/**
 * Chance that hangs on what it is asked for: the same text and seed draw the same numbers, whatever was drawn before.
 * So one commit more, or another order of reading, changes nothing for all the others.
 */
import { createRng } from '#core/rl/rng.ts';
import type { Rng } from '#core/rl/types.ts';

/** A source of random numbers for one text (FNV-1a, 32 bits, over its UTF-16 units). */
export function chanceOf(text: string, seed: number): Rng {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return createRng((hash ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0);
}

/** Keeps a random choice of what passes by, in memory for that choice alone. */
export interface Sample<T> {
  /**
   * `name` decides the place in the shuffle; it is unique for each item. An item of weight 2 comes before one of
   * weight 1 in two cases of three.
   */
  add(name: string, item: T, weight?: number): void;
  /** In the order of the shuffle. */
  kept(): T[];
}

/**
 * A choice of at most `capacity` items without replacement: those with the smallest random keys, in the keys' order.
 * The keys are exponential with the weights as rates (Efraimidis and Spirakis 2006).
 */
export function createSample<T>(capacity: number, seed: number): Sample<T> {
  let entries: { readonly key: number; readonly item: T }[] = [];
  const cut = (): void => {
    entries = entries.sort((a, b) => a.key - b.key).slice(0, capacity);
  };
  return {
    add(name, item, weight = 1) {
      entries.push({ key: -Math.log(1 - chanceOf(name, seed).next()) / weight, item });
      if (entries.length >= 2 * capacity + 64) cut();
    },
    kept() {
      cut();
      return entries.map((entry) => entry.item);
    },
  };
}
