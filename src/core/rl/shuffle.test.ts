import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';

test('a shuffle keeps all values, and the one given as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
      const before = [...values];
      const ascending = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
      expect(ascending(shuffle(values, createRng(seed)))).toEqual(ascending(before));
      expect(values).toEqual(before);
    }),
    { seed: 42, numRuns: 200 },
  );
});

test('every order is drawn about as often', () => {
  const counts = new Map<string, number>();
  const rng = createRng(1);
  for (let round = 0; round < 6000; round++) {
    const order = shuffle(['a', 'b', 'c'], rng).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('seeds of neighbouring places differ, also between runs', () => {
  const seeds = new Set<number>();
  for (let run = 0; run < 20; run++)
    for (let use = 0; use < 4; use++) for (let place = 0; place < 250; place++) seeds.add(deriveSeed(run, use, place));
  // Of 20,000 draws among 2^32, 0.05 pairs are expected to meet.
  expect(seeds.size).toBeGreaterThanOrEqual(19_999);
});

test('a seed hangs on each number and on their order', () => {
  expect(deriveSeed(1, 2)).not.toBe(deriveSeed(2, 1));
  expect(deriveSeed(1, 2)).not.toBe(deriveSeed(1, 2, 0));
  expect(deriveSeed(1, 2)).toBe(deriveSeed(1, 2));
});
