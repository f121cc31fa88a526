/** Real processes that run a real model of some kilobytes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatRequest } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { folderModel, type FolderModel, type FolderModelOptions } from '#node/llm/folderModel.ts';
import { parseFromModel, parseToModel } from '#node/llm/modelWire.ts';
import { openChatModel } from '#node/llm/openChatModel.ts';
import { writeTinyModel, type TinyModelOptions } from '../../../test/fakes/tinyLanguageModel.ts';

let root = '';
const open: FolderModel[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spoor-folder-'));
});
afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
});
afterAll(() => rm(root, { recursive: true, force: true }));

const never = new AbortController().signal;
const COLOUR = 'It is blue, as far as I know.';

async function modelFolder(options: Partial<TinyModelOptions> = {}): Promise<string> {
  const directory = await mkdtemp(join(root, 'model-'));
  const endless = { ' forever<|assistant|>': ' tick tack' };
  await writeTinyModel(directory, { replies: { ' colour<|assistant|>': COLOUR, 'a b': ' c d' }, endless, ...options });
  return directory;
}

interface Tried {
  readonly model: FolderModel['model'];
  readonly close: FolderModel['close'];
  /** Numbers of the processes that were started, in their order. */
  readonly pids: number[];
  readonly log: string[];
  chat(
    text: string,
    more?: { maxTokens?: number; signal?: AbortSignal; take?: (piece: string) => void },
  ): Promise<string>;
}

