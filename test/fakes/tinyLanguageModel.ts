/**
 * A language model of some kilobytes in a folder as exports have it, whose replies are known: the next token follows
 * from the last one and from the one before it, which the model knows from its cache alone. It keeps its tokens as keys
 * and their positions as values, checks all of them at every step, and says BROKEN when something in its cache, its
 * mask or its positions is not as it must be.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { castTo, createOnnxFile, rawBytes, type ElementKind, type OnnxFile } from './onnxFile.ts';
import { tinyTokenizer, type TinyTokenizer } from './tinyTokenizer.ts';

export interface TinyModelOptions {
  /** What the model goes on with after a text that ends like this, until its end. */
  readonly replies: Readonly<Record<string, string>>;
  /** What the model says again and again, without an end. */
  readonly endless?: Readonly<Record<string, string>>;
  /** Words that are to be tokens although no reply has them. */
  readonly words?: string;
  readonly cache?: 'float32' | 'float16';
  readonly scores?: 'float32' | 'float16';
  readonly takesPositions?: boolean;
  /** One graph for both, with and without a cache, as exports before 2024 have it. */
  readonly takesBranch?: boolean;
  readonly takesKept?: boolean;
  /** Weights in a file of their own. */
  readonly isExternal?: boolean;
  readonly contextTokens?: number;
  /** Jinja; null for a base model without any. */
  readonly template?: string | null;
  readonly file?: string;
  /** Inputs that no model of this kind has. */
  readonly strangeInput?: string;
}

/** Two heads of three numbers in each of two layers. */
const [LAYERS, HEADS, SIZE] = [2, 2, 3];
export const BROKEN = ' BROKEN';
/** The last word before `<|assistant|>` decides on the reply. */
export const TINY_TEMPLATE =
  "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}<|assistant|>";

export async function writeTinyModel(folder: string, options: TinyModelOptions): Promise<TinyTokenizer> {
  const {
    replies,
    endless = {},
    words = '',
    contextTokens = 4096,
    template = TINY_TEMPLATE,
    file = 'onnx/model.onnx',
  } = options;
  const tokenizer = tinyTokenizer([BROKEN, words, ...Object.entries({ ...replies, ...endless }).flat()]);
  const table = nextTable(replies, endless, tokenizer);
  const path = join(folder, file);
  await mkdir(join(path, '..'), { recursive: true });
  const { model, data } = modelBytes(table, tokenizer, options, path);
  const put = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value));
  await writeFile(path, model);
  if (data) await writeFile(`${path}_data`, data);
  await put('tokenizer.json', tokenizer.json);
  await put('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: { content: '<|end|>' },
    ...(template !== null && { chat_template: template }),
  });
  await put('config.json', {
    model_type: 'tiny',
    vocab_size: tokenizer.size,
    hidden_size: HEADS * SIZE,
    num_attention_heads: HEADS,
    num_hidden_layers: LAYERS,
    max_position_embeddings: contextTokens,
    eos_token_id: tokenizer.tokenOf('<|end|>'),
  });
  return tokenizer;
}

/** [V * V]: the token after each two; the end where nothing is said. */
function nextTable(
  replies: TinyModelOptions['replies'],
  endless: TinyModelOptions['replies'],
  { size, encode, tokenOf }: TinyTokenizer,
): number[] {
  const end = tokenOf('<|end|>');
  const table = Array.from({ length: size * size }, () => end);
  const said = new Map<number, number>();
  const say = (prompt: string, following: readonly number[]): void => {
    const before = encode(prompt);
    const tokens = [...before, ...following];
    for (let i = before.length; i < tokens.length; i++) {
      const pair = tokens[i - 2]! * size + tokens[i - 1]!;
      if ((said.get(pair) ?? tokens[i]) !== tokens[i]) throw new Error(`The model is to say two things: "${prompt}".`);
      said.set(pair, tokens[i]!);
      table[pair] = tokens[i]!;
    }
  };
  for (const [prompt, reply] of Object.entries(replies)) say(prompt, [...encode(reply), end]);
  for (const [prompt, round] of Object.entries(endless))
    say(
      prompt,
      [1, 2, 3].flatMap(() => encode(round)),
    );
  return table;
}

function modelBytes(
  table: readonly number[],
  { size, tokenOf }: TinyTokenizer,
  options: TinyModelOptions,
  path: string,
): { readonly model: Uint8Array; readonly data: Uint8Array | undefined } {
  const graph = createOnnxFile();
  const data = options.isExternal ? rawBytes('int32', table) : undefined;
  const file = `${path.split(/[\\/]/).at(-1)!}_data`;
  graph.constant({
    name: 'table',
    kind: 'int32',
    shape: [table.length],
    values: table,
    ...(data && { external: { file, offset: 0, length: data.length } }),
  });
  addGraph(graph, size, tokenOf(BROKEN.replace(' ', '\u0120')), options);
  return { model: graph.bytes(), data };
}

