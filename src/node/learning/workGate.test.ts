import { expect, test } from 'vitest';
import { createWorkGate, type WorkGate } from '#node/learning/workGate.ts';

interface Scene {
  readonly gate: WorkGate;
  readonly told: boolean[];
  nowMs: number;
}

function scene(): Scene {
  const told: boolean[] = [];
  const made: Scene = {
    gate: createWorkGate(
      () => made.nowMs,
      (isResting) => told.push(isResting),
    ),
    told,
    nowMs: 100,
  };
  return made;
}

/** Whether a promise is settled by now. */
const isDone = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([
    promise.then(() => true),
    Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => false),
  ]);

test('work passes until it is held, and again when it is not', async () => {
  const { gate, told } = scene();
  expect(await isDone(gate.pass())).toBe(true);
  gate.hold(true);
  gate.hold(true);
  expect(told).toEqual([]);
  const [a, b] = [gate.pass(), gate.pass()];
  expect(told).toEqual([true]);
  expect([await isDone(a), await isDone(b)]).toEqual([false, false]);
  gate.hold(false);
  await Promise.all([a, b, gate.pass()]);
  expect(told).toEqual([true, false]);
});

test('nothing is told where nothing waited', () => {
  const { gate, told } = scene();
  gate.hold(true);
  gate.hold(false);
  expect(told).toEqual([]);
});

test('time stands still while work is held', () => {
  const made = scene();
  const { gate } = made;
  made.nowMs = 150;
  expect(gate.nowMs()).toBe(150);
  gate.hold(true);
  made.nowMs = 1_000;
  expect(gate.nowMs()).toBe(150);
  gate.hold(false);
  expect(gate.nowMs()).toBe(150);
  made.nowMs = 1_100;
  expect(gate.nowMs()).toBe(250);
  gate.hold(true);
  made.nowMs = 5_000;
  gate.hold(false);
  expect(gate.nowMs()).toBe(250);
});

test('what was released is not held again', async () => {
  const made = scene();
  const { gate } = made;
  gate.hold(true);
  const waiting = gate.pass();
  gate.release();
  await waiting;
  gate.hold(true);
  expect(await isDone(gate.pass())).toBe(true);
});
