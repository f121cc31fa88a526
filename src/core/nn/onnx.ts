/**
 * Writes a graph as an ONNX model (onnx.ai, IR 9, operator set 20) and reads back what a model says of itself.
 *
 * One graph gives the training model and the inference model: they differ in their outputs and in whether parameters
 * are fed at every run or lie in the file. Only what the outputs need is written. Field numbers are those of
 * `onnx.proto`; numbers are little-endian, as on every machine that ONNX Runtime runs on.
 */
import type { Attribute, ElementType, Graph, GraphNode, Shape, Tensor } from '#core/nn/graph.ts';
import { elementCount } from '#core/nn/graph.ts';
import { type Message, bytesField, floatField, joinBytes, messageField } from '#core/nn/protobuf.ts';
import { textField, varintField } from '#core/nn/protobuf.ts';
import { toFloat16, toInt8 } from '#core/nn/storage.ts';

export interface ModelDescription {
  readonly graph: Graph;
  /** By their names in the model. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** `inputs`: fed at every run, under their names. Else their values, which become part of the model. */
  readonly parameters: 'inputs' | ReadonlyMap<string, Float32Array>;
  /** Words that travel with the model: names of its features, say. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How floats are computed with; float32 unless gradients are checked. */
  readonly precision?: 'float32' | 'float64';
  /** How large parameters lie in the file; rounded ones become float32 again when the model is loaded. */
  readonly storage?: 'float32' | 'float16' | 'int8';
}

/** Parameters of two dimensions or more and so many elements are stored rounded, if any are. */
const LARGE = 4096;

export function writeModel(description: ModelDescription): Uint8Array<ArrayBuffer> {
  const { metadata = {} } = description;
  checkNames(description);
  const model: Message = [];
  varintField(model, 1, 9);
  textField(model, 2, 'spoor');
  messageField(model, 7, graphMessage(description));
  for (const [domain, version] of OPERATOR_SETS) {
    const set: Message = [];
    textField(set, 1, domain);
    varintField(set, 2, version);
    messageField(model, 8, set);
  }
  for (const [key, value] of Object.entries(metadata)) messageField(model, 14, entry(key, value));
  return joinBytes(model);
}

function checkNames({ graph, outputs }: ModelDescription): void {
  const taken = [...graph.inputs, ...graph.parameters].flatMap(({ source }) => ('name' in source ? [source.name] : []));
  const wrong = Object.keys(outputs).find((name) => taken.includes(name) || name.includes('%'));
  if (wrong === undefined) return;
  throw new RangeError(`No output can be named ${wrong}: an input, a parameter or the writer has this name.`);
}

function graphMessage(description: ModelDescription): Message {
  const { graph, outputs, parameters } = description;
  const { nodes, leaves } = neededFor(Object.values(outputs), graph);
  const writer = createWriter(description, nodes);
  for (const tensor of leaves) writer.leaf(tensor);
  for (const node of nodes) writer.node(node);
  for (const [name, tensor] of Object.entries(outputs)) writer.output(name, tensor);
  const fed = [...graph.inputs, ...(parameters === 'inputs' ? graph.parameters : [])];
  for (const tensor of fed.filter((each) => leaves.has(each))) writer.input(tensor);
  return writer.graph;
}

/** ONNX's own operators, and those of ONNX Runtime. */
const OPERATOR_SETS = [
  ['', 20],
  ['com.microsoft', 1],
] as const;

const CODES = { float32: 1, int8: 3, int64: 7, bool: 9, float16: 10, float64: 11 } as const;
type Code = (typeof CODES)[keyof typeof CODES];

function neededFor(outputs: readonly Tensor[], graph: Graph) {
  const nodes = new Set<GraphNode>();
  const leaves = new Set<Tensor>();
  const open = [...outputs];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (tensor.source.kind !== 'node') leaves.add(tensor);
    else if (!nodes.has(tensor.source.node)) {
      nodes.add(tensor.source.node);
      open.push(...tensor.source.node.inputs);
    }
  }
  return { nodes: graph.nodes.filter((node) => nodes.has(node)), leaves };
}

function createWriter(
  { parameters, precision = 'float32', storage = 'float32' }: ModelDescription,
  nodes: readonly GraphNode[],
) {
  const message: Message = [];
  textField(message, 2, 'main');
  const float = CODES[precision];
  const codeOf = (type: ElementType): Code => (type === 'float' ? float : CODES[type]);
  const names = new Map(nodes.flatMap(({ outputs }) => outputs).map((tensor, i) => [tensor, `%${i}`]));
  const nameOf = (tensor: Tensor): string => {
    if (tensor.source.kind === 'input' || tensor.source.kind === 'parameter') return tensor.source.name;
    const name = names.get(tensor) ?? `%c${names.size}`;
    names.set(tensor, name);
    return name;
  };
  const put = (op: string, from: readonly string[], to: readonly string[], attributes: Attributes = {}): void =>
    messageField(message, 1, nodeMessage(op, from, to, attributes, codeOf));
  const store = (name: string, shape: readonly number[], code: Code, values: ArrayLike<number>): void =>
    messageField(message, 5, tensorMessage(name, shape, code, rawBytes(code, values)));

  function storeParameter(name: string, shape: readonly number[], values: ArrayLike<number>): void {
    const rounded = shape.length > 1 && values.length >= LARGE ? storage : 'float32';
    if (rounded === 'float32') return store(name, shape, float, values);
    if (rounded === 'float16') {
      store(`${name}%half`, shape, CODES.float16, values);
      return put('Cast', [`${name}%half`], [name], { to: { type: 'float' } });
    }
    const { quantized, scales } = toInt8(values, shape[0]!);
    store(`${name}%int8`, shape, CODES.int8, quantized);
    store(
      `${name}%scale`,
      shape.map((dim, i) => (i === 0 ? dim : 1)),
      float,
      scales,
    );
    put('Cast', [`${name}%int8`], [`${name}%steps`], { to: { type: 'float' } });
    put('Mul', [`${name}%steps`, `${name}%scale`], [name]);
  }

  return {
    graph: message,
    input: (tensor: Tensor): void =>
      messageField(message, 11, valueInfo(nameOf(tensor), codeOf(tensor.type), tensor.shape)),
    output(name: string, tensor: Tensor): void {
      put('Identity', [nameOf(tensor)], [name]);
      messageField(message, 12, valueInfo(name, codeOf(tensor.type), tensor.shape));
    },
    /** A constant, or a parameter whose values are known. */
    leaf(tensor: Tensor): void {
      const shape = tensor.shape.filter((dim) => typeof dim === 'number');
      if (tensor.source.kind === 'constant') store(nameOf(tensor), shape, codeOf(tensor.type), tensor.source.values);
      if (tensor.source.kind === 'parameter' && parameters !== 'inputs')
        storeParameter(tensor.source.name, shape, valuesFor(tensor.source.name, shape, parameters));
    },
    node(node: GraphNode): void {
      const [from, to] = [node.inputs.map(nameOf), node.outputs.map(nameOf)];
      if (node.op !== 'MatMul') return put(node.op, from, to, node.attributes);
      putProduct(put, node, from, to[0]!, precision);
    },
  };
}

