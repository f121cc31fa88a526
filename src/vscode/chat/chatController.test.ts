/** The chat with real stores and the real searching service, without an editor. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ServiceError } from '#node/service/searchService.ts';
import { chatScene, type ChatScene, type ChatWindow } from '../../../test/fakes/chatScene.ts';

let scene: ChatScene;
beforeAll(() => {
  scene = chatScene();
});
afterAll(() => scene.close());

const QUESTION = 'where are failed uploads retried?';
const ask = (window: ChatWindow, question = QUESTION) => window.say({ type: 'ask', question, scope: [] });
const folded = async (window: ChatWindow) => (await window.feedback.readAll()).events;

describe('a question', () => {
  let window: ChatWindow;
  beforeAll(async () => {
    window = scene.window();
    await ask(window);
  });

  test('is shown at once, then its trail, then its answer', async () => {
    const types = window.posted.map((message) => message.type);
    expect(types[0]).toBe('exchange');
    expect(types.indexOf('events')).toBeGreaterThan(0);
    expect(types.lastIndexOf('events')).toBeLessThan(types.lastIndexOf('exchange'));
    const exchange = await window.last();
    expect(exchange).toMatchObject({ question: QUESTION, state: 'answered' });
    expect(exchange.answer?.citations.map(({ path }) => path)).toContain('src/upload/backoff.ts');
    expect(exchange.trail).toEqual(exchange.answer?.trail);
    expect(window.facts.get('answered')).toBe(true);
  });

  test('is kept as feedback with what was searched for, its steps and its places', async () => {
    const exchange = await window.last();
    const event = (await folded(window)).find(({ id, type }) => id === exchange.id && type === 'answered');
    expect(event).toMatchObject({ question: QUESTION, found: true, folders: [{ name: '' }] });
    expect(event?.type === 'answered' && event.steps.length).toBeGreaterThan(2);
    expect(event?.type === 'answered' && event.citations).toHaveLength(exchange.answer!.citations.length);
  });

  test('can be followed by another, which knows it', async () => {
    await ask(window, 'and where is it tested?');
    const exchange = await window.last();
    expect(exchange.answer?.citations.some(({ path }) => path === 'test/backoff.test.ts')).toBe(true);
    expect((await window.state()).asked).toEqual([QUESTION, 'and where is it tested?']);
  });

  test('without a word to search for fails with a sentence and a remedy', async () => {
    await window.say({ type: 'new-conversation' });
    await ask(window, '?!');
    const exchange = await window.last();
    expect(exchange.state).toBe('failed');
    expect(exchange.failure?.message).toMatch(/no word to search for/);
    expect(exchange.failure?.remedy).toBe('retry');
  });
});

test('a question is stopped at once, and asked again under its id', async () => {
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  const window = scene.window({
    ask: async (request, emit, signal) => {
      if (calls++ === 0) {
        await Promise.race([gate.promise, new Promise((_, reject) => signal.addEventListener('abort', reject))]);
      }
      return scene.service.ask(request, emit, signal);
    },
  });
  await window.say({ type: 'new-conversation' });
  const asking = ask(window);
  const { id } = await window.last();
  await window.say({ type: 'cancel', id });
  expect((await window.last()).state).toBe('cancelled');
  await asking;
  expect((await window.last()).state).toBe('cancelled');
  await window.say({ type: 'retry', id });
  expect(await window.last()).toMatchObject({ id, state: 'answered' });
  gate.resolve();
});

test('a process that ends in the middle is told in a sentence; the next question works', async () => {
  let calls = 0;
  const window = scene.window({
    ask: async (request, emit, signal) => {
      if (calls++ === 0) throw new ServiceError('ended', 'The searching process was killed. Ask again.');
      return scene.service.ask(request, emit, signal);
    },
  });
  await window.say({ type: 'new-conversation' });
  await ask(window);
  const failed = await window.last();
  expect(failed.failure).toEqual({ message: 'The searching process was killed. Ask again.', remedy: 'retry' });
  await ask(window);
  const { exchanges } = (await window.state()).conversation;
  expect(exchanges.map(({ state }) => state)).toEqual(['failed', 'answered']);
});

test('a missing ripgrep is a failure, not an empty answer', async () => {
  const window = scene.window({
    async ask(request, emit, signal) {
      const reply = await scene.service.ask(request, emit, signal);
      const call = { tool: 'grep', what: ['x'], said: 'There is no ripgrep.', failure: 'missing', ms: 1 } as const;
      const answer = { ...reply.answer, citations: [], trail: [{ turn: 1, ms: 1, calls: [call] }] };
      return { ...reply, answer };
    },
  });
  await ask(window);
  expect((await window.last()).failure).toEqual({ message: 'There is no ripgrep.', remedy: 'run-doctor' });
});

describe('what is kept', () => {
  test('is there after a reload, and what ran is interrupted', async () => {
    const before = scene.window({ ask: () => new Promise(() => undefined) });
    await before.say({ type: 'new-conversation' });
    const answered = await before.state();
    expect(answered.conversation.exchanges).toEqual([]);
    void ask(before, 'is this kept?');
    await before.chat.close();
    const after = scene.window();
    const state = await after.state();
    expect(state.conversation.exchanges).toMatchObject([{ question: 'is this kept?', state: 'interrupted' }]);
    await after.say({ type: 'retry', id: state.conversation.exchanges[0]!.id });
    expect((await after.last()).state).toBe('answered');
  });

  test('a new conversation stays the one that is shown after a reload', async () => {
    await scene.window().say({ type: 'new-conversation' });
    expect((await scene.window().state()).conversation.exchanges).toEqual([]);
  });

  test('is listed, searched, renamed, opened, exported and deleted', async () => {
    const window = scene.window();
    await window.say({ type: 'new-conversation' });
    await ask(window, 'who reads the configuration of uploads?');
    const id = (await window.state()).conversation.id;
    const [found] = await window.say({ type: 'history', query: 'reads configuration' });
    expect(found).toMatchObject({ type: 'history', conversations: [{ id, exchanges: 1 }] });
    await window.say({ type: 'rename-conversation', id, title: 'Configuration' });
    expect(window.posted.at(-1)).toMatchObject({ type: 'history', conversations: [{ id, title: 'Configuration' }] });
    await window.say({ type: 'export-conversation', id });
    expect(window.asked.saved[0]?.[0]).toBe('Configuration.md');
    expect(window.asked.saved[0]?.[1]).toMatch(/^# Configuration\n/);
    await window.say({ type: 'new-conversation' });
    await window.say({ type: 'open-conversation', id });
    expect((await window.state()).conversation).toMatchObject({ id, title: 'Configuration' });
    await window.say({ type: 'delete-conversation', id });
    expect(window.posted.map((message) => message.type).slice(-2)).toEqual(['state', 'history']);
    expect((await window.state()).conversation.exchanges).toEqual([]);
    expect(await window.conversations.load(id)).toBeUndefined();
  });
});

test('two windows on one conversation lose nothing of each other', async () => {
  const one = scene.window();
  await one.say({ type: 'new-conversation' });
  await ask(one);
  const { id } = await one.last();
  // A list of conversations waits until all is on disk.
  await one.say({ type: 'history', query: '' });
  const two = scene.window();
  expect((await two.last()).id).toBe(id);
  await two.say({ type: 'tick', id, number: 1, tick: 'right' });
  await ask(two, 'what does the agent do?');
  await two.chat.close();
  const conversation = (await one.state()).conversation.id;
  await one.say({ type: 'rename-conversation', id: conversation, title: 'Both' });
  const merged = (await one.state()).conversation.exchanges;
  expect(merged.map(({ question }) => question)).toEqual([QUESTION, 'what does the agent do?']);
  expect(merged[0]?.feedback.ticks).toEqual({ 1: 'right' });
  const shown = one.posted.flatMap((message) => (message.type === 'exchange' ? [message.exchange.question] : []));
  expect(shown.filter((question) => question === 'what does the agent do?')).toHaveLength(1);
  await one.chat.close();
  expect((await one.conversations.load(conversation))?.title).toBe('Both');
});

describe('what the user says about an answer', () => {
  let window: ChatWindow;
  let id: string;
  beforeAll(async () => {
    window = scene.window();
    await window.say({ type: 'new-conversation' });
    await ask(window);
    id = (await window.last()).id;
  });
  const said = async () => (await folded(window)).filter((event) => event.id === id).slice(1);

  test('is shown and kept, each as it was said', async () => {
    await window.say({ type: 'verdict', id, verdict: 'accepted' });
    await window.say({ type: 'tick', id, number: 1, tick: 'right' });
    await window.say({ type: 'tick', id, number: 99, tick: 'right' });
    await window.say({ type: 'verdict', id, verdict: 'none' });
    expect((await window.last()).feedback).toEqual({ ticks: { 1: 'right' }, places: [] });
    expect(await said()).toMatchObject([
      { type: 'verdict', verdict: 'accepted' },
      { type: 'tick', number: 1, tick: 'right' },
      { type: 'verdict', verdict: 'none' },
    ]);
  });

  test('may be a place that is selected in the editor', async () => {
    await window.say({ type: 'place', id });
    expect(window.told).toEqual(['select']);
    window.selection = { path: 'src/config.ts', start: 2, end: 3, lines: ['a', 'b'] };
    await window.say({ type: 'place', id });
    expect((await window.last()).feedback.places).toEqual([{ path: 'src/config.ts', start: 2, end: 3 }]);
    await window.say({ type: 'place', id, remove: 0 });
    expect((await window.last()).feedback.places).toEqual([]);
    expect((await said()).slice(-2)).toMatchObject([
      { type: 'place', taken: 'added', place: { lines: ['a', 'b'] } },
      { type: 'place', taken: 'removed', place: { path: 'src/config.ts', start: 2, end: 3 } },
    ]);
  });

  test('is also what was opened and copied', async () => {
    await window.say({ type: 'open', id, number: 1, beside: true });
    await window.say({ type: 'copy', id, number: 2 });
    await window.say({ type: 'copy', id });
    const { answer } = await window.last();
    const [places, beside] = window.asked.opened[0]!;
    expect(beside).toBe(true);
    expect(places).toMatchObject([{ path: answer?.citations[0]?.path, lines: answer?.citations[0]?.lines }]);
    expect(window.asked.copied[0]).toContain('**2**');
    expect(window.asked.copied[1]).toMatch(/^## where are failed uploads retried\?\n/);
    expect((await said()).slice(-2)).toMatchObject([
      { signal: 'opened', number: 1 },
      { signal: 'copied', number: 2 },
    ]);
  });

  test('is about the last answer with the command', async () => {
    expect(await window.chat.acceptLast()).toBe(true);
    expect((await window.last()).feedback.verdict).toBe('accepted');
    expect(window.facts.get('accepted')).toBe(true);
    await window.say({ type: 'new-conversation' });
    expect(await window.chat.acceptLast()).toBe(false);
    expect(window.told.at(-1)).toBe('nothing');
  });
});

describe('cards', () => {
  test('are marked when their file has changed', async () => {
    const window = scene.window();
    await window.say({ type: 'new-conversation' });
    await ask(window);
    const { id, answer } = await window.last();
    const { path } = answer!.citations[0]!;
    const file = join(scene.workspace, path);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `// one\n// two\n${text}`);
    await window.chat.filesChanged(path);
    const moved = window.posted.findLast((message) => message.type === 'places' && message.id === id);
    writeFileSync(file, 'nothing of it\n');
    await window.chat.filesChanged(path);
    const stale = window.posted.findLast((message) => message.type === 'places' && message.id === id);
    writeFileSync(file, text);
    const { start, end } = answer!.citations[0]!;
    expect(moved).toMatchObject({ places: { 0: { state: 'moved', span: { path, start: start + 2, end: end + 2 } } } });
    expect(stale).toMatchObject({ places: { 0: { state: 'stale' } } });
  });
});

test('a panel that opens is told what the workspace is like', async () => {
  const window = scene.window();
  await window.state();
  const status = window.posted.findLast((message) => message.type === 'status');
  expect(status).toMatchObject({ status: { policy: 'by hand' } });
  expect((await window.state()).status.policy).toBe('by hand');
  const [completions] = await window.say({ type: 'complete', request: 7, text: 'backoff' });
  expect(completions).toMatchObject({ type: 'completions', request: 7 });
  expect(completions?.type === 'completions' && completions.paths).toContain('src/upload/backoff.ts');
});

test('a state is never older than what was told before it', async () => {
  const window = scene.window();
  await window.say({ type: 'new-conversation' });
  const { list } = window.conversations;
  const [reading, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  window.conversations.list = async () => {
    reading.resolve();
    await read.promise;
    return list();
  };
  const showing = window.chat.show();
  await reading.promise;
  window.posted.length = 0;
  const asking = ask(window);
  read.resolve();
  await Promise.all([showing, asking]);
  const types = window.posted.map((message) => message.type);
  expect(types.indexOf('exchange')).toBeLessThan(types.indexOf('state'));
  const shown = window.posted.find((message) => message.type === 'state');
  expect(shown?.state.conversation.exchanges).toMatchObject([{ question: QUESTION }]);
});

test('panels are told the title when it comes and when it changes', async () => {
  const window = scene.window();
  await window.say({ type: 'new-conversation' });
  await ask(window);
  const { id } = (await window.state()).conversation;
  await ask(window, 'and where is it tested?');
  await window.say({ type: 'rename-conversation', id, title: 'Uploads' });
  const titles = window.posted.filter((message) => message.type === 'title');
  expect(titles).toEqual([
    { type: 'title', id, title: QUESTION },
    { type: 'title', id, title: 'Uploads' },
  ]);
});

test('panels are told the title that another window has given', async () => {
  const one = scene.window();
  await one.say({ type: 'new-conversation' });
  await ask(one);
  const { id, exchanges } = (await one.state()).conversation;
  // A list of conversations waits until all is on disk.
  await one.say({ type: 'history', query: '' });
  await scene.window().say({ type: 'rename-conversation', id, title: 'Theirs' });
  await one.say({ type: 'tick', id: exchanges[0]!.id, number: 1, tick: 'right' });
  await one.say({ type: 'history', query: '' });
  expect(one.posted.findLast((message) => message.type === 'title')).toEqual({ type: 'title', id, title: 'Theirs' });
});

test('paths that cannot be completed are none, without a word with every key', async () => {
  const window = scene.window({ complete: () => Promise.reject(new ServiceError('ended', 'It rests.')) });
  expect(await window.say({ type: 'complete', request: 3, text: 'src' })).toEqual([
    { type: 'completions', request: 3, paths: [] },
  ]);
  expect(window.told).toEqual([]);
});

describe('a disk that does not do its part', () => {
  let troubled: ChatScene;
  let window: ChatWindow;
  beforeEach(async () => {
    troubled = chatScene();
    window = troubled.window();
    await ask(window);
    await window.say({ type: 'history', query: '' });
  });
  afterEach(() => troubled.close());
  const troubles = () =>
    window.posted.flatMap((message) => (message.type === 'trouble' ? [message.trouble?.message] : []));

  /** Puts a file in the place of a folder, until what comes back is called. */
  function block(name: string): () => void {
    const folder = join(troubled.storage, name);
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, '');
    return () => {
      rmSync(folder);
      renameSync(`${folder}-away`, folder);
    };
  }

  test.each([
    ['feedback', 'feedback not saved'],
    ['conversations', 'not saved'],
  ])('is told for %s by its own sentence, until it does again', async (name, sentence) => {
    const { id } = await window.last();
    const heal = block(name);
    await window.say({ type: 'verdict', id, verdict: 'accepted' });
    await expect.poll(troubles).toEqual([sentence]);
    expect((await window.state()).trouble?.message).toBe(sentence);
    heal();
    await window.say({ type: 'verdict', id, verdict: 'none' });
    await expect.poll(troubles).toEqual([sentence, undefined]);
    expect((await window.state()).trouble).toBeUndefined();
  });

  test('for a moment leaves the panel a new conversation, and what was kept for later', async () => {
    const folder = join(troubled.storage, 'conversations');
    const file = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.jsonl'))!,
    );
    renameSync(file, `${folder}-away`);
    mkdirSync(file);
    const reloaded = troubled.window();
    const state = await reloaded.state();
    expect([state.conversation.exchanges, state.asked]).toEqual([[], []]);
    expect(reloaded.told).toContainEqual(expect.stringMatching(/^The conversation could not be read\./));
    rmdirSync(file);
    renameSync(`${folder}-away`, file);
    expect((await reloaded.state()).conversation.exchanges).toMatchObject([{ question: QUESTION }]);
  });

  test('for a moment leaves out earlier questions, not later', async () => {
    await window.say({ type: 'new-conversation' });
    const heal = block('conversations');
    const reloaded = troubled.window();
    expect((await reloaded.state()).asked).toEqual([]);
    heal();
    expect((await reloaded.state()).asked).toEqual([QUESTION]);
  });
});

test('after all data was deleted an index that was paused is so no more', async () => {
  const window = scene.window();
  window.chat.docsChanged({ ...(await scene.service.docs('status')), paused: true });
  expect(window.facts.get('docsPaused')).toBe(true);
  await window.chat.forgetAll();
  expect(window.chat.status().docs).toEqual({ sections: 0, complete: true, paused: false });
  expect(window.facts.get('docsPaused')).toBe(false);
});

test('after all data was deleted nothing of it comes back', async () => {
  const window = scene.window();
  await ask(window);
  const { id } = (await window.state()).conversation;
  await window.chat.forgetAll();
  await window.conversations.deleteAll();
  await window.chat.show();
  expect((await window.state()).conversation.exchanges).toEqual([]);
  expect((await window.state()).asked).toEqual([]);
  expect(await window.conversations.load(id)).toBeUndefined();
});
