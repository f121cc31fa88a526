import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topIndices } from '#core/agent/topIndices.ts';

test('the first few are those of a whole sort', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: -1, max: 9, noNaN: true })));
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (all, count) => {
      const byTie = (a: number, b: number): number => b - a;
      const sorted = [...all.keys()].sort((a, b) => all[b]! - all[a]! || byTie(a, b));
      expect(topIndices(Float64Array.from(all), count, byTie)).toEqual(sorted.slice(0, count));
    }),
    { seed: 1, numRuns: 1_000 },
  );
});
