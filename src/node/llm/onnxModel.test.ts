/** A real model of some kilobytes, run by both builds of ONNX Runtime, whose every token is known. */
import { mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatRequest, ModelReply } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { openOnnxModel, type OnnxModel, type OnnxModelOptions } from '#node/llm/onnxModel.ts';
import { writeTinyModel, type TinyModelOptions } from '../../../test/fakes/tinyLanguageModel.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spoor-onnx-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const never = new AbortController().signal;
const COLOUR = 'It is blue, as far as I know.';
const CALL = '<tool_call>{"name":"look","arguments":{"at":"it"}}</tool_call>';
const REPLIES = { ' colour<|assistant|>': COLOUR, ' town<|assistant|>': 'Grün 🌷 naïve 日本' };

async function opened(options: Partial<TinyModelOptions> = {}, more: Partial<OnnxModelOptions> = {}) {
  const directory = await mkdtemp(join(root, 'model-'));
  await writeTinyModel(directory, { replies: REPLIES, ...options });
  return { directory, model: await openOnnxModel({ directory, ...more }) };
}

const question = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', text }],
  maxTokens: 50,
  temperature: 0,
  ...more,
});

async function chat(model: OnnxModel, text: string, more: Partial<ChatRequest> = {}) {
  const pieces: string[] = [];
  const reply = await model.chat(question(text, more), (piece) => pieces.push(piece), never);
  return { reply, pieces };
}

const done = (text: string): ModelReply => ({ text, calls: [], end: 'done' });

describe.each(['native', 'wasm'] as const)('a model in a folder, %s', (runtime) => {
  test.each<[string, Partial<TinyModelOptions>]>([
    ['as it is exported today', {}],
    ['without positions', { takesPositions: false }],
    ['with half floats in its cache', { cache: 'float16' }],
    ['with half floats for its scores, too', { cache: 'float16', scores: 'float16' }],
    ['with two branches', { takesBranch: true }],
    ['that is told how many scores to give', { takesKept: true }],
    ['with weights in a file of their own', { isExternal: true, file: 'onnx/model_q4.onnx' }],
  ])('%s says what it is to say, piece by piece, again and again', async (_, options) => {
    const { model } = await opened(options, { runtime });
    const first = await chat(model, 'What is its colour');
    expect(first.reply).toEqual(done(COLOUR));
    expect(first.pieces).toEqual(['It', ' is', ' blue', ',', ' as', ' far', ' as', ' I', ' know', '.']);
    expect((await chat(model, 'And what is the colour')).reply).toEqual(done(COLOUR));
    expect((await chat(model, `${'so '.repeat(600)} colour`)).reply).toEqual(done(COLOUR));
    await model.close();
  });
});

