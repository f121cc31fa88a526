import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinRanges, rangesOverlap, type LineRange } from '#core/search/span.ts';

const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
    .map(([start, length]): LineRange => ({ start, end: start + length })),
  { maxLength: 12 },
);

test('joined ranges are sorted, apart, and hold exactly the same lines', () => {
  const lines = (all: readonly LineRange[]): Set<number> =>
    new Set(all.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, i) => start + i)));
  fc.assert(
    fc.property(ranges, (all) => {
      const joined = joinRanges(all);
      expect(lines(joined)).toEqual(lines(all));
      joined.slice(1).forEach((range, i) => expect(range.start).toBeGreaterThan(joined[i]!.end + 1));
      joined.forEach((a, i) => joined.forEach((b, j) => i !== j && expect(rangesOverlap(a, b)).toBe(false)));
    }),
    { seed: 42, numRuns: 500 },
  );
});