async function opened(options: Partial<FolderModelOptions> = {}): Promise<Tried> {
  const [pids, log]: [number[], string[]] = [[], []];
  const folder = await folderModel({
    directory: options.directory ?? (await modelFolder()),
    ...options,
    log(text) {
      log.push(text);
      const pid = /was started \((\d+)\)/.exec(text)?.[1];
      if (pid) pids.push(Number(pid));
    },
  });
  open.push(folder);
  const { model, close } = folder;
  return {
    model,
    close,
    pids,
    log,
    async chat(text, { maxTokens = 50, signal = never, take = () => undefined } = {}) {
      const request: ChatRequest = { messages: [{ role: 'user', text }], maxTokens, temperature: 0 };
      return (await model.chat(request, take, signal)).text;
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for the next piece of an endless reply. */
function endless({ chat }: Tried, signal: AbortSignal = never) {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const pieces: string[] = [];
  const take = (piece: string): void => {
    pieces.push(piece);
    resolve();
  };
  const reply = chat('Go on forever', { maxTokens: 4_000, signal, take });
  reply.catch(() => undefined);
  return { begun, reply, pieces };
}

describe('a model in a process of its own', () => {
  test('is a base model where its folder has no chat template', async () => {
    const { model } = await opened({ directory: await modelFolder({ template: null }) });
    expect(model.isBase).toBe(true);
  });

  test('knows its name and size, counts, answers and goes on, in one process', async () => {
    const directory = await modelFolder();
    const { model, chat, pids } = await opened({ directory });
    expect(directory.endsWith(model.name)).toBe(true);
    expect(model).toMatchObject({ contextTokens: 4_096, promptTokens: 4_000 });
    expect(model).not.toHaveProperty('isBase');
    const pieces: string[] = [];
    expect(await chat('What is its colour', { take: (piece) => pieces.push(piece) })).toBe(COLOUR);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join('')).toBe(COLOUR);
    expect(await model.countTokens('It is blue')).toBe(3);
    const wish = { prompt: 'a b', maxTokens: 9, temperature: 0, stop: [' c'] };
    expect(await model.continue(wish, () => undefined, never)).toEqual({ text: ' c', calls: [], end: 'stop' });
    expect(pids).toHaveLength(1);
  });

  test('answers calls that come at once, in their order', async () => {
    const { chat } = await opened();
    const ends: number[] = [];
    const ask = (i: number): Promise<string> =>
      chat(i % 2 ? 'What is its colour' : 'Its colour').finally(() => ends.push(i));
    expect(await Promise.all([0, 1, 2, 3].map(ask))).toEqual([COLOUR, COLOUR, COLOUR, COLOUR]);
    expect(ends).toEqual([0, 1, 2, 3]);
  });

  test('is run by WebAssembly where that is wanted', async () => {
    const { chat } = await opened({ runtime: 'wasm' });
    expect(await chat('What is its colour')).toBe(COLOUR);
  });

  test('lets everything else on the machine go first', async () => {
    const { chat, pids } = await opened();
    await chat('What is its colour');
    const { getPriority } = await import('node:os');
    expect(getPriority(pids[0])).toBeGreaterThan(getPriority());
  });
});

describe('a call', () => {
  test('is cancelled between two tokens, and the next one is answered by the same process', async () => {
    const tried = await opened();
    const stopping = new AbortController();
    const { begun, reply, pieces } = endless(tried, stopping.signal);
    await begun;
    stopping.abort();
    const count = pieces.length;
    await expect(reply).rejects.toMatchObject({ name: 'ModelFailure', kind: 'cancelled' });
    expect(await tried.chat('What is its colour')).toBe(COLOUR);
    expect(pieces).toHaveLength(count);
    expect(tried.pids).toHaveLength(1);
  });

  test('is not begun when it was cancelled before', async () => {
    const { chat } = await opened();
    const asked = chat('What is its colour', { signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ name: 'ModelFailure', kind: 'cancelled' });
  });

  test('that is cancelled while it waits leaves the one that runs alone', async () => {
    const tried = await opened({ cancelMs: 1 });
    const { begun, reply, pieces } = endless(tried);
    await begun;
    const stopping = new AbortController();
    const waiting = tried.chat('What is its colour', { signal: stopping.signal });
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(() => pieces.length).toBeGreaterThan(200);
    expect(tried.pids).toHaveLength(1);
    await tried.close();
    await expect(reply).rejects.toThrow('The model was closed before it was done.');
  });

  test('that is cancelled while the weights are loaded leaves the process to the next one', async () => {
    const tried = await opened({ cancelMs: 1 });
    const stopping = new AbortController();
    const first = tried.chat('What is its colour', { signal: stopping.signal });
    const next = tried.chat('What is its colour');
    stopping.abort();
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await next).toBe(COLOUR);
    expect(tried.pids).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')(
    'that does not stop takes its process with it, and no other call',
    async () => {
      const tried = await opened({ cancelMs: 1 });
      const stopping = new AbortController();
      const { begun, reply } = endless(tried, stopping.signal);
      await begun;
      process.kill(tried.pids[0]!, 'SIGSTOP');
      const waiting = tried.chat('What is its colour');
      stopping.abort();
      await expect(reply).rejects.toMatchObject({ kind: 'cancelled' });
      expect(await waiting).toBe(COLOUR);
      expect(tried.pids).toHaveLength(2);
      expect(tried.log).toContain('The model did not stop when it was told to, so its process is ended.');
      expect(isAlive(tried.pids[0]!)).toBe(false);
    },
  );

  test('fails as the model says', async () => {
    const { chat } = await opened({ directory: await modelFolder({ contextTokens: 40 }) });
    await expect(chat('why '.repeat(60))).rejects.toMatchObject({ name: 'ModelFailure', kind: 'too-long' });
    expect(await chat('What is its colour')).toBe(COLOUR);
  });
});

describe('the process', () => {
  test('is killed: calls fail with a sentence, and the next one starts it anew', async () => {
    const tried = await opened();
    const { begun, reply } = endless(tried);
    const waiting = tried.chat('What is its colour');
    waiting.catch(() => undefined);
    await begun;
    process.kill(tried.pids[0]!, 'SIGKILL');
    const sentence =
      /^The model's process was killed by SIGKILL\. It needs about \d+ MB .+ Ask again: it is started anew\.$/;
    for (const call of [reply, waiting]) {
      await expect(call).rejects.toThrow(sentence);
      await expect(call).rejects.toBeInstanceOf(ModelFailure);
    }
    expect(await tried.chat('What is its colour')).toBe(COLOUR);
    expect(tried.pids).toHaveLength(2);
  });

  test('is ended when nobody asks, and started anew by a call', async () => {
    const tried = await opened({ idleMs: 50 });
    await expect.poll(() => isAlive(tried.pids[0]!)).toBe(false);
    expect(await tried.chat('What is its colour')).toBe(COLOUR);
    const last = tried.pids.at(-1)!;
    expect(last).not.toBe(tried.pids[0]);
    await expect.poll(() => isAlive(last)).toBe(false);
  });

  test('is not ended in the middle of a call that takes longer than the idle time', async () => {
    const tried = await opened({ idleMs: 20 });
    const { begun, reply, pieces } = endless(tried);
    await begun;
    await expect.poll(() => pieces.length).toBeGreaterThan(200);
    await tried.close();
    await expect(reply).rejects.toThrow('The model was closed before it was done.');
  });

  test('ends with the last word of its owner, and then takes no call', async () => {
    const tried = await opened();
    await tried.chat('What is its colour');
    await tried.close();
    expect(isAlive(tried.pids[0]!)).toBe(false);
    await expect(tried.chat('What is its colour')).rejects.toMatchObject({ name: 'ModelFailure', kind: 'failed' });
  });

  test('ends with the program that holds it, however that ended', async () => {
    const host = fork(
      fileURLToPath(new URL('../../../test/fakes/modelHost.ts', import.meta.url)),
      [await modelFolder()],
      {
        stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
      },
    );
    const [said] = (await once(host.stdout!.setEncoding('utf8'), 'data')) as [string];
    const pid = Number(/\((\d+)\)/.exec(said)![1]);
    expect(isAlive(pid)).toBe(true);
    host.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('a folder', () => {
  test('that lacks something is told at once, and its process ends', async () => {
    const directory = await modelFolder();
    await unlink(join(directory, 'tokenizer.json'));
    const log: string[] = [];
    const opening = folderModel({ directory, log: (text) => log.push(text) });
    await expect(opening).rejects.toMatchObject({ name: 'ModelFailure', kind: 'no-model' });
    await expect(opening).rejects.toThrow(/has no tokenizer\.json\. Download the whole folder/);
    const pid = Number(/\((\d+)\)/.exec(log[0]!)![1]);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('is opened by its name, or by that of one of its .onnx files', async () => {
    const directory = await modelFolder();
    for (const name of [basename(directory), join(basename(directory), 'onnx', 'model.onnx')]) {
      const { model, close } = await openChatModel(name, { cwd: root });
      expect(model.name).toBe(basename(directory));
      const request: ChatRequest = { messages: [{ role: 'user', text: 'Its colour' }], maxTokens: 50, temperature: 0 };
      expect((await model.chat(request, () => undefined, never)).text).toBe(COLOUR);
      await close();
    }
  });

  test('whose weights are damaged is told by the first call, and can be repaired', async () => {
    const directory = await modelFolder();
    const file = join(directory, 'onnx', 'model.onnx');
    const whole = await readFile(file);
    await writeFile(file, 'not a model');
    const { chat } = await opened({ directory });
    await expect(chat('What is its colour')).rejects.toThrow(/model\.onnx could not be loaded/);
    await writeFile(file, whole);
    expect(await chat('What is its colour')).toBe(COLOUR);
  });

  test('whose template never ends is refused with a sentence, and the process lives on', async () => {
    const template = '{% for i in range(9999) %}{% for j in range(9999) %}{% set x = j %}{% endfor %}{% endfor %}';
    const { model, chat, pids } = await opened({ directory: await modelFolder({ template }) });
    await expect(chat('What is its colour')).rejects.toThrow(/chat template .* it takes longer than 2000 ms\.$/);
    expect(await model.countTokens('It is')).toBe(2);
    expect(pids).toHaveLength(1);
  });
});

describe('what the two sides tell each other', () => {
  test('is taken only in its own form', () => {
    const request = { messages: [{ role: 'user', text: 'a' }], maxTokens: 5, temperature: 0 };
    expect(parseToModel({ kind: 'chat', id: 1, request })).toBeDefined();
    for (const wrong of [
      null,
      'chat',
      { kind: 'chat', request },
      { kind: 'chat', id: 1, request: { ...request, messages: [{ role: 'root', text: 'a' }] } },
      { kind: 'chat', id: 1, request: { ...request, temperature: NaN } },
      { kind: 'continue', id: 1, request: { prompt: 'a', maxTokens: 5, temperature: 0, stop: 'x' } },
      { kind: 'open', options: { directory: 7 } },
      { kind: 'shell', id: 1 },
    ])
      expect(parseToModel(wrong)).toBeUndefined();
    const reply = { text: 'a', calls: [], end: 'done' };
    expect(parseFromModel({ kind: 'reply', id: 1, reply })).toBeDefined();
    expect(parseFromModel({ kind: 'failure', failure: { kind: 'failed', message: 'm' } })).toBeDefined();
    expect(parseFromModel({ kind: 'begun', id: 1 })).toBeDefined();
    for (const wrong of [
      { kind: 'reply', id: 1, reply: { ...reply, end: 'never' } },
      { kind: 'piece', id: -1, text: 'a' },
      { kind: 'begun' },
      { kind: 'failure', id: 1, failure: { kind: 'bad', message: 'm' } },
      { kind: 'opened', facts: { name: 'm' } },
    ])
      expect(parseFromModel(wrong)).toBeUndefined();
  });
});