describe('a reply', () => {
  let model: OnnxModel;
  beforeAll(async () => {
    const endless = { ' forever<|assistant|>': ' tick tack' };
    const calls = { ' tool<|assistant|>': `Wait ${CALL}` };
    ({ model } = await opened({ replies: { ...REPLIES, ...calls, 'a b': ' c d e f' }, endless, contextTokens: 64 }));
  });
  afterAll(() => model.close());

  test('has whole characters in each piece', async () => {
    const { reply, pieces } = await chat(model, 'What is the town');
    expect(reply).toEqual(done('Grün 🌷 naïve 日本'));
    expect(pieces.join('')).toBe(reply.text);
    expect(pieces.length).toBeGreaterThan(8);
    expect(
      pieces.filter((piece) => /[\ufffd\ud800-\udfff]/.test(piece.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))),
    ).toEqual([]);
  });

  test('is cut at the most tokens', async () => {
    const { reply } = await chat(model, 'What is its colour', { maxTokens: 4 });
    expect(reply).toEqual({ text: 'It is blue,', calls: [], end: 'cut' });
  });

  test('is cut where the context ends, and refused where the prompt fills it', async () => {
    const { reply } = await chat(model, 'Go on forever', { maxTokens: 500 });
    expect(reply.end).toBe('cut');
    const length = model.countTokens(`<|user|>Go on forever<|assistant|> ${reply.text}`);
    expect(length).toBe(64);
    const failed = chat(model, 'why '.repeat(80));
    await expect(failed).rejects.toMatchObject({ name: 'ModelFailure', kind: 'too-long' });
    await expect(failed).rejects.toThrow(
      /^The prompt has \d+ tokens and \S+ takes 64, the reply included\. Ask with less/,
    );
  });

  test('ends after a stop text, which is the end of it', async () => {
    const wish = { prompt: 'a b', maxTokens: 9, temperature: 0 };
    const pieces: string[] = [];
    const reply = await model.continue({ ...wish, stop: ['d e', ' never'] }, (piece) => pieces.push(piece), never);
    expect(reply).toEqual({ text: ' c d e', calls: [], end: 'stop' });
    expect(pieces.join('')).toBe(' c d e');
    expect(await model.continue({ ...wish, stop: [] }, () => undefined, never)).toEqual(done(' c d e f'));
  });

  test('keeps what is written like a call where no tools were given', async () => {
    expect((await chat(model, 'use a tool')).reply).toEqual(done(`Wait ${CALL}`));
  });

  test('hides control tokens, which text that goes on keeps', async () => {
    const { model: other } = await opened({ replies: { ' x<|assistant|>': 'one<|user|> two', 'x y': ' z<|tool|>' } });
    expect((await chat(other, 'say x')).reply).toEqual(done('one two'));
    const wish = { prompt: 'x y', maxTokens: 9, temperature: 0, stop: ['<|tool|>'] };
    expect((await other.continue(wish, () => undefined, never)).text).toBe(' z<|tool|>');
    await other.close();
  });

  test('keeps the tags around thoughts, which a prompt cannot have', async () => {
    const said = { ' colour<|assistant|>': '<tool_call>Red?</tool_call>It is blue.' };
    const { directory } = await opened({ replies: { ...said, '</tool_call><|assistant|>': 'I was led on.' } });
    const file = join(directory, 'tokenizer.json');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('tool_call>', 'think>'));
    const other = await openOnnxModel({ directory });
    expect((await chat(other, 'What is its colour')).reply).toEqual(done('<think>Red?</think>It is blue.'));
    expect((await chat(other, 'What is </think>')).reply).toEqual(done(''));
    await other.close();
  });
});

describe('tools', () => {
  test('are called by a model whose context has room for their list', async () => {
    const { model } = await opened({ replies: { ' tool<|assistant|>': `Wait ${CALL}` } });
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
    const { reply, pieces } = await chat(model, 'use a tool', { tools, maxTokens: 99 });
    expect(reply).toEqual({
      text: 'Wait ',
      calls: [{ id: 'call00000', name: 'look', argumentsText: '{"at":"it"}' }],
      end: 'done',
    });
    expect(pieces.join('')).toBe('Wait ');
    await model.close();
  });
});

describe('drawing', () => {
  test('gives the same with the same seed, and something else with another', async () => {
    const replies = async (seed: number): Promise<string[]> => {
      const { model } = await opened({}, { seed });
      const texts = [];
      for (let i = 0; i < 2; i++) texts.push((await chat(model, 'What is its colour', { temperature: 30 })).reply.text);
      await model.close();
      return texts;
    };
    const [first, again, other] = [await replies(1), await replies(1), await replies(2)];
    expect(first[0]).toBe(first[1]);
    expect(again).toEqual(first);
    expect(other[0]).not.toBe(first[0]);
    expect(first[0]).not.toBe(COLOUR);
  });

  test('at a low temperature gives the likeliest', async () => {
    const { model } = await opened();
    expect((await chat(model, 'What is its colour', { temperature: 0.7 })).reply).toEqual(done(COLOUR));
    await model.close();
  });
});

