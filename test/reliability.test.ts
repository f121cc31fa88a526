import { expect, test } from 'vitest';
import { areaUnderRoc, reliabilityOf, shareInterval } from '../scripts/reliability/figures.ts';
import { reliabilityPlot } from '../scripts/reliability/plot.ts';

test('answers are told by what they state', () => {
  const stated = (confidence: number, isRight: boolean): { confidence: number; isRight: boolean } => ({
    confidence,
    isRight,
  });
  const bins = reliabilityOf([stated(1, true), stated(0.9, false), stated(0.1, false), stated(0, false)]);
  expect(bins).toEqual([
    { from: 0, to: 0.2, count: 2, stated: 0.05, right: 0 },
    { from: 0.8, to: 1, count: 2, stated: 0.95, right: 0.5 },
  ]);
  expect(reliabilityPlot(bins).match(/<circle/g)).toHaveLength(2);
});

test('the area under the ROC curve is the chance to be above', () => {
  expect(areaUnderRoc([0.9, 0.8], [0.1, 0.2])).toBe(1);
  expect(areaUnderRoc([0.9, 0.1], [0.5])).toBe(0.5);
  expect(areaUnderRoc([0.5], [0.5, 0.5])).toBe(0.5);
  expect(areaUnderRoc([], [0.5])).toBeNaN();
});

test('the interval of a share is that of Wilson', () => {
  const { low, high } = shareInterval(0.5, 10);
  expect([low, high].map((value) => value.toFixed(4))).toEqual(['0.2366', '0.7634']);
  expect(shareInterval(0, 5).low).toBeCloseTo(0, 12);
});
