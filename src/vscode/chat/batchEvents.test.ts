import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Exchange, ToPanel } from '#vscode/messages.ts';
import { batchEvents, type EventBatches } from './batchEvents.ts';

let posted: ToPanel[];
let batches: EventBatches;

beforeEach(() => {
  vi.useFakeTimers();
  posted = [];
  batches = batchEvents((message) => posted.push(message));
});
afterEach(() => {
  vi.useRealTimers();
});

const started = (id: string, ...turns: number[]): ToPanel => ({
  type: 'events',
  id,
  events: turns.map((turn) => ({ type: 'turn-started', turn, calls: [] })),
});
const exchange = (id: string, state: Exchange['state']): ToPanel => ({
  type: 'exchange',
  exchange: { id, state } as Exchange,
});
const TROUBLE: ToPanel = { type: 'trouble', trouble: undefined };

test('the first event goes at once, those soon after it together', () => {
  for (const turn of [1, 2, 3]) batches.post(started('a', turn));
  expect(posted).toEqual([started('a', 1)]);
  vi.advanceTimersByTime(60);
  expect(posted).toEqual([started('a', 1), started('a', 2, 3)]);
});

test('an event after a pause goes at once again', () => {
  batches.post(started('a', 1));
  vi.advanceTimersByTime(200);
  batches.post(started('a', 2));
  expect(posted).toEqual([started('a', 1), started('a', 2)]);
  expect(vi.getTimerCount()).toBe(1);
});

test('another message does not overtake what waits', () => {
  for (const turn of [1, 2]) batches.post(started('a', turn));
  batches.post(TROUBLE);
  expect(posted).toEqual([started('a', 1), started('a', 2), TROUBLE]);
  vi.advanceTimersByTime(200);
  expect(posted).toHaveLength(3);
});

test('events of two searches are kept apart', () => {
  batches.post(started('a', 1));
  for (const id of ['a', 'b', 'a']) batches.post(started(id, 2));
  batches.flush();
  expect(posted).toEqual([started('a', 1), started('a', 2), started('b', 2), started('a', 2)]);
});

test('the end of an exchange takes the place of the events that wait, and only its end', () => {
  for (const turn of [1, 2]) batches.post(started('a', turn));
  batches.post(exchange('b', 'answered'));
  expect(posted.slice(1)).toEqual([started('a', 2), exchange('b', 'answered')]);
  batches.post(started('a', 3));
  batches.post(exchange('a', 'running'));
  batches.post(started('a', 4));
  batches.post(exchange('a', 'answered'));
  vi.advanceTimersByTime(200);
  expect(posted.slice(3)).toEqual([started('a', 3), exchange('a', 'running'), exchange('a', 'answered')]);
});

const wrote = (id: string, text: string): ToPanel => ({
  type: 'prose',
  id,
  prose: { model: 'm', sentences: [{ text, citations: [] }], state: 'running', notes: [] },
});

test('of prose that comes piece by piece the latest goes', () => {
  for (const text of ['a', 'ab', 'abc']) batches.post(wrote('a', text));
  expect(posted).toEqual([wrote('a', 'a')]);
  vi.advanceTimersByTime(60);
  expect(posted).toEqual([wrote('a', 'a'), wrote('a', 'abc')]);
});

test('prose and events of one exchange are kept apart, and the end takes the place of both', () => {
  batches.post(started('a', 1));
  batches.post(wrote('a', 'x'));
  batches.post(started('a', 2));
  batches.post(wrote('a', 'xy'));
  expect(posted).toEqual([started('a', 1), wrote('a', 'x'), started('a', 2)]);
  batches.post(exchange('a', 'answered'));
  vi.advanceTimersByTime(200);
  expect(posted.slice(3)).toEqual([exchange('a', 'answered')]);
});