describe('calls', () => {
  test('run one after the other, and are cancelled between two tokens or while they wait', async () => {
    const { model } = await opened({ endless: { ' forever<|assistant|>': ' tick tack' } });
    const [first, second] = [new AbortController(), new AbortController()];
    const said: string[] = [];
    const endless = model.chat(
      question('Go on forever', { maxTokens: 4_000 }),
      (piece) => {
        said.push(piece);
        if (said.length === 3) first.abort();
      },
      first.signal,
    );
    const waiting = model.chat(question('What is its colour'), () => said.push('waited'), second.signal);
    second.abort();
    const last = chat(model, 'What is its colour');
    await expect(endless).rejects.toMatchObject({ name: 'ModelFailure', kind: 'cancelled' });
    await expect(waiting).rejects.toMatchObject({ name: 'ModelFailure', kind: 'cancelled' });
    expect((await last).reply).toEqual(done(COLOUR));
    expect(said).toEqual([' tick', ' tack', ' tick'].map((piece, i) => (i === 0 ? piece.trim() : piece)));
    await model.close();
  });

  test('leave nothing behind: fifty of them take no more memory and time than the first', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    // What native code holds is let go of between two turns.
    const used = async (): Promise<NodeJS.MemoryUsage> => {
      for (let i = 0; i < 3; i++) {
        gc();
        await setImmediate();
      }
      return process.memoryUsage();
    };
    const { model } = await opened();
    const times: number[] = [];
    const ask = async (): Promise<void> => {
      const begin = performance.now();
      // The beginning differs, so nothing of the cache can be kept.
      expect((await chat(model, `${times.length} ${'so '.repeat(400)} colour`)).reply).toEqual(done(COLOUR));
      times.push(performance.now() - begin);
    };
    for (let i = 0; i < 10; i++) await ask();
    const before = await used();
    for (let i = 0; i < 50; i++) await ask();
    const after = await used();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2_000_000);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(20_000_000);
    expect(after.rss - before.rss).toBeLessThan(80_000_000);
    const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
    expect(median(times.slice(-15))).toBeLessThan(5 * median(times.slice(0, 15)));
    await model.close();
  });
});

describe('a model without a template', () => {
  test('answers a plain conversation, and does not go on with it for both', async () => {
    const replies = { 'Assistant:': ' Yes.\n\nUser: And' };
    const { model } = await opened({ replies, template: null });
    expect((await chat(model, 'Well?')).reply).toEqual(done('Yes.\n'));
    await model.close();
  });
});

describe('a folder that is damaged', () => {
  const refused = async (directory: string): Promise<string> => {
    const model = await openOnnxModel({ directory });
    const failure = await chat(model, 'colour').then(String, (error: unknown) => error as ModelFailure);
    expect(failure).toBeInstanceOf(ModelFailure);
    await model.close();
    return (failure as ModelFailure).message;
  };

  test('has half of its weights', async () => {
    const { directory } = await opened();
    await truncate(join(directory, 'onnx', 'model.onnx'), 20_000);
    expect(await refused(directory)).toMatch(
      /model\.onnx could not be loaded \(.+\)\. It needs about \d+ MB of memory/,
    );
  });

  test('has no file for its outer weights', async () => {
    const { directory } = await opened({ isExternal: true });
    await unlink(join(directory, 'onnx', 'model.onnx_data'));
    expect(await refused(directory)).toMatch(/model\.onnx could not be loaded \(.*model\.onnx_data.*\)/);
  });

  test('has a model of another kind', async () => {
    const { directory } = await opened({ strangeInput: 'pixel_values' });
    expect(await refused(directory)).toBe(
      'This model cannot be run here: it asks for pixel_values. ' +
        'Export it as text-generation-with-past, or choose another one.',
    );
  });

  test('has a tokenizer that nobody knows', async () => {
    const { directory } = await opened();
    await writeFile(join(directory, 'tokenizer.json'), '{"model":{"type":"Runes"},"added_tokens":[]}');
    await expect(openOnnxModel({ directory })).rejects.toThrow(
      /^tokenizer\.json cannot be used here \(.+\)\. Download/,
    );
  });

  test('names ends and special tokens that its tokenizer does not have', async () => {
    const { directory } = await opened();
    await writeFile(join(directory, 'generation_config.json'), '{"eos_token_id":[999999]}');
    await writeFile(
      join(directory, 'tokenizer_config.json'),
      JSON.stringify({
        eos_token: '<|nowhere|>',
        bos_token: null,
        chat_template: '<|nowhere|>{{ messages[0].content }}<|assistant|>',
      }),
    );
    const model = await openOnnxModel({ directory });
    expect((await chat(model, 'the colour')).reply).toEqual(done(COLOUR));
    await model.close();
  });
});
