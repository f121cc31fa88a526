/** Prose over answers in the chat, with real stores and the real searching service, and a model of the test's hand. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import type { Exchange } from '#vscode/messages.ts';
import { chatScene, type ChatScene, type ChatWindow } from '../../../test/fakes/chatScene.ts';
import { scriptedModel, type ScriptedModel } from '../../../test/fakes/heldModel.ts';
import type { ProseModels } from './proseWriter.ts';

let scene: ChatScene;
let scripted: ScriptedModel;
let opened: boolean[];
let models: ProseModels & { chosen: string };
beforeAll(() => {
  scene = chatScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  scripted = scriptedModel();
  opened = [];
  models = {
    chosen: 'scripted',
    name: () => models.chosen,
    open: (again) => (opened.push(again), Promise.resolve(scripted.model)),
    remedyFor: (kind) => (kind === 'key' ? 'set-model-key' : 'choose-model'),
  };
});

const QUESTION = 'where are failed uploads retried?';
const ask = (window: ChatWindow, question = QUESTION) => window.say({ type: 'ask', question, scope: [] });
const shownIn = async (window: ChatWindow): Promise<readonly Exchange[]> =>
  (await window.state()).conversation.exchanges;

async function fresh(changes: Parameters<ChatScene['window']>[0] = {}): Promise<ChatWindow> {
  const window = scene.window(changes, models);
  await window.say({ type: 'new-conversation' });
  return window;
}

describe('a chosen model', () => {
  test('writes over the answer, which is there before and stays', async () => {
    const window = await fresh();
    await ask(window);
    const { answer, state, prose } = await window.last();
    expect([state, prose]).toEqual(['answered', { model: 'scripted', sentences: [], state: 'running', notes: [] }]);
    expect(answer!.citations.length).toBeGreaterThan(0);
    await scripted.asked(1);
    expect(scripted.requests[0]!.messages.at(-1)!.text).toContain(QUESTION);
    scripted.say('They are tried again [1]. Also by ');
    scripted.say('magic [99].');
    scripted.finish();
    await expect.poll(async () => (await window.last()).prose?.state).toBe('done');
    const { prose: written, ...rest } = await window.last();
    expect(written).toMatchObject({
      model: 'scripted',
      sentences: [
        { text: 'They are tried again.', citations: [1] },
        { text: 'Also by magic.', citations: [] },
      ],
      notes: ['A number that is of no cited place was taken out.'],
    });
    expect(rest.answer).toEqual(answer);
    const pieces = window.posted.filter((message) => message.type === 'prose');
    expect(pieces.map(({ prose: { sentences } }) => sentences.length)).toEqual([2, 2]);
    expect(window.posted.findIndex(({ type }) => type === 'prose')).toBeGreaterThan(
      window.posted.findIndex((one) => one.type === 'exchange' && one.exchange.state === 'answered'),
    );
  });

  test('is told what was asked before in the conversation', async () => {
    const window = await fresh();
    for (const [i, question] of [QUESTION, 'and where is it tested?'].entries()) {
      await ask(window, question);
      await scripted.asked(i + 1);
      scripted.say('Here [1].');
      scripted.finish();
    }
    expect(scripted.requests[1]!.messages.at(-1)!.text).toContain(QUESTION);
  });

  test('writes one after the other; what is asked meanwhile is answered at once', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('First [1].');
    await ask(window, 'how is the queue emptied?');
    const [first, second] = await shownIn(window);
    expect([first!.prose!.state, second!.state, second!.prose!.state]).toEqual(['running', 'answered', 'running']);
    expect(scripted.requests).toHaveLength(1);
    scripted.finish();
    await scripted.asked(2);
    scripted.say('Second [1].');
    scripted.finish();
    await expect
      .poll(async () => (await shownIn(window)).map(({ prose }) => [prose!.state, prose!.sentences[0]?.text]))
      .toEqual([
        ['done', 'First.'],
        ['done', 'Second.'],
      ]);
  });

  test('holds up nothing that is said about the answer', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('It is here [1]. And');
    const { id } = await window.last();
    await window.say({ type: 'verdict', id, verdict: 'accepted' });
    await window.say({ type: 'tick', id, number: 1, tick: 'right' });
    expect(await window.last()).toMatchObject({ feedback: { verdict: 'accepted' }, prose: { state: 'running' } });
    scripted.say(' there [1].');
    scripted.finish();
    await expect.poll(async () => (await window.last()).prose?.state).toBe('done');
    expect((await window.last()).feedback).toMatchObject({ verdict: 'accepted', ticks: { 1: 'right' } });
  });

  test('is stopped with what it has written, and writes anew when asked to', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('They are tried again [1].');
    const { id } = await window.last();
    await window.say({ type: 'cancel', id });
    expect(await window.last()).toMatchObject({
      state: 'answered',
      prose: { state: 'cancelled', sentences: [{ text: 'They are tried again.' }] },
    });
    const writing = window.say({ type: 'write', id });
    await scripted.asked(2);
    expect((await window.last()).prose).toMatchObject({ state: 'running', sentences: [] });
    scripted.say('Anew [1].');
    scripted.finish();
    await writing;
    expect((await window.last()).prose).toMatchObject({ state: 'done', sentences: [{ text: 'Anew.' }] });
    expect(opened).toEqual([false, true]);
  });

  test('that waits for another is stopped before it was asked', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    await ask(window, 'how is the queue emptied?');
    await window.say({ type: 'cancel', id: (await window.last()).id });
    expect((await window.last()).prose?.state).toBe('cancelled');
    scripted.finish();
    await expect.poll(async () => (await shownIn(window))[0]!.prose!.state).not.toBe('running');
    expect(scripted.requests).toHaveLength(1);
  });

  test('that fails leaves the answer, what it wrote, and a sentence with a remedy', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('They are tried again [1].');
    scripted.fail(new ModelFailure('key', 'The server wants a key.'));
    await expect.poll(async () => (await window.last()).prose?.state).toBe('cut');
    expect(await window.last()).toMatchObject({
      state: 'answered',
      prose: {
        sentences: [{ text: 'They are tried again.' }],
        notes: [],
        failure: { message: 'The server wants a key.', remedy: 'set-model-key' },
      },
    });
  });

  test('that writes nothing says so', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.finish();
    await expect.poll(async () => (await window.last()).prose?.state).toBe('failed');
    expect((await window.last()).prose!.failure).toMatchObject({ remedy: 'choose-model' });
  });

  test('that cannot be opened says why', async () => {
    models.open = () => Promise.reject(new ModelFailure('no-model', 'There is no such model.'));
    const window = await fresh();
    await ask(window);
    await expect
      .poll(async () => (await window.last()).prose)
      .toMatchObject({
        state: 'failed',
        failure: { message: 'There is no such model.', remedy: 'choose-model' },
      });
  });

  test('that fails in a way that nobody knows holds up no other', async () => {
    const window = await fresh();
    const { open, remedyFor } = models;
    models.open = () => Promise.reject(new ModelFailure('no-model', 'There is no such model.'));
    models.remedyFor = () => {
      throw new Error('a fault');
    };
    await ask(window);
    await expect
      .poll(async () => (await window.last()).prose)
      .toMatchObject({ state: 'failed', failure: { remedy: 'show-log' } });
    Object.assign(models, { open, remedyFor });
    await ask(window, 'where is a file given up on?');
    await scripted.asked(1);
    scripted.say('There [1].');
    scripted.finish();
    await expect.poll(async () => (await window.last()).prose?.state).toBe('done');
  });

  test('is not asked where nothing was found, or nothing cited', async () => {
    const window = await fresh({
      async ask(request, emit, signal) {
        const reply = await scene.service.ask(request, emit, signal);
        return { ...reply, answer: { ...reply.answer, found: false } };
      },
    });
    await ask(window);
    expect(await window.last()).toMatchObject({ state: 'answered', answer: { found: false } });
    expect((await window.last()).prose).toBeUndefined();
    expect(opened).toEqual([]);
  });
});

describe('without a model', () => {
  test('nothing is opened and nothing written; it can be chosen for an answer that is there', async () => {
    models.chosen = '';
    const window = await fresh();
    await ask(window);
    const { id, prose } = await window.last();
    expect([prose, opened]).toEqual([undefined, []]);
    expect((await window.state()).status.model).toBe('');
    await window.say({ type: 'write', id });
    expect(opened).toEqual([]);
    expect(window.asked.models).toBe(1);
    models.chosen = 'scripted';
    const writing = window.say({ type: 'write', id });
    await scripted.asked(1);
    scripted.say('Now [1].');
    scripted.finish();
    await writing;
    expect((await window.last()).prose?.state).toBe('done');
    expect((await window.state()).status.model).toBe('scripted');
  });
});

describe('prose in a conversation', () => {
  async function written(): Promise<ChatWindow> {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('They are tried again [1]. By magic.');
    scripted.finish();
    await expect.poll(async () => (await window.last()).prose?.state).toBe('done');
    return window;
  }

  test('is there after a reload, and found', async () => {
    const before = await written();
    const prose = (await before.last()).prose;
    await before.chat.close();
    const after = scene.window({}, models);
    expect((await after.last()).prose).toEqual(prose);
    expect((await after.conversations.search('magic'))[0]?.id).toBe((await after.state()).conversation.id);
  });

  test('that was being written when the window closed is interrupted, and keeps what was there', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    scripted.say('They are tried again [1]. By');
    await window.chat.close();
    const { prose } = await scene.window({}, models).last();
    expect(prose).toMatchObject({
      state: 'interrupted',
      sentences: [{ text: 'They are tried again.' }, { text: 'By' }],
    });
  });

  test('that was being written when the window died is interrupted too', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    await window.say({ type: 'history', query: '' });
    const { prose } = await scene.window({}, models).last();
    expect(prose).toMatchObject({ state: 'interrupted', sentences: [] });
    await window.chat.close();
  });

  test('is copied and exported above the answer', async () => {
    const window = await written();
    const { id } = await window.last();
    await window.say({ type: 'copy', id });
    await window.say({ type: 'export-conversation', id: (await window.state()).conversation.id });
    for (const text of [window.asked.copied[0]!, window.asked.saved[0]![1]]) {
      expect(text).toMatch(
        /\*\*scripted wrote:\*\*\n\nThey are tried again \[\\\[1\\\]\]\(src\/[^)]+\)\. By magic \\\[\?\\\]\./,
      );
      expect(text.indexOf('scripted wrote')).toBeLessThan(text.indexOf('Sure:'));
    }
  });

  test('goes on while another conversation is shown', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    const before = (await window.state()).conversation.id;
    await window.say({ type: 'new-conversation' });
    scripted.say('They are tried again [1].');
    scripted.finish();
    await window.say({ type: 'open-conversation', id: before });
    await expect.poll(async () => (await window.last()).prose?.state).toBe('done');
  });

  test('of a conversation that is deleted is not written any more', async () => {
    const window = await fresh();
    await ask(window);
    await scripted.asked(1);
    await window.say({ type: 'delete-conversation', id: (await window.state()).conversation.id });
    await ask(window);
    await scripted.asked(2);
    expect((await shownIn(window)).map(({ prose }) => prose!.state)).toEqual(['running']);
    await window.chat.close();
  });
});
