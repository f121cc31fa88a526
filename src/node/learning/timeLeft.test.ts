/** Estimates of how long a run still takes, on clocks that run as they are told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRunTime, type RunTime } from '#node/learning/timeLeft.ts';

const MINUTE = 60_000;
const SIZE = { toRecord: 40, held: 10, iterations: 20 };
/** What the run turns out to be like: milliseconds of a unit of each phase. */
type Pace = Readonly<Record<'record' | 'before' | 'train' | 'after', number>>;

interface Told {
  readonly atMs: number;
  readonly leftMs: number;
}

function runAt(pace: Pace, limitMs = 60 * MINUTE): { readonly told: readonly Told[]; readonly endMs: number } {
  let clockMs = 0;
  const time: RunTime = createRunTime({
    ...{ nowMs: () => clockMs, usedMs: 0, limitMs, size: () => SIZE, recordingShare: 0.45, keep: () => undefined },
  });
  const told: Told[] = [];
  for (const [phase, total] of [
    ['record', SIZE.toRecord],
    ['before', SIZE.held],
    ['train', SIZE.iterations],
    ['after', SIZE.held],
  ] as const)
    for (let done = 0; done <= total; done++) {
      told.push({ atMs: clockMs, leftMs: time.leftMs({ phase, done, total }) });
      if (done < total) clockMs += pace[phase];
    }
  return { told, endMs: clockMs };
}

const somePace = fc.record({
  record: fc.integer({ min: 50, max: 8_000 }),
  before: fc.integer({ min: 20, max: 3_000 }),
  train: fc.integer({ min: 200, max: 10_000 }),
  after: fc.integer({ min: 20, max: 3_000 }),
});

describe('the time left', () => {
  test('is never negative, never beyond the limit, and moves no faster than a fifth of what is wrong with it', () =>
    fc.assert(
      fc.property(somePace, fc.integer({ min: 1, max: 30 }), (pace, minutes) => {
        const limitMs = minutes * MINUTE;
        const { told } = runAt(pace, limitMs);
        told.forEach(({ atMs, leftMs }, i) => {
          expect(leftMs).toBeGreaterThanOrEqual(0);
          expect(leftMs).toBeLessThanOrEqual(limitMs);
          const before = told[i - 1];
          if (!before) return;
          const expected = Math.max(0, before.leftMs - (atMs - before.atMs));
          expect(leftMs - expected).toBeLessThanOrEqual(0.2 * limitMs + 1);
        });
      }),
    ));

  test('is about right when half of the work is done', () => {
    const { told, endMs } = runAt({ record: 2_000, before: 500, train: 4_000, after: 500 });
    const { atMs, leftMs } = told.find((one) => one.atMs > endMs / 2)!;
    expect(leftMs).toBeGreaterThan(0.6 * (endMs - atMs));
    expect(leftMs).toBeLessThan(1.4 * (endMs - atMs));
  });

  test('counts what an earlier process has used up, and has it kept', () => {
    let clockMs = 500;
    const kept: number[] = [];
    const keep = (usedMs: number): number => kept.push(usedMs);
    const limitMs = 10 * MINUTE;
    const time = createRunTime({
      ...{ nowMs: () => clockMs, usedMs: 4 * MINUTE, limitMs, size: () => SIZE, recordingShare: 0.45, keep },
    });
    expect(time.isPast(0.45)).toBe(false);
    clockMs += MINUTE;
    expect(time.usedMs()).toBe(5 * MINUTE);
    expect(time.isPast(0.45)).toBe(true);
    expect(time.leftMs({ phase: 'train', done: 0, total: 20 })).toBeLessThanOrEqual(5 * MINUTE);
    expect(kept).toEqual([5 * MINUTE]);
  });
});
