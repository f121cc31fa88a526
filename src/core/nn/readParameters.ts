/** The values of a model's parameters that were stored as float32, read without running it. Total. */
import { MalformedError, decodeUtf8, readFields } from '#core/nn/protobuf.ts';

/** By name; undefined for bytes that are no model. */
export function readParameters(model: Uint8Array): ReadonlyMap<string, Float32Array> | undefined {
  try {
    const [graph] = bytesOf(model, 7);
    return graph && new Map(bytesOf(graph, 5).flatMap((tensor) => valuesOf(tensor)));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return undefined;
  }
}

const FLOAT32 = 1;

function valuesOf(tensor: Uint8Array): [string, Float32Array][] {
  const type = Array.from(readFields(tensor)).find(({ field }) => field === 2)?.number;
  const [name] = bytesOf(tensor, 8);
  const [raw] = bytesOf(tensor, 9);
  if (type !== FLOAT32 || !name || !raw || raw.length % 4) return [];
  return [[decodeUtf8(name), new Float32Array(new Uint8Array(raw).buffer)]];
}

function bytesOf(message: Uint8Array, wanted: number): Uint8Array[] {
  return Array.from(readFields(message)).flatMap(({ field, bytes }) => (field === wanted && bytes ? [bytes] : []));
}