type Attributes = Readonly<Record<string, Attribute>>;
type Put = (op: string, from: readonly string[], to: readonly string[], attributes?: Attributes) => void;

/** Factors are transposed within the product where an operator can: of float64, none takes more than matrices. */
function putProduct(put: Put, node: GraphNode, from: readonly string[], to: string, precision: string): void {
  const { transA = 0, transB = 0 } = node.attributes ?? {};
  const ranks = node.inputs.map(({ shape }) => shape.length);
  if (!transA && !transB) return put('MatMul', from, [to]);
  if (ranks.every((rank) => rank === 2)) return put('Gemm', from, [to], { transA, transB });
  if (precision === 'float32') return put('FusedMatMul', from, [to], { transA, transB });
  const factors = from.map((name, i) => {
    if (!(i === 0 ? transA : transB)) return name;
    const axes = Array.from({ length: ranks[i]! }, (_, axis) => axis);
    put('Transpose', [name], [`${to}%${i}`], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] });
    return `${to}%${i}`;
  });
  put('MatMul', factors, [to]);
}

function valuesFor(name: string, shape: readonly number[], values: ReadonlyMap<string, Float32Array>): Float32Array {
  const found = values.get(name);
  if (found?.length === elementCount(shape)) return found;
  const given = found ? `${found.length} values` : 'no values';
  throw new RangeError(
    `Parameter ${name} needs ${elementCount(shape)} values and has ${given}. Train this network anew.`,
  );
}

function nodeMessage(
  op: string,
  from: readonly string[],
  to: readonly string[],
  attributes: Attributes,
  codeOf: (type: ElementType) => Code,
): Message {
  const message: Message = [];
  for (const name of from) textField(message, 1, name);
  for (const name of to) textField(message, 2, name);
  textField(message, 4, op);
  for (const [name, value] of Object.entries(attributes)) messageField(message, 5, attribute(name, value, codeOf));
  if (op === 'FusedMatMul') textField(message, 7, 'com.microsoft');
  return message;
}

function attribute(name: string, value: Attribute, codeOf: (type: ElementType) => Code): Message {
  const message: Message = [];
  textField(message, 1, name);
  if (typeof value === 'string') {
    textField(message, 4, value);
    varintField(message, 20, 3);
  } else if (typeof value === 'number' || 'type' in value) {
    varintField(message, 3, typeof value === 'number' ? value : codeOf(value.type));
    varintField(message, 20, 2);
  } else if ('float' in value) {
    floatField(message, 2, value.float);
    varintField(message, 20, 1);
  } else {
    for (const each of value) varintField(message, 8, each);
    varintField(message, 20, 7);
  }
  return message;
}

function tensorMessage(name: string, shape: readonly number[], code: Code, raw: Uint8Array): Message {
  const message: Message = [];
  for (const dim of shape) varintField(message, 1, dim);
  varintField(message, 2, code);
  textField(message, 8, name);
  bytesField(message, 9, raw);
  return message;
}

function rawBytes(code: Code, values: ArrayLike<number>): Uint8Array {
  if (code === CODES.float32) return new Uint8Array(Float32Array.from(values).buffer);
  if (code === CODES.float64) return new Uint8Array(Float64Array.from(values).buffer);
  if (code === CODES.float16) return new Uint8Array(toFloat16(values).buffer);
  if (code === CODES.int64) return new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer);
  return Uint8Array.from(values);
}

function valueInfo(name: string, code: Code, dims: Shape): Message {
  const [message, type, tensor, shape]: Message[] = [[], [], [], []];
  for (const dim of dims) {
    const each: Message = [];
    if (typeof dim === 'number') varintField(each, 1, dim);
    else textField(each, 2, dim);
    messageField(shape!, 1, each);
  }
  varintField(tensor!, 1, code);
  messageField(tensor!, 2, shape!);
  messageField(type!, 1, tensor!);
  textField(message!, 1, name);
  messageField(message!, 2, type!);
  return message!;
}

function entry(key: string, value: string): Message {
  const message: Message = [];
  textField(message, 1, key);
  textField(message, 2, value);
  return message;
}
