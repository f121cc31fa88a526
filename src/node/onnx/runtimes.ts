/**
 * The builds of ONNX Runtime that can run a model: the native one, and the one in WebAssembly, which runs wherever Node
 * does. That one takes 0.3 s to load and three times as long to run, which is still less than 1 ms a turn for the
 * shipped model. Either is loaded only when a model is asked for.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';

export type RuntimeChoice = 'auto' | 'native' | 'wasm';

export interface Runtime {
  readonly name: 'native' | 'wasm';
  /** What the runtime calls the processor. */
  readonly provider: 'cpu' | 'wasm';
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/** `auto` takes the native build where it can be loaded. Rejects with a sentence that says what to do. */
export async function loadRuntime(choice: RuntimeChoice = 'auto'): Promise<Runtime> {
  const failures: unknown[] = [];
  for (const load of choice === 'auto' ? [loadNative, loadWasm] : [choice === 'wasm' ? loadWasm : loadNative])
    try {
      return await load();
    } catch (error) {
      failures.push(error);
    }
  const platform = `${process.platform}-${process.arch}`;
  const remedy = choice === 'auto' ? 'install Spoor anew' : 'leave the choice of the runtime to Spoor';
  throw new Error(
    `ONNX Runtime could not be loaded on ${platform} (${failures.map(firstLine).join('; ')}). ` +
      `Spoor needs it to run its model: ${remedy}.`,
    { cause: failures[0] },
  );
}

async function loadNative(): Promise<Runtime> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  return { name: 'native', provider: 'cpu', InferenceSession, Tensor };
}

/** In this thread and from the package's own files: more threads would be workers that load it once more each. */
async function loadWasm(): Promise<Runtime> {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
  env.wasm.numThreads = 1;
  return { name: 'wasm', provider: 'wasm', InferenceSession, Tensor };
}

/** What a library said, short enough for a sentence. */
export const firstLine = (error: unknown): string =>
  String((error as Error).message ?? error)
    .split('\n')[0]!
    .slice(0, 300);
