import { describe, expect, it } from 'vitest';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { createRng } from '#core/rl/rng.ts';
import { curvesSvg } from '#node/training/curvesSvg.ts';

/** Made up: a reward that rises to `top`, with the noise of `seed`. */
function madeUp(top: number, seed: number, iterations: number): IterationMetrics[] {
  const rng = createRng(seed);
  const noise = (): number => rng.next() - 0.5;
  return Array.from({ length: iterations }, (_, index) => {
    const learned = 1 - Math.exp((-3 * index) / iterations);
    return {
      iteration: index + 1,
      episodes: 512,
      choices: 9_000,
      reward: top * learned - 0.2 + 0.08 * noise(),
      rewardDeviation: 0.3,
      equalGroups: 0.1,
      klReference: 0.02 * learned + 0.002 * noise(),
      klOld: 0.01,
      entropy: 1.4 - 0.6 * learned + 0.02 * noise(),
      loss: 0,
      meanRatio: 1,
      clippedShare: 0.05,
      positiveLogProb: -1,
      gradientNorm: 0.5,
      brokenGradients: 0,
      updates: 12,
      innerEpochs: 3,
      entropyWeight: 0.01,
      measures: {
        recall: 0.3 + 0.4 * learned + 0.05 * noise(),
        searches: 5 + 3 * learned + noise(),
        unanswered: Math.max(0, 0.2 - 0.2 * learned + 0.02 * noise()),
      },
    };
  });
}

const series = [
  { label: 'REINFORCE++', runs: [1, 2, 3].map((seed) => madeUp(0.6, seed, 40)) },
  { label: 'GRPO <&>', runs: [4, 5, 6].map((seed) => madeUp(0.5, seed, 40)) },
];

/** The numbers of each path of a class, as points. */
const pathsOf = (svg: string, name: string): number[][][] =>
  [...svg.matchAll(new RegExp(`<path class="${name}" d="([^"]*)"`, 'g'))].map(([, d]) =>
    d!.split(/(?=[ML])/).map((point) => point.slice(1).split(' ').map(Number)),
  );

describe('learning curves', () => {
  it('look as they did when a person looked at them', async () => {
    await expect(curvesSvg('Stage 2: learning to answer', series)).toMatchFileSnapshot(
      '../../../test/golden/curves.svg',
    );
  });

  it('stay inside of their panels, whatever the values', () => {
    for (const scale of [0, 1e-7, 1, 1e6]) {
      const runs = [madeUp(1, 1, 7).map((metrics) => ({ ...metrics, reward: metrics.reward * scale }))];
      const svg = curvesSvg('x', [{ label: 'a', runs }]);
      for (const [x, y] of pathsOf(svg, 'run s0').flat()) {
        expect(x).toBeGreaterThanOrEqual(58);
        expect(x).toBeLessThanOrEqual(384);
        expect(y).toBeGreaterThanOrEqual(30);
        expect(y).toBeLessThanOrEqual(166);
      }
    }
  });

  it('average long runs down, and the mean of equal runs is each of them', () => {
    const run = madeUp(0.5, 1, 2_000);
    const svg = curvesSvg('x', [{ label: 'a', runs: [run, run] }]);
    const [first, second] = pathsOf(svg, 'run s0');
    expect(first!.length).toBeLessThanOrEqual(150);
    expect(pathsOf(svg, 'mean s0')[0]).toEqual(first);
    expect(second).toEqual(first);
  });

  it('have no panel for what was not measured, and take runs of different lengths and none', () => {
    const bare = madeUp(0.5, 1, 5).map((metrics) => ({ ...metrics, measures: {} }));
    const svg = curvesSvg('x', [
      { label: 'a', runs: [bare, bare.slice(0, 2), []] },
      { label: 'b', runs: [] },
    ]);
    expect([...svg.matchAll(/class="name"[^>]*>([^<(]*)/g)].map(([, name]) => name!.trim())).toEqual([
      'Reward',
      'KL to the start',
      'Entropy',
    ]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('show a title as text, whatever is in it', () => {
    const svg = curvesSvg('</title><script>alert(1)</script>\u0007', series);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0007');
  });
});
