import { expect, test } from 'vitest';
import type { Explanation } from '#core/answer/explanation.ts';
import { createExplanations, MAX_KEPT, type Spot } from '#vscode/hover/explanations.ts';

const spot = (name: string, version = 1): Spot => ({ uri: 'file:///a.ts', version, line: 3, column: 4, name });

/** Explanations that the test finishes by hand. */
function manual() {
  const calls: { spot: Spot; signal: AbortSignal; done: PromiseWithResolvers<Explanation | undefined> }[] = [];
  const explanations = createExplanations((asked, signal) => {
    const done = Promise.withResolvers<Explanation | undefined>();
    calls.push({ spot: asked, signal, done });
    return done.promise;
  });
  return { calls, explanations };
}

test('an explanation is made once and known afterwards, for this version of the document only', async () => {
  const { calls, explanations } = manual();
  expect(explanations.known(spot('a'))).toBeUndefined();
  const both = [explanations.explain(spot('a')), explanations.explain(spot('a'))];
  expect(explanations.known(spot('a'))).toEqual({ state: 'running' });
  calls[0]!.done.resolve({ name: 'a' });
  expect(await Promise.all(both)).toEqual(Array(2).fill({ state: 'explained', explanation: { name: 'a' } }));
  expect(await explanations.explain(spot('a'))).toEqual({ state: 'explained', explanation: { name: 'a' } });
  expect(calls.length).toBe(1);
  expect(explanations.known(spot('a', 2))).toBeUndefined();
  expect(explanations.known({ ...spot('a'), column: 9 })).toBeUndefined();
});

test('another name stops the one before', async () => {
  const { calls, explanations } = manual();
  const first = explanations.explain(spot('a'));
  const second = explanations.explain(spot('b'));
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  calls[0]!.done.resolve({ name: 'a' });
  calls[1]!.done.resolve({ name: 'b' });
  expect(await first).toBeUndefined();
  expect(await second).toMatchObject({ state: 'explained' });
  expect(explanations.known(spot('a'))).toBeUndefined();
});

test('a move to another name stops, a move inside of the same does not', async () => {
  const { calls, explanations } = manual();
  const first = explanations.explain(spot('a'));
  explanations.moveTo(spot('a'));
  expect(calls[0]!.signal.aborted).toBe(false);
  explanations.moveTo(spot('b'));
  expect(calls[0]!.signal.aborted).toBe(true);
  calls[0]!.done.reject(new Error('cancelled'));
  expect(await first).toBeUndefined();
  expect(explanations.known(spot('a'))).toBeUndefined();
});

test('nothing to add is kept, a failure is tried again', async () => {
  const { calls, explanations } = manual();
  const nothing = explanations.explain(spot('a'));
  calls[0]!.done.resolve(undefined);
  expect(await nothing).toEqual({ state: 'nothing' });
  const failing = explanations.explain(spot('b'));
  calls[1]!.done.reject(new Error('The process ended.'));
  expect(await failing).toEqual({ state: 'failed', message: 'The process ended.' });
  expect(explanations.known(spot('b'))).toEqual({ state: 'failed', message: 'The process ended.' });
  void explanations.explain(spot('b'));
  expect(calls.map((call) => call.spot.name)).toEqual(['a', 'b', 'b']);
});

test('nothing is known after it was cleared, and what runs does not come back', async () => {
  const { calls, explanations } = manual();
  const first = explanations.explain(spot('a'));
  explanations.clear();
  calls[0]!.done.resolve({ name: 'a' });
  expect(await first).toBeUndefined();
  expect(explanations.known(spot('a'))).toBeUndefined();
});

test('the ones used longest ago are given up', async () => {
  const explanations = createExplanations(async ({ name }) => ({ name }));
  for (let i = 0; i < MAX_KEPT; i++) await explanations.explain(spot(`n${i}`));
  explanations.known(spot('n0'));
  await explanations.explain(spot('one more'));
  expect(explanations.known(spot('n0'))).toBeDefined();
  expect(explanations.known(spot('n1'))).toBeUndefined();
});
