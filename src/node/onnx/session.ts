/**
 * Runs a model by ONNX Runtime. `run` blocks the thread that calls it until the model is through, although it gives a
 * promise: long ones belong into a process of their own.
 *
 * Threads do not spin while they wait (on a busy machine that made everything three times slower), and memory patterns
 * are not kept, because batches change their sizes. Weights are not packed in advance: packed ones are multiplied in
 * another order, and a trained network would not give the very numbers that it gave in training. That costs nothing
 * that could be measured.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { firstLine, loadRuntime, type Runtime, type RuntimeChoice } from './runtimes.ts';

export interface Session {
  /** The build of ONNX Runtime that runs it. */
  readonly runtime: Runtime['name'];
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** One tensor for each input; what else is fed is left unused. Rejects with a sentence if something does not fit. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Readonly<Record<string, Result>>>;
  close(): Promise<void>;
}

export interface ModelPort {
  readonly name: string;
  /** As ONNX Runtime says it: `float32`, `float64`, `int64`, `bool`. */
  readonly type: string;
  /** Named dimensions are free. */
  readonly shape: readonly (number | string)[];
}

/** Values in row-major order. Int32Array becomes int64, Uint8Array bool (1 is true). */
export interface Feed {
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface Result {
  readonly data: Float32Array | Float64Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

export interface SessionOptions {
  /** Threads within an operator; 1 by default. */
  readonly threads?: number;
  /** Native where that can be loaded by default; `wasm` has one thread. */
  readonly runtime?: RuntimeChoice;
}

export async function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const runtime = await loadRuntime(options.runtime);
  const session = await load(runtime, model, runtime.name === 'wasm' ? 1 : (options.threads ?? 1));
  const inputs = session.inputMetadata.map(portOf);
  const outputs = session.outputMetadata.map(portOf);
  return {
    runtime: runtime.name,
    inputs,
    outputs,
    async run(feeds) {
      const tensors = inputs.map((port) => [port.name, tensorOf(runtime, port, feeds[port.name])] as const);
      const results = await session.run(Object.fromEntries(tensors)).catch((error: unknown) => {
        throw new Error(`The model could not be run: ${firstLine(error)}`, { cause: error });
      });
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, resultOf(tensor)]));
    },
    close: () => session.release(),
  };
}

async function load(runtime: Runtime, model: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: [runtime.provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false,
      logSeverityLevel: 4,
      extra: { session: { disable_prepacking: '1', intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw new Error(`The model could not be loaded, it is damaged or of another kind (${firstLine(error)}).`, {
      cause: error,
    });
  }
}

function portOf(metadata: InferenceSession.ValueMetadata): ModelPort {
  if (!metadata.isTensor) throw new Error(`The model is of another kind: ${metadata.name} is no tensor.`);
  return { name: metadata.name, type: metadata.type, shape: metadata.shape };
}

function tensorOf(runtime: Runtime, port: ModelPort, feed: Feed | undefined): Tensor {
  if (!feed) throw new Error(`The model needs the input ${port.name}, which was not given.`);
  const { data, shape } = feed;
  const type = typeOf(data);
  const sizesFit = port.shape.every((dim, i) => typeof dim === 'string' || dim === shape[i]);
  if (type !== port.type || shape.length !== port.shape.length || !sizesFit)
    throw new Error(`Input ${port.name} of the model is ${kindText(port)}, not ${kindText({ type, shape })}.`);
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (count !== data.length) throw new Error(`Input ${port.name} of the model has ${data.length} of ${count} values.`);
  if (data instanceof Int32Array) return new runtime.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
  return new runtime.Tensor(type as 'float32', data as Float32Array, shape);
}

function typeOf(data: Feed['data']): string {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Uint8Array ? 'bool' : 'int64';
}

const kindText = ({ type, shape }: Omit<ModelPort, 'name'>): string => `${type} [${shape.join(', ')}]`;

function resultOf({ data, dims }: Tensor): Result {
  return { data: data as Result['data'], shape: dims };
}
