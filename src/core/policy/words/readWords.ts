/**
 * Reads texts with a question in mind, by the words that were learned. What a word has to do with each word of the
 * question is worked out when the word is first met; from then on reading it is a look-up, and so is a line that was
 * read before, as windows that overlap share theirs.
 *
 * Letters: V words known, D width, Q words of the question.
 */
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
  const vocabulary = openVocabulary(learned.words);
  const rowsOf = (text: string): number[] => split(text).flatMap((part) => vocabulary.idsOf(part));
  return (question) => readerOf(learned, rowsOf, [...new Set(rowsOf(question))].slice(0, MAX_ASKED));
}

function readerOf(learned: LearnedWords, rowsOf: (text: string) => number[], asked: readonly number[]): WordReader {
  const relations = createRelations(learned, asked);
  const lines = new Map<string, Int32Array>();
  const rowsOfLine = (line: string): Int32Array => {
    let rows = lines.get(line);
    if (!rows) lines.set(line, (rows = Int32Array.from(rowsOf(line.slice(0, MAX_LINE)))));
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

function createRelations(learned: LearnedWords, asked: readonly number[]): Relations {
  const { width, table } = learned;
  const weights = asked.map((row) => softplus(learned.askedWeights[row]!));
  const weightSum = Math.max(
    1e-6,
    weights.reduce((a, b) => a + b, 0),
  );
  const units = asked.map((row) => unit(table.slice(row * width, (row + 1) * width)));
  const bagged = unit(weightedSum(table, width, asked, weights));
  const known = new Map<number, Float32Array>();

  /** [Q] The cosines of a word to those of the question. */
  function relationOf(row: number): Float32Array {
    const found = known.get(row);
    if (found) return found;
    const vector = unit(table.slice(row * width, (row + 1) * width));
    const made = Float32Array.from(asked, (other, i) => (other === row ? 1 : dot(vector, units[i]!)));
    known.set(row, made);
    return made;
  }

  function bag(): Bag {
    const sum = new Float32Array(width);
    return {
      section(lists, factor) {
        const best = new Float32Array(asked.length);
        const seen = new Set<number>();
        for (const list of lists)
          for (const row of list) {
            if (seen.has(row)) continue;
            seen.add(row);
            const relation = relationOf(row);
            for (let i = 0; i < best.length; i++) if (relation[i]! > best[i]!) best[i] = relation[i]!;
            const weight = factor * softplus(learned.readWeights[row]!);
            for (let d = 0; d < width; d++) sum[d]! += weight * table[row * width + d]!;
          }
        return best;
      },
      likeness: () => dot(unit(sum), bagged),
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

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** In place: of length 1, or zeros. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