function addGraph(graph: OnnxFile, vocabulary: number, broken: number, options: TinyModelOptions): void {
  const {
    cache = 'float32',
    scores = 'float32',
    takesPositions = true,
    takesBranch = false,
    takesKept = false,
    strangeInput,
  } = options;
  const { node } = graph;
  const list = (name: string, values: readonly number[], kind: ElementKind = 'int64'): string =>
    graph.constant({ name, kind, shape: [values.length], values });
  const scalar = (name: string, value: number, kind: ElementKind): string =>
    graph.constant({ name, kind, shape: [], values: [value] });
  const one = scalar('one', 1, 'float32');
  const [axis1, axes13, first] = [list('axis1', [1]), list('axes13', [1, 3]), scalar('first', 0, 'int64')];
  const length = (of: string, axis: number): string =>
    node('Squeeze', [node('Cast', [node('Shape', [of], { start: axis, end: axis + 1 })], castTo('float32'))]);
  if (strangeInput) graph.input(strangeInput, 'int64', ['batch_size']);

  const ids = graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  const own = node('Cast', [ids], castTo('float32'));
  const shape = ['batch_size', HEADS, 'past_sequence_length', SIZE];
  const pasts = Array.from({ length: LAYERS }, (_, i) =>
    ['key', 'value'].map((kind) => graph.input(`past_key_values.${i}.${kind}`, cache, shape)),
  );
  const past = length(pasts[0]![0]!, 2);
  const total = node('Add', [past, length(ids, 1)]);
  const positions = takesPositions
    ? node('Cast', [graph.input('position_ids', 'int64', ['batch_size', 'sequence_length'])], castTo('float32'))
    : node('Unsqueeze', [node('Range', [past, total, one]), list('axis0', [0])]);

  // ---- the cache, grown by what is new
  const wide = list('wide', [1, HEADS, 1, SIZE]);
  const entry = (values: string): string =>
    node('Cast', [node('Expand', [node('Unsqueeze', [values, axes13]), wide])], castTo(cache));
  const grown = ['batch_size', HEADS, 'total_sequence_length', SIZE];
  const present = pasts.map((pair, i) =>
    pair.map((name, j) => {
      const output = `present.${i}.${j === 0 ? 'key' : 'value'}`;
      graph.output(output, cache, grown);
      return node('Concat', [name, entry(j === 0 ? own : positions)], { axis: 2 }, output);
    }),
  );
  const whole = present.map((pair) => pair.map((name) => node('Cast', [name], castTo('float32'))));

  // ---- what is wrong with it
  const lastKeys = whole.at(-1)![0]!;
  const column = node('Gather', [node('Gather', [lastKeys, first], { axis: 3 }), first], { axis: 1 }); // [1, T]
  const order = node('Unsqueeze', [node('Range', [scalar('zero', 0, 'float32'), total, one]), list('axis0b', [0])]);
  const apart = (cached: string, wanted: string): string =>
    node('ReduceSum', [node('Abs', [node('Sub', [cached, node('Unsqueeze', [wanted, axes13])])])], { keepdims: 0 });
  const distance = (a: string, b: string): string => node('Abs', [node('Sub', [a, b])]);
  const seen = node('Cast', [node('ReduceSum', [mask], { keepdims: 0 })], castTo('float32'));
  const faults = whole.flatMap(([keys, values]) => [apart(keys!, column), apart(values!, order)]);
  faults.push(distance(seen, total), distance(length(mask, 1), total));
  if (takesBranch) {
    const branch = node('Squeeze', [graph.input('use_cache_branch', 'bool', [1])]);
    const hasPast = node('Greater', [past, scalar('half', 0.5, 'float32')]);
    const isLong = node('Greater', [length(ids, 1), scalar('oneAndHalf', 1.5, 'float32')]);
    for (const fault of [node('Xor', [branch, hasPast]), node('And', [branch, isLong])])
      faults.push(node('Cast', [fault], castTo('float32')));
  }
  const isBroken = node('Greater', [node('Sum', faults), scalar('little', 0.25, 'float32')]);

  // ---- the next token of each, from it and from the one before it
  const start = graph.constant({ name: 'start', kind: 'float32', shape: [1, 1], values: [0] });
  const shifted = node('Concat', [start, column], { axis: 1 }); // [1, T + 1]
  const from = node('Neg', [node('Add', [node('Shape', [ids], { start: 1, end: 2 }), list('oneMore', [1])])]);
  const before = node('Slice', [shifted, from, list('last', [-1]), axis1]); // [1, S]
  const pair = node('Add', [node('Mul', [before, scalar('vocabulary', vocabulary, 'float32')]), own]);
  const found = node('Cast', [node('Gather', ['table', node('Cast', [pair], castTo('int64'))])], castTo('int64'));
  const next = node('Where', [isBroken, scalar('broken', broken, 'int64'), found]);
  const kept = takesKept
    ? node('Slice', [
        next,
        node('Reshape', [node('Neg', [graph.input('num_logits_to_keep', 'int64', [])]), axis1]),
        list('far', [1_000_000]),
        axis1,
      ])
    : next;
  const depth = scalar('depth', vocabulary, 'int64');
  graph.output('logits', scores, ['batch_size', 'sequence_length', vocabulary]);
  const likely = node('OneHot', [kept, depth, list('scores', [-0.5, 20], 'float32')], { axis: 2 });
  node('Cast', [likely], castTo(scores), 'logits');
}
