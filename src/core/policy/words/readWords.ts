/**
 * Reads texts with a question in mind, by the words that were learned. What a word has to do with each word of the
 * question is worked out when the word is first met; from then on reading it is a look-up, and so is a line that was
 * read before, as windows that overlap share theirs.
 *
 * Letters: V words known, D width, Q words of the question.
 */
import { createReadRows, type ReadRows } from '#core/policy/words/readRows.ts';
import { openVocabulary } from '#core/policy/words/vocabulary.ts';

/** What pretraining leaves; weights as they were learned, before softplus and exp. */
export interface LearnedWords {
  readonly words: readonly string[];
  /** D */
  readonly width: number;
  /** [V, D] */
  readonly table: Float32Array;
  /** [V] */
  readonly askedWeights: Float32Array;
  /** [V] */
  readonly readWeights: Float32Array;
  /** Of path, names and body. */
  readonly sections: readonly number[];
  /** Of the comparison of bags and of late interaction. */
  readonly mix: readonly number[];
}

export interface ReadText {
  readonly path: string;
  /** Names of the definitions that the text is inside of. */
  readonly enclosing: readonly string[];
  /** Names that the text defines. */
  readonly definitions: readonly string[];
  readonly text: string;
}

/** One question's reader. */
export interface WordReader {
  /** A value for each of `WORD_FEATURES`, 0 to 1 except `bag`, which may be negative. */
  features(read: ReadText): Float64Array;
}

/**
 * bag: likeness of question and text as bags · body, names, path, enclosing: what the question's words find there, as
 * a weighted mean of best cosines · all: in any of these · beyond: the share of `all` that literal matches do not give.
 */
export const WORD_FEATURES = ['bag', 'body', 'names', 'path', 'enclosing', 'all', 'beyond'] as const;

const MAX_ASKED = 24;
const MAX_LINE = 400;

/** `split` gives the parts of the identifiers of a text in lower case (`partsOf` of core/search). */
export function createWordReader(
  learned: LearnedWords,
  split: (text: string) => readonly string[],
): (question: string) => WordReader {
  const readRows = createReadRows(openVocabulary(learned.words), split);
  const readWeights = learned.readWeights.map(softplus);
  const units = unitRows(learned.table, learned.width);
  return (question) => {
    const asked = [...new Set(readRows(question))].slice(0, MAX_ASKED);
    return readerOf(learned, readRows, createRelations({ ...learned, readWeights }, units, asked));
  };
}

function readerOf(learned: LearnedWords, readRows: ReadRows, relations: Relations): WordReader {
  const lines = new Map<string, Int32Array>();
  const rowsOfLine = (line: string): Int32Array => {
    let rows = lines.get(line);
    if (!rows) lines.set(line, (rows = readRows(line.slice(0, MAX_LINE))));
    return rows;
  };
  const [pathFactor, nameFactor, bodyFactor] = learned.sections.map(Math.exp) as [number, number, number];
  return {
    features({ path, enclosing, definitions, text }) {
      const bag = relations.bag();
      const places = {
        body: bag.section(text.split('\n').map(rowsOfLine), bodyFactor),
        names: bag.section(definitions.map(rowsOfLine), nameFactor),
        path: bag.section([rowsOfLine(path)], pathFactor),
        enclosing: bag.section(enclosing.map(rowsOfLine), nameFactor),
      };
      const found = Object.values(places);
      const all = relations.best(found);
      const { total, beyond } = relations.weigh(all);
      const parts = found.map((best) => relations.weigh(best).total);
      return Float64Array.from([bag.likeness(), ...parts, total, beyond]);
    },
  };
}

interface Relations {
  bag(): Bag;
  /** The largest of each. */
  best(lists: readonly Float32Array[]): Float32Array;
  /** The weighted mean of what each word of the question found, and what is left of it without literal matches. */
  weigh(best: Float32Array): { readonly total: number; readonly beyond: number };
}

interface Bag {
  /** Puts words into the bag, each once a section; the best cosine of each word of the question [Q], 0 at least. */
  section(lists: readonly Int32Array[], factor: number): Float32Array;
  /** Cosine of the bag and the question's. */
  likeness(): number;
}

const LITERAL = 0.9999;

/** `units`: the table with its rows of length 1; weights of words that are read as they count, after softplus. */
function createRelations(learned: LearnedWords, units: Float32Array, asked: readonly number[]): Relations {
  const { width, table, readWeights } = learned;
  const count = asked.length;
  const weights = asked.map((row) => softplus(learned.askedWeights[row]!));
  const weightSum = Math.max(
    1e-6,
    weights.reduce((a, b) => a + b, 0),
  );
  const bagged = weightedSum(table, width, asked, weights);
  toUnit(bagged, 0, width);
  const known: (Float32Array | undefined)[] = [];
  // The section that a word was last met in, so that it counts once in each.
  const metIn = new Uint32Array(learned.words.length);
  let sections = 0;

  /** [Q] The cosines of a word to those of the question. */
  function relationOf(row: number): Float32Array {
    const found = known[row];
    if (found) return found;
    const made = new Float32Array(count);
    for (let i = 0; i < count; i++)
      made[i] = asked[i] === row ? 1 : dot(units, row * width, units, asked[i]! * width, width);
    known[row] = made;
    return made;
  }

  function bag(): Bag {
    const sum = new Float32Array(width);
    return {
      section(lists, factor) {
        const best = new Float32Array(count);
        const section = ++sections;
        for (const list of lists)
          for (let at = 0; at < list.length; at++) {
            const row = list[at]!;
            if (metIn[row] === section) continue;
            metIn[row] = section;
            const relation = relationOf(row);
            for (let i = 0; i < count; i++) if (relation[i]! > best[i]!) best[i] = relation[i]!;
            const weight = factor * readWeights[row]!;
            const start = row * width;
            for (let d = 0; d < width; d++) sum[d]! += weight * table[start + d]!;
          }
        return best;
      },
      likeness() {
        toUnit(sum, 0, width);
        return dot(sum, 0, bagged, 0, width);
      },
    };
  }

  return {
    bag,
    best: (lists) => Float32Array.from(asked, (_, i) => Math.max(...lists.map((list) => list[i]!))),
    weigh(best) {
      let [total, beyond] = [0, 0];
      for (const [i, value] of best.entries()) {
        total += weights[i]! * value;
        if (value < LITERAL) beyond += weights[i]! * value;
      }
      return { total: total / weightSum, beyond: beyond / weightSum };
    },
  };
}

function weightedSum(table: Float32Array, width: number, rows: readonly number[], weights: readonly number[]) {
  const sum = new Float32Array(width);
  for (const [i, row] of rows.entries())
    for (let d = 0; d < width; d++) sum[d]! += weights[i]! * table[row * width + d]!;
  return sum;
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function dot(a: Float32Array, from: number, b: Float32Array, other: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += a[from + i]! * b[other + i]!;
  return sum;
}

/** Each row [D] of length 1. */
function unitRows(table: Float32Array, width: number): Float32Array {
  const units = table.slice();
  for (let start = 0; start < units.length; start += width) toUnit(units, start, width);
  return units;
}

/** In place; zeros stay zeros. */
function toUnit(values: Float32Array, start: number, width: number): void {
  const length = Math.sqrt(dot(values, start, values, start, width));
  if (length > 0) for (let i = start; i < start + width; i++) values[i]! /= length;
}
