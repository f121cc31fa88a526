/**
 * Runs a causal language model with its cache of keys and values. Only what is new is computed: tokens that this call
 * has in common with the one before, from the beginning on, are in the cache already. So a conversation that goes on
 * costs no more than what was added.
 *
 * Long prompts are fed in pieces. That bounds the scores, of which most graphs give one row for each token, and lets a
 * call be cancelled in between.
 */
import { setImmediate } from 'node:timers/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CancelSignal } from '#core/agent/tools.ts';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { firstLine, type Runtime } from '#node/onnx/runtimes.ts';
import { PORTS, type CachePort, type DecoderPorts } from './decoderPorts.ts';

export interface Decoder {
  /** Scores [V] of the token after these. Rejects with a `ModelFailure`; the next call may still succeed. */
  next(tokens: readonly number[], signal: CancelSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

export function createDecoder(runtime: Runtime, session: InferenceSession, ports: DecoderPorts): Decoder {
  let cached: Cached = { tokens: [], tensors: emptyCache(runtime, ports) };
  return {
    close: () => session.release(),
    async next(tokens, signal) {
      cached = keepCommon(runtime, ports, cached, tokens);
      for (;;) {
        // ONNX Runtime blocks the thread: what came meanwhile is taken in here.
        await setImmediate();
        if (signal.aborted) throw new ModelFailure('cancelled', 'This was cancelled.');
        const piece = tokens.slice(cached.tokens.length, cached.tokens.length + pieceLength(ports));
        const { scores, tensors } = await run(runtime, session, ports, cached, piece);
        cached = { tokens: [...cached.tokens, ...piece], tensors };
        if (cached.tokens.length === tokens.length) return scores;
      }
    },
  };
}

/** What was fed, and what the model gave of its cache after it. */
interface Cached {
  readonly tokens: readonly number[];
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const MOST_SCORES = 64_000_000 / 4;
const MOST_PIECE = 256;

/** A graph with two branches takes a whole prompt at once, then single tokens. */
function pieceLength({ takesBranch, takesKept, vocabulary = 256_000 }: DecoderPorts): number {
  if (takesBranch) return Infinity;
  return takesKept ? MOST_PIECE : Math.min(MOST_PIECE, Math.max(16, Math.floor(MOST_SCORES / vocabulary)));
}

const emptyCache = (runtime: Runtime, { caches }: DecoderPorts): Record<string, Tensor> =>
  Object.fromEntries(caches.map((port) => [port.input, emptyTensor(runtime, port)]));

function emptyTensor(runtime: Runtime, { type, heads, size }: CachePort): Tensor {
  const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
  return new runtime.Tensor(type as 'float32', data as Float32Array, [1, heads, 0, size]);
}

/** The cache of the tokens that are the same from the beginning; the last token is always fed. */
function keepCommon(runtime: Runtime, ports: DecoderPorts, cached: Cached, tokens: readonly number[]): Cached {
  const most = Math.min(cached.tokens.length, tokens.length - 1);
  let common = 0;
  while (common < most && cached.tokens[common] === tokens[common]) common++;
  if (ports.takesBranch && tokens.length - common > 1) common = 0;
  if (common === cached.tokens.length) return cached;
  if (common === 0) return { tokens: [], tensors: emptyCache(runtime, ports) };
  const tensors = ports.caches.map((port) => [port.input, firstOf(runtime, port, cached.tensors[port.input]!, common)]);
  return { tokens: tokens.slice(0, common), tensors: Object.fromEntries(tensors) as Record<string, Tensor> };
}

/** [1, heads, T, size] with its first `count` tokens. */
function firstOf(runtime: Runtime, { type, heads, size }: CachePort, tensor: Tensor, count: number): Tensor {
  const from = tensor.data as Float32Array;
  const width = from.length / heads;
  const data = new (from.constructor as Float32ArrayConstructor)(heads * count * size);
  for (let head = 0; head < heads; head++)
    data.set(from.subarray(head * width, head * width + count * size), head * count * size);
  return new runtime.Tensor(type as 'float32', data, [1, heads, count, size]);
}

async function run(
  runtime: Runtime,
  session: InferenceSession,
  ports: DecoderPorts,
  cached: Cached,
  piece: readonly number[],
): Promise<{ readonly scores: Float32Array; readonly tensors: Cached['tensors'] }> {
  const feeds = { ...cached.tensors, ...textFeeds(runtime, ports, cached.tokens.length, piece) };
  const results = await session.run(feeds).catch((error: unknown) => {
    throw new ModelFailure('failed', runFault(printable(firstLine(error))), { cause: error });
  });
  const tensors = ports.caches.map(({ input, output }) => [input, results[output]!]);
  return { scores: lastRow(results[PORTS.scores]!), tensors: Object.fromEntries(tensors) as Record<string, Tensor> };
}

const runFault = (why: string): string =>
  /alloc/i.test(why)
    ? `There is too little memory for this prompt (${why}). Ask with less, or choose a smaller model.`
    : `The model failed (${why}). Choose another of its .onnx files, or another model.`;

function textFeeds(
  { Tensor: Made }: Runtime,
  { takesMask, takesPositions, takesBranch, takesKept }: DecoderPorts,
  past: number,
  piece: readonly number[],
): Record<string, Tensor> {
  const row = (values: readonly number[]): Tensor =>
    new Made('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  return {
    [PORTS.tokens]: row(piece),
    ...(takesMask && { [PORTS.mask]: row(Array.from({ length: past + piece.length }, () => 1)) }),
    ...(takesPositions && { [PORTS.positions]: row(piece.map((_, i) => past + i)) }),
    ...(takesBranch && { [PORTS.branch]: new Made('bool', [past > 0], [1]) }),
    ...(takesKept && { [PORTS.kept]: new Made('int64', BigInt64Array.of(1n), []) }),
  };
}

/** Of [1, S, V] the scores after the last token. */
function lastRow({ data, dims }: Tensor): Float32Array {
  const row = data.slice(data.length - dims.at(-1)!) as Float32Array | Float16Array | Uint16Array;
  if (row instanceof Float32Array) return row;
  return row instanceof Uint16Array ? Float32Array.from(row, halfValue) : Float32Array.from(row);
}

/** From the bits of an IEEE 754 binary16: `openDecoder.ts` says why half floats may come as their bits. */
function halfValue(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}
