/** The cache of a model that says when it was not handed on as it must be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecoder, type Decoder } from '#node/llm/onnx/decoder.ts';
import { decoderPorts } from '#node/llm/onnx/decoderPorts.ts';
import { loadRuntime } from '#node/onnx/runtimes.ts';
import { BROKEN, writeTinyModel, type TinyModelOptions } from '../../../../test/fakes/tinyLanguageModel.ts';
import type { TinyTokenizer } from '../../../../test/fakes/tinyTokenizer.ts';

let folder = '';
const { signal } = new AbortController();
const REPLY = 'one two three four five six seven eight';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spoor-decoder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Tried {
  readonly tokenizer: TinyTokenizer;
  readonly decoder: Decoder;
  /** Lengths of what was fed, run by run. */
  readonly fed: number[];
  /** The likeliest token after a text, as text. */
  after(tokens: readonly number[]): Promise<number>;
}

/** @param meddle may change what is fed. */
async function open(
  options: Partial<TinyModelOptions> = {},
  meddle: (feeds: Record<string, Tensor>) => void = () => undefined,
): Promise<Tried> {
  const place = await mkdtemp(join(folder, 'model-'));
  const tokenizer = await writeTinyModel(place, { replies: { ' count<|assistant|>': REPLY }, ...options });
  const runtime = await loadRuntime('native');
  const session = await runtime.InferenceSession.create(join(place, 'onnx', 'model.onnx'), { logSeverityLevel: 4 });
  const fed: number[] = [];
  const watched = new Proxy(session, {
    get: (target, name) =>
      name === 'run'
        ? (feeds: Record<string, Tensor>) => {
            fed.push(feeds['input_ids']!.dims[1]!);
            meddle(feeds);
            return target.run(feeds);
          }
        : (Reflect.get(target, name, target) as unknown),
  }) as InferenceSession;
  const ports = decoderPorts(session.inputMetadata, session.outputMetadata, { ends: [] });
  const decoder = createDecoder(runtime, watched, ports);
  const after = async (tokens: readonly number[]): Promise<number> => {
    const scores = await decoder.next(tokens, signal);
    return scores.indexOf(Math.max(...scores));
  };
  return { tokenizer, decoder, fed, after };
}

/** All of the reply, token by token. */
async function say({ tokenizer, after }: Tried, prompt: string): Promise<readonly number[]> {
  const tokens = [...tokenizer.encode(prompt)];
  const end = tokenizer.tokenOf('<|end|>');
  for (let next = await after(tokens); next !== end; next = await after(tokens)) tokens.push(next);
  return tokens;
}

describe('the cache', () => {
  test('is handed on: each token is fed once', async () => {
    const tried = await open();
    const { tokenizer, fed, decoder } = tried;
    const tokens = await say(tried, 'please count<|assistant|>');
    const prompt = tokenizer.encode('please count<|assistant|>');
    expect(tokens.slice(prompt.length)).toEqual(tokenizer.encode(REPLY));
    expect(fed).toEqual([prompt.length, ...tokenizer.encode(REPLY).map(() => 1)]);
    await decoder.close();
  });

  test('is kept as far as the next text begins alike, and cut where it goes another way', async () => {
    const tried = await open({ words: ' and again please do not' });
    const { tokenizer, fed, decoder } = tried;
    const said = await say(tried, 'please count<|assistant|>');
    const rest = tokenizer.encode('<|user|>and again count<|assistant|>');
    fed.length = 0;
    await tried.after([...said, ...rest]);
    expect(fed).toEqual([rest.length]);
    fed.length = 0;
    const other = [...said.slice(0, 5), ...tokenizer.encode('<|user|>do not count<|assistant|>')];
    expect(await tried.after(other)).toBe(tokenizer.tokenOf('one'));
    expect(fed).toEqual([other.length - 5]);
    fed.length = 0;
    expect(await tried.after(other)).toBe(tokenizer.tokenOf('one'));
    expect(fed).toEqual([1]);
    await decoder.close();
  });

  test('is begun anew for a graph of two branches, unless one token was added', async () => {
    const tried = await open({ takesBranch: true });
    const { tokenizer, fed, decoder } = tried;
    const said = await say(tried, 'please count<|assistant|>');
    fed.length = 0;
    const more = [...said, ...tokenizer.encode('<|user|>please count<|assistant|>')];
    expect(await tried.after(more)).toBe(tokenizer.tokenOf('one'));
    expect(fed).toEqual([more.length]);
    await decoder.close();
  });

  test('of a long prompt is made in pieces', async () => {
    const tried = await open();
    const { tokenizer, fed, decoder } = tried;
    const prompt = `${'please '.repeat(300)}count<|assistant|>`;
    const said = await say(tried, prompt);
    expect(said.slice(-8)).toEqual(tokenizer.encode(REPLY));
    expect(fed[0]).toBe(256);
    expect(Math.max(...fed)).toBe(256);
    expect(fed.reduce((sum, count) => sum + count, 0)).toBe(said.length);
    await decoder.close();
  });

  test.each<[string, (feeds: Record<string, Tensor>) => void]>([
    ['keys of a token', (feeds) => void ((feeds['past_key_values.1.key']!.data as Float32Array)[4] = 77)],
    ['values', (feeds) => void ((feeds['past_key_values.0.value']!.data as Float32Array)[0] = 1)],
    ['a position', (feeds) => void ((feeds['position_ids']!.data as BigInt64Array)[0] = 0n)],
    ['the mask', (feeds) => void ((feeds['attention_mask']!.data as BigInt64Array)[0] = 0n)],
  ])('must not be changed: %s', async (_, change) => {
    const tried = await open({}, (feeds) => feeds['input_ids']!.dims[1] === 1 && change(feeds));
    const { tokenizer, decoder, after } = tried;
    const prompt = [...tokenizer.encode('please count<|assistant|>')];
    const first = await after(prompt);
    expect(first).toBe(tokenizer.tokenOf('one'));
    expect(await after([...prompt, first])).toBe(tokenizer.tokenOf(BROKEN.replace(' ', '\u0120')));
    await decoder.close();
  });

  test('is whole after a run that failed, and after one that was cancelled', async () => {
    let isFailing = false;
    const tried = await open({}, (feeds) => void (isFailing && delete feeds['attention_mask']));
    const prompt = [...tried.tokenizer.encode(`${'please '.repeat(300)}count<|assistant|>`)];
    isFailing = true;
    await expect(tried.after(prompt)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^The model failed \(/) as string,
    });
    isFailing = false;
    const stopping = new AbortController();
    const cancelled = tried.decoder.next(prompt, stopping.signal);
    stopping.abort();
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await tried.after(prompt)).toBe(tried.tokenizer.tokenOf('one'));
    await tried.decoder.close();
  });
});
