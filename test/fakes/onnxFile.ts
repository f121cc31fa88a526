/** Writes any graph as an ONNX file: nodes, constants and ports as they are named. */
import { type Message, bytesField, joinBytes, messageField, textField, varintField } from '#core/nn/protobuf.ts';

export type ElementKind = 'float32' | 'int32' | 'int64' | 'bool' | 'float16';

export interface OnnxPort {
  readonly name: string;
  readonly kind: ElementKind;
  readonly shape: readonly (number | string)[];
}

export interface OnnxConstant extends OnnxPort {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Its place in a file beside the model. */
  readonly external?: { readonly file: string; readonly offset: number; readonly length: number };
}

/** Whole numbers and lists of them. */
export type OnnxAttributes = Readonly<Record<string, number | readonly number[]>>;

const CODES = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export const castTo = (kind: ElementKind): OnnxAttributes => ({ to: CODES[kind] });

export interface OnnxFile {
  input(name: string, kind: ElementKind, shape: OnnxPort['shape']): string;
  constant(constant: OnnxConstant): string;
  /** Gives the name of its only output. */
  node(op: string, inputs: readonly string[], attributes?: OnnxAttributes, output?: string): string;
  output(name: string, kind: ElementKind, shape: OnnxPort['shape']): void;
  bytes(): Uint8Array;
}

export function createOnnxFile(): OnnxFile {
  const graph: Message = [];
  let count = 0;
  textField(graph, 2, 'main');
  return {
    input(name, kind, shape) {
      messageField(graph, 11, portMessage({ name, kind, shape }));
      return name;
    },
    output: (name, kind, shape) => messageField(graph, 12, portMessage({ name, kind, shape })),
    constant(constant) {
      messageField(graph, 5, constantMessage(constant));
      return constant.name;
    },
    node(op, inputs, attributes = {}, output = `%${++count}`) {
      messageField(graph, 1, nodeMessage(op, inputs, output, attributes));
      return output;
    },
    bytes() {
      const [model, operators]: [Message, Message] = [[], []];
      varintField(model, 1, 9);
      messageField(model, 7, graph);
      textField(operators, 1, '');
      varintField(operators, 2, 20);
      messageField(model, 8, operators);
      return joinBytes(model);
    },
  };
}

function nodeMessage(op: string, inputs: readonly string[], output: string, attributes: OnnxAttributes): Message {
  const message: Message = [];
  for (const name of inputs) textField(message, 1, name);
  textField(message, 2, output);
  textField(message, 4, op);
  for (const [name, value] of Object.entries(attributes)) {
    const each: Message = [];
    textField(each, 1, name);
    if (typeof value === 'number') varintField(each, 3, value);
    else for (const one of value) varintField(each, 8, one);
    varintField(each, 20, typeof value === 'number' ? 2 : 7);
    messageField(message, 5, each);
  }
  return message;
}

export function rawBytes(kind: ElementKind, values: readonly number[]): Uint8Array {
  if (kind === 'bool') return Uint8Array.from(values);
  if (kind === 'int64') return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const Kind = { float32: Float32Array, int32: Int32Array, float16: Float16Array }[kind];
  return new Uint8Array(Kind.from(values).buffer);
}

function constantMessage({ name, kind, shape, values, external }: OnnxConstant): Message {
  const message: Message = [];
  for (const dim of shape) varintField(message, 1, dim);
  varintField(message, 2, CODES[kind]);
  textField(message, 8, name);
  if (!external) bytesField(message, 9, rawBytes(kind, values));
  else {
    const { file: location, offset, length } = external;
    for (const [key, value] of Object.entries({ location, offset, length })) {
      const entry: Message = [];
      textField(entry, 1, key);
      textField(entry, 2, String(value));
      messageField(message, 13, entry);
    }
    varintField(message, 14, 1);
  }
  return message;
}

function portMessage({ name, kind, shape: dims }: OnnxPort): Message {
  const [message, type, tensor, shape]: [Message, Message, Message, Message] = [[], [], [], []];
  for (const dim of dims) {
    const each: Message = [];
    if (typeof dim === 'number') varintField(each, 1, dim);
    else textField(each, 2, dim);
    messageField(shape, 1, each);
  }
  varintField(tensor, 1, CODES[kind]);
  messageField(tensor, 2, shape);
  messageField(type, 1, tensor);
  textField(message, 1, name);
  messageField(message, 2, type);
  return message;
}
