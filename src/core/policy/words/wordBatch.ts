/** Pairs of text and code as rows of words, and a batch of them as the matrices that the network of words takes. */
import { SECTIONS, type Section } from '#core/policy/words/wordNetwork.ts';

/** Rows of the vocabulary, each once. */
export interface WordPair {
  readonly asked: Int32Array;
  readonly read: Readonly<Record<Section, Int32Array>>;
}

export interface BatchInput {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Most words of a question, and of a section of code: longer ones are read from their beginning. */
const MAX_WORDS = { asked: 24, path: 12, names: 16, body: 100 } as const;

/** Undefined for a pair of which too little can be read to learn from it. */
export function wordPair(asked: Iterable<number>, read: Readonly<Record<Section, Iterable<number>>>) {
  const pair: WordPair = {
    asked: distinct(asked, MAX_WORDS.asked),
    read: {
      path: distinct(read.path, MAX_WORDS.path),
      names: distinct(read.names, MAX_WORDS.names),
      body: distinct(read.body, MAX_WORDS.body),
    },
  };
  return pair.asked.length >= MIN_ASKED && pair.read.body.length >= MIN_BODY ? pair : undefined;
}

const MIN_ASKED = 2;
const MIN_BODY = 4;

export interface WordBatch {
  /** Inputs of the network by name. */
  readonly feeds: Readonly<Record<string, BatchInput>>;
  /** All rows of the vocabulary that occur. */
  readonly words: ReadonlySet<number>;
}

/** Pairs that ask the same share what is right. */
export function wordBatch(pairs: readonly WordPair[]): WordBatch {
  const asked = columnsOf(pairs.map((pair) => pair.asked));
  const read = columnsOf(pairs.flatMap((pair) => SECTIONS.map((section) => pair.read[section])));
  const places = SECTIONS.map((section) => [
    section,
    presence(
      pairs.map((pair) => pair.read[section]),
      read,
    ),
  ]);
  const feeds = {
    askedWords: { data: rowsOf(asked), shape: [asked.size] },
    readWords: { data: rowsOf(read), shape: [read.size] },
    asked: presence(
      pairs.map((pair) => pair.asked),
      asked,
    ),
    ...(Object.fromEntries(places) as Record<Section, BatchInput>),
    targets: targetsOf(pairs),
  };
  return { feeds, words: new Set([...asked.keys(), ...read.keys()]) };
}

type Columns = ReadonlyMap<number, number>;

/** A column for each word that occurs, in the order of first occurrence. */
function columnsOf(lists: readonly Int32Array[]): Columns {
  const columns = new Map<number, number>();
  for (const list of lists) for (const word of list) if (!columns.has(word)) columns.set(word, columns.size);
  return columns;
}

const rowsOf = (columns: Columns): Int32Array => Int32Array.from(columns.keys());

/** [B, columns] 1 where a pair has a word. */
function presence(lists: readonly Int32Array[], columns: Columns): BatchInput {
  const data = new Float32Array(lists.length * columns.size);
  for (const [row, list] of lists.entries()) for (const word of list) data[row * columns.size + columns.get(word)!] = 1;
  return { data, shape: [lists.length, columns.size] };
}

/** [B, B] Rows add up to 1, shared by the pairs with the same question. */
function targetsOf(pairs: readonly WordPair[]): BatchInput {
  const keys = pairs.map((pair) => pair.asked.join(' '));
  const size = pairs.length;
  const data = new Float32Array(size * size);
  for (const [row, key] of keys.entries()) {
    const same = keys.filter((other) => other === key).length;
    for (const [column, other] of keys.entries()) if (other === key) data[row * size + column] = 1 / same;
  }
  return { data, shape: [size, size] };
}

function distinct(words: Iterable<number>, most: number): Int32Array {
  const found = new Set<number>();
  for (const word of words) {
    if (found.size >= most) break;
    found.add(word);
  }
  return Int32Array.from(found);
}
