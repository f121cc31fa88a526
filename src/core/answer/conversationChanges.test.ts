import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EpisodeEvent, TrailCall } from '#core/agent/event.ts';
import type { Answer } from './answer.ts';
import type { Conversation, Exchange, ExchangeProse } from './conversation.ts';
import {
  addEvent,
  addPlace,
  afterRestart,
  cancelExchange,
  failExchange,
  findExchange,
  finishExchange,
  giveTick,
  giveVerdict,
  removePlace,
  renameConversation,
  setProse,
  startConversation,
  startExchange,
  titleOf,
} from './conversationChanges.ts';

const call = (what: string): TrailCall => ({ tool: 'grep', what: [what], said: '3 hits in 1 file', ms: 2 });
const ANSWER: Answer = {
  question: 'where?',
  sentences: [{ text: 'Here.', citations: [1] }],
  citations: [{ number: 1, path: 'a.ts', start: 1, end: 2, score: 1, why: [], lines: ['a', 'b'] }],
  files: ['a.ts'],
  found: true,
  confidence: 0.9,
  sure: 'high',
  notes: [],
  trail: [{ turn: 1, calls: [call('retry')], ms: 9 }],
  stopReason: 'answered',
  timings: { total: 9, tools: 5, policy: 3, answer: 1 },
};
const PLACE = { path: 'b.ts', start: 3, end: 9 };

const asked = (...ids: string[]): Conversation =>
  ids.reduce(
    (conversation, id, i) => startExchange(conversation, { id, question: `question ${id}`, scope: [] }, 10 + i),
    startConversation('c-1', 1),
  );
const answered = (): Conversation => finishExchange(asked('x'), 'x', ANSWER, 20);
const only = (conversation: Conversation): Exchange => conversation.exchanges[0]!;

describe('a question', () => {
  test('runs from the beginning, and the first one names the conversation', () => {
    const conversation = asked('x', 'y');
    expect(conversation).toMatchObject({ id: 'c-1', title: 'question x', createdMs: 1, updatedMs: 11 });
    expect(conversation.exchanges.map(({ id, state }) => [id, state])).toEqual([
      ['x', 'running'],
      ['y', 'running'],
    ]);
  });

  test('that is asked again keeps its place, and nothing of its first run', () => {
    const before = giveVerdict(finishExchange(asked('x', 'y'), 'x', ANSWER, 20), 'x', 'accepted', 21);
    const again = startExchange(before, { id: 'x', question: 'question x', scope: ['src'] }, 30);
    expect(again.exchanges.map(({ id }) => id)).toEqual(['x', 'y']);
    expect(only(again)).toEqual({
      id: 'x',
      question: 'question x',
      scope: ['src'],
      askedMs: 30,
      state: 'running',
      trail: [],
      feedback: { ticks: {}, places: [] },
    });
  });

  test('keeps its selection', () => {
    const selection = { ...PLACE, text: 'code' };
    const conversation = startExchange(startConversation('c', 1), { id: 'x', question: 'q', scope: [], selection }, 2);
    expect(only(conversation).selection).toEqual(selection);
  });
});

describe('the trail', () => {
  const EVENTS: readonly EpisodeEvent[] = [
    { type: 'turn-started', turn: 1, calls: [{ tool: 'grep', what: ['retry'] }] },
    { type: 'call-ended', turn: 1, call: call('retry') },
    { type: 'turn-ended', turn: 1, ms: 7 },
    { type: 'turn-started', turn: 2, calls: [] },
    { type: 'call-ended', turn: 2, call: call('backoff') },
    { type: 'stopped', reason: 'answered', ms: 8 },
  ];
  const live = (events: readonly EpisodeEvent[]): Exchange =>
    only(events.reduce((conversation, event) => addEvent(conversation, 'x', event), asked('x')));

  test('follows the events', () => {
    expect(live(EVENTS).trail).toEqual([
      { turn: 1, calls: [call('retry')], ms: 7 },
      { turn: 2, calls: [call('backoff')], ms: 0 },
    ]);
  });

  test('has the turn of a call whose beginning was missed', () => {
    expect(live(EVENTS.slice(1)).trail).toEqual(live(EVENTS).trail);
  });

  test('is that of the answer in the end, and grows no more', () => {
    const conversation = addEvent(answered(), 'x', EVENTS[4]!);
    expect(only(conversation).trail).toEqual(ANSWER.trail);
  });
});

describe('the end of a question', () => {
  const failure = { message: 'The searching process ended. Ask again.', remedy: 'retry' } as const;

  test.each([
    ['answered', answered(), { state: 'answered', answer: ANSWER }],
    ['failed', failExchange(asked('x'), 'x', failure, 20), { state: 'failed', failure }],
    ['cancelled', cancelExchange(asked('x'), 'x', 20), { state: 'cancelled' }],
    [
      'stopped by the search itself',
      finishExchange(asked('x'), 'x', { ...ANSWER, stopReason: 'cancelled' }, 20),
      { state: 'cancelled' },
    ],
  ])('%s', (_, conversation, expected) => {
    expect(only(conversation)).toMatchObject(expected);
    expect(conversation.updatedMs).toBe(20);
  });

  test('comes once: what follows a cancel is left out', () => {
    const cancelled = cancelExchange(asked('x'), 'x', 20);
    expect(finishExchange(cancelled, 'x', ANSWER, 30)).toBe(cancelled);
    expect(failExchange(cancelled, 'x', failure, 30)).toBe(cancelled);
    expect(cancelExchange(answered(), 'x', 30)).toEqual(answered());
  });

  test('may come after a restart that took it for interrupted', () => {
    const interrupted = afterRestart(asked('x'));
    expect(only(interrupted).state).toBe('interrupted');
    expect(only(finishExchange(interrupted, 'x', ANSWER, 30)).state).toBe('answered');
  });

  test('is left alone by a restart', () => {
    const conversation = answered();
    expect(afterRestart(conversation)).toBe(conversation);
  });
});

