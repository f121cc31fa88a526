/**
 * What a model file says of itself, read without running it: its metadata, its fixed parameters, its inputs and
 * outputs. Total: bytes that are no model give a reason. Field numbers are those of `onnx.proto`.
 */
import type { Dim } from '#core/nn/graph.ts';
import { MalformedError, decodeUtf8, readFields, readPacked } from '#core/nn/protobuf.ts';

export type ModelFacts =
  | {
      readonly ok: true;
      readonly metadata: Readonly<Record<string, string>>;
      /** Of rounded parameters, the names carry what they are stored as: `words%half`, `words%int8`, `words%scale`. */
      readonly initialisers: readonly NamedShape[];
      readonly inputs: readonly NamedShape[];
      readonly outputs: readonly NamedShape[];
    }
  | { readonly ok: false; readonly reason: string };

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly Dim[];
}

export function readMetadata(bytes: Uint8Array): ModelFacts {
  try {
    const graphs = messages(bytes, 7);
    if (graphs.length !== 1) throw new MalformedError(graphs.length ? 'it has several graphs' : 'it has no graph');
    const named = (field: number): NamedShape[] => messages(graphs[0]!, field).map(valueInfo);
    const initialisers = messages(graphs[0]!, 5).map(initialiser);
    return { ok: true, metadata: metadata(bytes), initialisers, inputs: named(11), outputs: named(12) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { ok: false, reason: `This is no model, or a damaged one: ${error.message}.` };
  }
}

function metadata(model: Uint8Array): Record<string, string> {
  // Made by entries, so that a key such as `__proto__` is one like any other.
  return Object.fromEntries(messages(model, 14).map((entry) => [textOf(entry, 1), textOf(entry, 2)]));
}

function initialiser(tensor: Uint8Array): NamedShape {
  const dims = Array.from(readFields(tensor)).filter(({ field }) => field === 1);
  const shape = dims.flatMap(({ number, bytes }) => (bytes ? readPacked(bytes) : (number ?? [])));
  return { name: textOf(tensor, 8), shape };
}

function valueInfo(info: Uint8Array): NamedShape {
  const shapes = messages(info, 2).flatMap((type) => messages(type, 1).flatMap((tensor) => messages(tensor, 2)));
  return { name: textOf(info, 1), shape: shapes.flatMap((shape) => messages(shape, 1)).map(dim) };
}

function dim(bytes: Uint8Array): Dim {
  let value: Dim = '';
  for (const { field, number, bytes: name } of readFields(bytes)) {
    if (field === 1 && number !== undefined) value = number;
    if (field === 2 && name) value = decodeUtf8(name);
  }
  return value;
}

const textOf = (message: Uint8Array, field: number): string =>
  decodeUtf8(messages(message, field)[0] ?? new Uint8Array());

/** Everything of one field that has a length: messages and texts. */
function messages(message: Uint8Array, field: number): Uint8Array[] {
  return Array.from(readFields(message)).flatMap((each) => (each.field === field && each.bytes ? [each.bytes] : []));
}
