import { expect, test } from 'vitest';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { english } from '../../../test/fakes/english.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { livePage, overPage, pictureOf } from './livePage.ts';
import type { TrainingState } from './trainings.ts';

const iteration = (number: number): IterationMetrics =>
  ({
    iteration: number,
    reward: 0.4,
    klReference: 0.01,
    measures: { recall: 0.5, searches: 4 },
  }) as unknown as IterationMetrics;

const state = (changes: Partial<TrainingState> = {}): TrainingState => ({
  plan: learningPlan('/run'),
  activity: 'running',
  share: 0.42,
  metrics: [],
  notes: [],
  ...changes,
});
const options = { csp: "default-src 'none'; style-src 'nonce-once'", nonce: 'once' };
const page = (changes: Partial<TrainingState> = {}): string => livePage(state(changes), english, options);

test('shows what is done, how far it is, and the curves of the rounds so far', () => {
  const text = page({
    progress: { type: 'progress', phase: 'train', done: 2, total: 20, leftMs: 120_000 },
    metrics: [iteration(1), iteration(2)],
  });
  expect(text).toContain('Training: 2 of 20 · about 2 min left');
  expect(text).toContain('42 % are done.');
  expect(text.match(/<svg /g)).toHaveLength(4);
  expect(page()).toContain('No round has ended yet.');
});

test('of a run that ended without a report says so, and no more that it trains', () => {
  const progress = { type: 'progress', phase: 'train', done: 2, total: 20, leftMs: 120_000 } as const;
  const text = overPage(state({ progress, metrics: [iteration(1)], notes: ['It rained.'] }), english, options);
  expect(text).toContain('This training is over, and nothing was finished.');
  expect(text).toContain('42 % are done.');
  expect(text).toContain('It rained.');
  expect(text.match(/<svg /g)).toHaveLength(4);
  expect(text).not.toMatch(/Spoor trains|min left/);
});

test('allows its own style and nothing else', () => {
  const text = page();
  expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;nonce-once&#39;"`);
  expect(text).not.toMatch(/<script|style="|javascript:|https?:/);
  expect(text.match(/<style nonce="once">/g)).toHaveLength(1);
});

test('text of a run stays text', () => {
  const text = page({ notes: ['</main><script>alert(1)</script>', '"><img src=x onerror=y>'] });
  expect(text).not.toMatch(/<script|<img/);
  expect(text).toContain('&#60;script&#62;');
});

test('is drawn anew for what can be seen of a change, not for every task', () => {
  const at = (done: number, leftMs = 60_000): string =>
    pictureOf(state({ progress: { type: 'progress', phase: 'record', done, total: 1_000, leftMs } }));
  expect(at(1)).toBe(at(49));
  expect(at(1)).not.toBe(at(50));
  expect(at(1)).not.toBe(at(1, 200_000));
  expect(pictureOf(state())).not.toBe(pictureOf(state({ metrics: [iteration(1)] })));
  expect(pictureOf(state())).not.toBe(pictureOf(state({ activity: 'paused' })));
});
