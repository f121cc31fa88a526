import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Conversation } from './conversation.ts';
import { conversationOf } from '../../../test/fakes/conversationScene.ts';
import {
  afterRestart,
  failExchange,
  giveVerdict,
  renameConversation,
  setProse,
  startExchange,
} from './conversationChanges.ts';
import { mergeConversations } from './mergeConversations.ts';

const BASE = conversationOf('c-1', ['first?', 'second?']);
const ask = (conversation: Conversation, id: string, nowMs: number): Conversation =>
  startExchange(conversation, { id, question: `${id}?`, scope: [] }, nowMs);

test('what only one side changed is kept, whichever it was', () => {
  const accepted = giveVerdict(BASE, 'x0', 'accepted', 2_000);
  expect(mergeConversations(BASE, accepted, structuredClone(BASE))).toBe(accepted);
  expect(mergeConversations(BASE, BASE, accepted)).toEqual(accepted);
});

test('new questions of both sides stand in the order of asking', () => {
  const merged = mergeConversations(BASE, ask(BASE, 'ours', 3_000), ask(BASE, 'theirs', 2_000));
  expect(merged.exchanges.map(({ id }) => id)).toEqual(['x0', 'x1', 'theirs', 'ours']);
  expect(merged.updatedMs).toBe(3_000);
});

test('what both sides changed is kept as it is here', () => {
  const [ours, theirs] = [giveVerdict(BASE, 'x0', 'accepted', 2_000), giveVerdict(BASE, 'x0', 'rejected', 3_000)];
  expect(mergeConversations(BASE, ours, theirs).exchanges).toEqual(ours.exchanges);
  expect(mergeConversations(undefined, ours, theirs).exchanges).toEqual(ours.exchanges);
});

test('a title is taken from where it was changed, from here if it was in both', () => {
  const [ours, theirs] = [renameConversation(BASE, 'ours', 2_000), renameConversation(BASE, 'theirs', 2_000)];
  expect(mergeConversations(BASE, BASE, theirs).title).toBe('theirs');
  expect(mergeConversations(BASE, ours, theirs).title).toBe('ours');
});

test('no question is ever lost', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  fc.assert(
    fc.property(ids, ids, (ours, theirs) => {
      const all = (added: readonly string[]) => added.reduce((so, id, i) => ask(so, id, 5_000 + i), BASE);
      const merged = mergeConversations(BASE, all(ours), all(theirs));
      expect(new Set(merged.exchanges.map(({ id }) => id))).toEqual(new Set(['x0', 'x1', ...ours, ...theirs]));
    }),
  );
});

test('prose that came here while the answer was accepted elsewhere is kept with the verdict, and the other way round', () => {
  const prose = { model: 'm', sentences: [], state: 'done', notes: [] } as const;
  const [wrote, accepted] = [setProse(BASE, 'x0', prose, 2_000), giveVerdict(BASE, 'x0', 'accepted', 3_000)];
  const both = { ...BASE.exchanges[0], prose, feedback: { verdict: 'accepted', ticks: {}, places: [] } };
  expect(mergeConversations(BASE, wrote, accepted).exchanges[0]).toEqual(both);
  expect(mergeConversations(BASE, accepted, wrote).exchanges[0]).toEqual(both);
  const restarted = giveVerdict(
    afterRestart(setProse(BASE, 'x0', { ...prose, state: 'running' }, 1)),
    'x0',
    'accepted',
    9,
  );
  const running = setProse(BASE, 'x0', { ...prose, state: 'running' }, 1);
  expect(mergeConversations(running, restarted, wrote).exchanges[0]).toEqual(both);
  const other = setProse(BASE, 'x0', { ...prose, model: 'n' }, 2_000);
  expect(mergeConversations(BASE, wrote, other).exchanges[0]!.prose).toEqual(prose);
});

test('an answer that came elsewhere to what was taken for interrupted here is kept', () => {
  const running = ask(BASE, 'new', 1_000);
  const failed = failExchange(running, 'new', { message: 'No.', remedy: 'show-log' }, 2_000);
  const here = ask(afterRestart(running), 'ours', 3_000);
  expect(mergeConversations(running, here, failed).exchanges[2]).toEqual(failed.exchanges[2]);
  expect(mergeConversations(running, here, running).exchanges[2]).toEqual(here.exchanges[2]);
  expect(mergeConversations(running, here, afterRestart(running)).exchanges[2]!.state).toBe('interrupted');
});
