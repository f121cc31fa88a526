import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { english } from '../../../test/fakes/english.ts';
import { doingText, progressShare, progressText } from './progressText.ts';

describe('progress in words', () => {
  test.each([
    [{ phase: 'gather', done: 0, total: 0 }, 'Collecting questions'],
    [{ phase: 'record', done: 12, total: 40 }, 'Trying out searches: 12 of 40'],
    [{ phase: 'train', done: 3, total: 20, leftMs: 95_000 }, 'Training: 3 of 20 · about 2 min left'],
    [
      { phase: 'after', done: 1, total: 9, leftMs: 59_999 },
      'Answering them with the new policy: 1 of 9 · less than a minute left',
    ],
  ] as const)('%j', (progress, said) => {
    expect(progressText({ type: 'progress', ...progress }, english)).toBe(said);
  });
});

describe('the share that is done', () => {
  test('follows what is left of the longest estimate', () => {
    const share = progressShare();
    expect([undefined, 200, 100, undefined, 50, 0].map(share)).toEqual([0, 0, 0.5, 0.5, 0.75, 1]);
  });

  test('never goes back, and stays between 0 and 1', () => {
    const left = fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(left), (estimates) => {
        const shares = estimates.map(progressShare());
        for (const [i, share] of shares.entries()) {
          expect(share).toBeGreaterThanOrEqual(shares[i - 1] ?? 0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

test.each([
  [{ activity: 'running' }, 'starting'],
  [
    { activity: 'paused', progress: { type: 'progress', phase: 'gather', done: 0, total: 0 } },
    'paused · Collecting questions',
  ],
  [{ activity: 'stopping', progress: { type: 'progress', phase: 'train', done: 1, total: 2 } }, 'stopping'],
] as const)('%j', (state, said) => {
  expect(doingText(state, english)).toBe(said);
});