describe('feedback', () => {
  test('is given and taken back', () => {
    const accepted = giveVerdict(answered(), 'x', 'accepted', 21);
    expect(only(accepted).feedback).toEqual({ verdict: 'accepted', ticks: {}, places: [] });
    expect(only(giveVerdict(accepted, 'x', 'rejected', 22)).feedback.verdict).toBe('rejected');
    expect(only(giveVerdict(accepted, 'x', 'none', 22)).feedback).toEqual({ ticks: {}, places: [] });
    const ticked = giveTick(accepted, 'x', { number: 1, tick: 'wrong' }, 23);
    expect(only(ticked).feedback).toEqual({ verdict: 'accepted', ticks: { 1: 'wrong' }, places: [] });
    expect(only(giveTick(ticked, 'x', { number: 1, tick: 'none' }, 24)).feedback).toEqual(only(accepted).feedback);
    const placed = addPlace(accepted, 'x', PLACE, 25);
    expect(only(placed).feedback.places).toEqual([PLACE]);
    expect(addPlace(placed, 'x', PLACE, 26)).toBe(placed);
    expect(only(removePlace(placed, 'x', 0, 26)).feedback).toEqual(only(accepted).feedback);
    expect(removePlace(placed, 'x', 1, 26)).toBe(placed);
  });

  test('is only for answers and their citations', () => {
    const running = asked('x');
    expect(giveVerdict(running, 'x', 'accepted', 21)).toBe(running);
    expect(addPlace(running, 'x', PLACE, 21)).toBe(running);
    const conversation = answered();
    expect(giveTick(conversation, 'x', { number: 2, tick: 'right' }, 21)).toBe(conversation);
  });
});

describe('titles', () => {
  test.each([
    ['where do we retry?', 'where do we retry?'],
    ['  two\n lines\t here ', 'two lines here'],
    [
      'where is the number of tries of an upload configured, and who reads it in the end?',
      'where is the number of tries of an upload configured, and…',
    ],
    ['x'.repeat(70), `${'x'.repeat(60)}…`],
    ['a\u202Eb', 'a\\u202eb'],
  ])('%j', (question, title) => expect(titleOf(question)).toBe(title));

  test('are of any text a line of at most 61 units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (question) => {
        const title = titleOf(question);
        expect(title.length).toBeLessThanOrEqual(61);
        expect(title).not.toMatch(/[\n\r\u202e]/);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });

  test('can be given, and given up', () => {
    const named = renameConversation(asked('x'), ' Uploads \n', 40);
    expect(named).toMatchObject({ title: 'Uploads', updatedMs: 40 });
    expect(renameConversation(named, 'Uploads', 50)).toBe(named);
    expect(renameConversation(named, '  ', 50).title).toBe('question x');
    expect(startExchange(named, { id: 'y', question: 'later', scope: [] }, 60).title).toBe('Uploads');
  });
});

test('what names no exchange changes nothing', () => {
  const conversation = answered();
  expect(findExchange(conversation, 'none')).toBeUndefined();
  expect(addEvent(conversation, 'none', { type: 'turn-ended', turn: 1, ms: 1 })).toBe(conversation);
  expect(giveVerdict(conversation, 'none', 'accepted', 1)).toBe(conversation);
  expect(giveTick(conversation, 'none', { number: 1, tick: 'right' }, 1)).toBe(conversation);
  expect(cancelExchange(conversation, 'none', 1)).toBe(conversation);
});

describe('prose over an answer', () => {
  const prose: ExchangeProse = {
    model: 'm',
    sentences: [{ text: 'So.', citations: [1] }],
    state: 'running',
    notes: [],
  };

  test('stands beside the answer, and takes nothing from it', () => {
    const conversation = setProse(answered(), 'x', prose, 40);
    expect(only(conversation)).toEqual({ ...only(answered()), prose });
    expect(conversation.updatedMs).toBe(40);
  });

  test('needs one', () => {
    for (const conversation of [asked('x'), asked('y')])
      expect(setProse(conversation, 'x', prose, 40)).toBe(conversation);
  });

  test('does not run any more after a restart, and keeps what was written', () => {
    const restarted = afterRestart(setProse(answered(), 'x', prose, 40));
    expect(only(restarted).prose).toEqual({ ...prose, state: 'interrupted' });
    expect(afterRestart(restarted)).toBe(restarted);
  });

  test('goes when the question is asked again', () => {
    const again = startExchange(setProse(answered(), 'x', prose, 40), { id: 'x', question: 'q', scope: [] }, 50);
    expect(only(again).prose).toBeUndefined();
  });
});
