import { expect, it } from 'vitest';
import { createSlicedWork, WorkStopped } from './slicedWork.ts';

function* busySteps(count: number): Generator<void, string> {
  for (let i = 0; i < count; i++) {
    for (const until = performance.now() + 1; performance.now() < until;);
    yield;
  }
  return 'done';
}

it('lets other work run between its slices', async () => {
  let turns = 0;
  const count = (): void => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  expect(await createSlicedWork(5).run(busySteps(50))).toBe('done');
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(8);
});

it('runs each slice inside of what is around it, and gives on what that throws', async () => {
  let slices = 0;
  const work = createSlicedWork(5);
  await work.run(busySteps(20), (slice) => {
    slices++;
    slice();
  });
  expect(slices).toBeGreaterThanOrEqual(3);
  const failing = work.run(busySteps(1), () => {
    throw new Error('full');
  });
  await expect(failing).rejects.toThrow('full');
});

it('waits while it is paused, goes on, and counts the time of its slices', async () => {
  const work = createSlicedWork(5);
  work.pause();
  let steps = 0;
  const running = work.run(
    (function* () {
      steps++;
      yield;
    })(),
  );
  await new Promise(setImmediate);
  expect(steps).toBe(0);
  expect(work.usedMs()).toBe(0);
  work.resume();
  await running;
  expect(steps).toBe(1);
  expect(work.usedMs()).toBeGreaterThan(0);
  work.restart();
  expect(work.usedMs()).toBe(0);
});

it('ends by its stop, paused or not', async () => {
  const work = createSlicedWork();
  work.pause();
  const running = work.run(busySteps(1));
  work.stop();
  await expect(running).rejects.toThrow(WorkStopped);
  await expect(work.run(busySteps(1))).rejects.toThrow(WorkStopped);
  await expect(work.wait(1)).rejects.toThrow(WorkStopped);
});
