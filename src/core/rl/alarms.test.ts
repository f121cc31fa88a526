import { describe, expect, test } from 'vitest';
import { alarms, DEFAULT_ALARM_BOUNDS, type Alarm } from '#core/rl/alarms.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';

const bounds = { ...DEFAULT_ALARM_BOUNDS, searchCap: 32 };

const healthy: IterationMetrics = {
  iteration: 1,
  episodes: 512,
  choices: 4000,
  reward: 0.4,
  rewardDeviation: 0.3,
  equalGroups: 0.2,
  klReference: 0.05,
  klOld: 0.01,
  entropy: 1.2,
  loss: 0,
  meanRatio: 1,
  clippedShare: 0.05,
  positiveLogProb: -1.4,
  gradientNorm: 0.6,
  brokenGradients: 0,
  updates: 12,
  innerEpochs: 3,
  entropyWeight: 0.01,
  measures: { searches: 6, unanswered: 0.02 },
};

/** `count` iterations; `differs` says how one is unlike a healthy one, `at` in [0, 1) from the first to the last. */
function run(count: number, differs: (at: number) => Partial<IterationMetrics> = () => ({})): IterationMetrics[] {
  return Array.from({ length: count }, (_, index) => ({
    ...healthy,
    iteration: index + 1,
    ...differs(index / count),
  }));
}

const check = (history: readonly IterationMetrics[]): (readonly [Alarm['name'], 'stops' | 'warns'])[] =>
  alarms(history, bounds).map(({ name, stops }) => [name, stops ? 'stops' : 'warns']);

test('a healthy run is quiet, from its first iteration on', () => {
  const history = run(60, (at) => ({ positiveLogProb: -1.4 + at, gradientNorm: 0.6 + 0.3 * Math.sin(40 * at) }));
  for (let length = 0; length <= history.length; length++) expect(check(history.slice(0, length))).toEqual([]);
});

describe.each<
  [string, Alarm['name'], (at: number) => Partial<IterationMetrics>, (at: number) => Partial<IterationMetrics>]
>([
  [
    'likelihood falls',
    'likelihood of good choices',
    (at) => ({ positiveLogProb: -1.4 - 0.5 * at }),
    (at) => ({ positiveLogProb: -1.4 - 2 * at }),
  ],
  ['ratio drifts', 'ratio', () => ({ meanRatio: 0.96 }), () => ({ meanRatio: 0.8 })],
  [
    'gradient grows',
    'gradient norm',
    (at) => ({ gradientNorm: at < 0.8 ? 0.6 : 3 }),
    (at) => ({ gradientNorm: at < 0.8 ? 0.6 : 30 }),
  ],
  ['groups are equal', 'equal groups', () => ({ equalGroups: 0.6 }), () => ({ equalGroups: 1 })],
  [
    'searches stop',
    'no searches',
    (at) => ({ measures: { searches: at < 0.95 ? 5 : 0 } }),
    (at) => ({ measures: { searches: at < 0.5 ? 5 : 0.01 } }),
  ],
  [
    'searches hit the cap',
    'only searches',
    (at) => ({ measures: { searches: at < 0.95 ? 5 : 32 } }),
    (at) => ({ measures: { searches: at < 0.5 ? 5 : 31.99 } }),
  ],
  [
    'answers stop',
    'unanswered',
    () => ({ measures: { unanswered: 0.3 } }),
    (at) => ({ measures: { unanswered: 0.5 + at / 2 } }),
  ],
])('%s', (_what, name, mildly, badly) => {
  test('mildly: a warning', () => expect(check(run(40, mildly))).toEqual([[name, 'warns']]));
  test('badly: the run stops', () => expect(check(run(40, badly))).toContainEqual([name, 'stops']));
  test('says what happened and what to do', () => {
    for (const { sentence } of alarms(run(40, badly), bounds)) expect(sentence).toMatch(/^[A-Z0-9].*[.:] .*\.$/);
  });
});

test('a gradient that is not finite stops a run at once', () => {
  expect(check(run(1, () => ({ brokenGradients: 1 })))).toEqual([['broken gradient', 'stops']]);
});

test('many episodes without an answer do not stop a run in which they become fewer', () => {
  expect(check(run(40, (at) => ({ measures: { unanswered: 1 - at / 3 } })))).toEqual([['unanswered', 'warns']]);
});

test('alarms that stop a run come first', () => {
  const history = run(40, () => ({ equalGroups: 0.6, meanRatio: 0.5 }));
  expect(check(history)).toEqual([
    ['ratio', 'stops'],
    ['equal groups', 'warns'],
  ]);
});

test('iterations without a good choice say nothing of their likelihood', () => {
  expect(check(run(40, (at) => ({ positiveLogProb: Math.round(at * 40) % 2 ? -1.4 : 0 })))).toEqual([]);
});
