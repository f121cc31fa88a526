/** Loads the weights of a language model. */
import { dirname, join } from 'node:path';
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { firstLine, loadRuntime, type Runtime, type RuntimeChoice } from '#node/onnx/runtimes.ts';
import { createDecoder, type Decoder } from './decoder.ts';
import { decoderPorts } from './decoderPorts.ts';
import type { ModelFacts } from './modelFacts.ts';
import type { Weights } from './weights.ts';

/** More threads than this wait for the memory, not for each other. */
const MOST_THREADS = 8;

/** Rejects with a `ModelFailure`. The native runtime maps external weights instead of copying them. */
export async function openDecoder(weights: Weights, facts: ModelFacts, choice?: RuntimeChoice): Promise<Decoder> {
  const runtime = await loadRuntime(choice).catch((error: Error) => {
    throw new ModelFailure('failed', error.message, { cause: error });
  });
  if (runtime.name === 'native') keepHalfFloatsAsBits(runtime);
  const session = await load(runtime, weights);
  try {
    return createDecoder(runtime, session, decoderPorts(session.inputMetadata, session.outputMetadata, facts));
  } catch (error) {
    await session.release();
    throw error;
  }
}

/**
 * The native ONNX Runtime 1.30 makes half floats a `Float16Array` where Node has it, and then takes it for empty when it is fed
 * (microsoft/onnxruntime#32323). It looks for that kind of array once, when the first tensor of the process is made;
 * without it, it gives and takes the bits.
 */
function keepHalfFloatsAsBits({ Tensor }: Runtime): void {
  const { Float16Array: kept } = globalThis;
  Reflect.deleteProperty(globalThis, 'Float16Array');
  new Tensor('float32', new Float32Array(1), [1]).dispose();
  Object.defineProperty(globalThis, 'Float16Array', { value: kept, configurable: true, writable: true });
}

/**
 * Unlike the searcher's own sessions, these pack their weights: that costs memory for a moment and makes generation
 * faster. Each step has another shape, so nothing is kept for the next one.
 */
async function load(runtime: Runtime, { file, external, sizeBytes }: Weights): Promise<InferenceSession> {
  const beside = external.map((path) => ({ path, data: join(dirname(file), path) }));
  try {
    return await runtime.InferenceSession.create(file, {
      executionProviders: [runtime.provider],
      intraOpNumThreads: runtime.name === 'wasm' ? 1 : Math.min(MOST_THREADS, availableParallelism()),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false,
      enableCpuMemArena: false,
      logSeverityLevel: 4,
      ...(runtime.name === 'wasm' && beside.length > 0 && { externalData: beside }),
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw new ModelFailure(
      'failed',
      `${file} could not be loaded (${printable(firstLine(error))}). ${needs(sizeBytes)}`,
      {
        cause: error,
      },
    );
  }
}

/** What to look at when loading fails, or ends the process. */
export function needs(sizeBytes: number): string {
  const [needed, free] = [sizeBytes * 1.5, process.availableMemory()].map((bytes) => Math.ceil(bytes / 1e6));
  if (needed! > free!) return `It needs about ${needed} MB of memory and ${free} MB are free: choose a smaller model.`;
  return `It needs about ${needed} MB of memory, of which there is enough: download it anew if it is damaged.`;
}
