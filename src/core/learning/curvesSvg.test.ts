import fc from 'fast-check';
import { expect, it } from 'vitest';
import { curvesSvg } from '#core/learning/curvesSvg.ts';
import type { CurvePoint } from '#core/learning/learningReport.ts';

const point = (iteration: number, value: number): CurvePoint => ({
  iteration,
  reward: value,
  recall: value,
  kl: value,
  searches: value,
});

/** Of every line, its points. */
const linesOf = (svg: string, name: string): number[][][] =>
  [...svg.matchAll(new RegExp(`<path class="${name}" d="([^"]*)"`, 'g'))].map(([, d]) =>
    d!.split(/(?=[ML])/).map((one) => one.slice(1).split(' ').map(Number)),
  );

it('draws four figures, each with a title, a sentence about it, its unit and what it says in words', () => {
  const svg = curvesSvg([point(1, 0.25), point(2, 0.5)]);
  expect(svg.match(/<svg [^>]*role="img" aria-labelledby="([\w-]+) ([\w-]+)"/g)).toHaveLength(4);
  for (const name of ['Reward', 'Recall', 'Distance', 'Searches']) expect(svg).toContain(`>${name}</title>`);
  expect(svg).toContain('What an answer earns: more for each');
  expect(svg.match(/class="unit"/g)).toHaveLength(4);
  expect(svg).toContain('At first 0.250, at last 0.500. Rounds: 2.');
});

it('rises where the figure rises, and stays inside of its frame, whatever the values', () => {
  const rising = linesOf(curvesSvg(Array.from({ length: 20 }, (_, i) => point(i + 1, i / 20))), 'trend')[0]!;
  for (const [i, [x, y]] of rising.entries())
    if (i) {
      expect(x).toBeGreaterThan(rising[i - 1]![0]!);
      expect(y).toBeLessThan(rising[i - 1]![1]!);
    }
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(values, (some) => {
      const svg = curvesSvg(some.map((value, i) => point(i + 1, value)));
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const lines = [...linesOf(svg, 'rounds'), ...linesOf(svg, 'trend')];
      for (const [x, y] of lines.flat()) {
        expect(x).toBeGreaterThanOrEqual(48);
        expect(x).toBeLessThanOrEqual(312);
        expect(y).toBeGreaterThanOrEqual(24);
        expect(y).toBeLessThanOrEqual(136);
      }
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(150);
    }),
    { numRuns: 100 },
  );
});
