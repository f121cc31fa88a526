/** Answers of the editor's own chat: judged like those of the panel, and shown there. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatScene, type ChatScene, type ChatWindow } from '../../../test/fakes/chatScene.ts';
import { answeredEvent } from './askQuestions.ts';
import type { OtherAnswer } from './otherAnswers.ts';

const QUESTION = 'how long do we wait before a failed upload is tried again?';
let scene: ChatScene;
beforeAll(() => {
  scene = chatScene();
});
afterAll(() => scene.close());

/** As the chat answers: the feedback knows it, the panel does not. */
async function answered({ feedback }: ChatWindow): Promise<OtherAnswer> {
  const asked = { question: QUESTION, scope: [], earlier: [] };
  const reply = await scene.service.ask(asked, () => undefined, new AbortController().signal);
  const other = { id: randomUUID(), ...asked, askedMs: Date.now(), answer: reply.answer };
  await feedback.append(answeredEvent(other, reply, other.askedMs));
  return other;
}

const verdictsOf = async ({ feedback }: ChatWindow, id: string) =>
  (await feedback.readAll()).events.flatMap((event) =>
    event.type === 'verdict' && event.id === id ? [event.verdict] : [],
  );

test('an answer is judged where no panel has it', async () => {
  const window = scene.window();
  const { id } = await answered(window);
  expect(await window.chat.judgeOther(id, 'accepted')).toBe(true);
  expect(await verdictsOf(window, id)).toEqual(['accepted']);
  expect(window.facts.get('accepted')).toBe(true);
});

test('an answer that nobody gave cannot be judged', async () => {
  const window = scene.window();
  expect(await window.chat.judgeOther('no-such-answer', 'accepted')).toBe(false);
  expect(await verdictsOf(window, 'no-such-answer')).toEqual([]);
});

test('the panel shows it with what was said about it, once', async () => {
  const window = scene.window();
  const other = await answered(window);
  await window.chat.judgeOther(other.id, 'rejected');
  await window.chat.showOther(other);
  const shown = await window.last();
  expect(shown).toMatchObject({ id: other.id, question: QUESTION, state: 'answered' });
  expect(shown.answer?.citations).toEqual(other.answer.citations);
  expect(shown.feedback.verdict).toBe('rejected');
  await window.chat.newConversation();
  await window.chat.showOther(other);
  const { conversation } = await window.state();
  expect(conversation.exchanges.map(({ id }) => id)).toEqual([other.id]);
  expect((await window.conversations.list()).length).toBe(1);
});

test('it does not stand among what was asked in the panel', async () => {
  const window = scene.window();
  await window.chat.newConversation();
  await window.say({ type: 'ask', question: 'where are settings read?', scope: [] });
  await window.chat.showOther(await answered(window));
  const { conversation } = await window.state();
  expect(conversation.exchanges.map(({ question }) => question)).toEqual([QUESTION]);
});

test('shown in the panel, it is judged there and in the chat alike', async () => {
  const window = scene.window();
  const other = await answered(window);
  await window.chat.showOther(other);
  await window.chat.judgeOther(other.id, 'accepted');
  expect((await window.last()).feedback.verdict).toBe('accepted');
  await window.say({ type: 'verdict', id: other.id, verdict: 'none' });
  expect(await verdictsOf(window, other.id)).toEqual(['accepted', 'none']);
});
