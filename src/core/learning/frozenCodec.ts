/**
 * The frozen set as bytes: a line that marks it, a line of JSON with the names of the inputs and the ids of the
 * questions, then whole numbers of 16 bits, all their upper bytes before all their lower ones. Inputs are float16,
 * column by column. So a deflate, which is left to the caller, finds what repeats.
 */
import type { FrozenQuestion } from '#core/learning/frozenSet.ts';
import { toFloat16 } from '#core/nn/storage.ts';
import { CANDIDATE_INPUTS, CANDIDATES, STATE_INPUTS } from '#core/policy/inputs.ts';
import { fromFloat16 } from '#core/policy/words/float16.ts';

const MARK = 'SpoorFrozen 1';
const LINE_END = 10;

/** Ids must be ASCII. */
export function encodeFrozenSet(questions: readonly FrozenQuestion[]): Uint8Array<ArrayBuffer> {
  const ids = questions.map(({ id }) => id);
  const names = { candidateInputs: CANDIDATE_INPUTS, stateInputs: STATE_INPUTS };
  const head = `${MARK}\n${JSON.stringify({ ...names, ids })}\n`;
  const numbers = questions.flatMap(numbersOf);
  const bytes = new Uint8Array(head.length + 2 * numbers.length);
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
  for (const [i, value] of numbers.entries()) {
    bytes[head.length + i] = value >>> 8;
    bytes[head.length + numbers.length + i] = value;
  }
  return bytes;
}

/** Throws an Error with a sentence for bytes that are damaged or of another version. */
export function decodeFrozenSet(bytes: Uint8Array): FrozenQuestion[] {
  const [mark, afterMark] = lineAt(bytes, 0);
  if (mark !== MARK) throw damaged();
  const [head, start] = lineAt(bytes, afterMark);
  const ids = idsOf(head);
  const numbers = readerOf(bytes.subarray(start));
  const questions = ids.map((id) => questionOf(id, numbers));
  if (!numbers.isAtEnd()) throw damaged();
  return questions;
}

const damaged = (): Error =>
  new Error('The frozen set that policies are compared on is damaged. Install Spoor anew, or make the set anew.');

function lineAt(bytes: Uint8Array, from: number): readonly [text: string, next: number] {
  const end = bytes.indexOf(LINE_END, from);
  if (end < 0) throw damaged();
  return [Array.from(bytes.subarray(from, end), (code) => String.fromCharCode(code)).join(''), end + 1];
}

function idsOf(head: string): string[] {
  const { candidateInputs, stateInputs, ids } = parsed(head);
  if (!isSame(candidateInputs, CANDIDATE_INPUTS) || !isSame(stateInputs, STATE_INPUTS))
    throw new Error(
      'The frozen set that policies are compared on was made for another version of Spoor: its inputs have other names. Install Spoor anew, or make the set anew.',
    );
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string') || new Set(ids).size < ids.length)
    throw damaged();
  return ids as string[];
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw damaged();
}

const isSame = (value: unknown, names: readonly string[]): boolean =>
  Array.isArray(value) && value.length === names.length && names.every((name, i) => value[i] === name);

function numbersOf({ encoded, files, blocks, citable, rightFiles, places }: FrozenQuestion): number[] {
  return [
    files.length,
    ...toFloat16(transposed(encoded.candidates, files.length)),
    ...toFloat16(encoded.state),
    ...[...files, ...blocks, ...citable],
    rightFiles.length,
    ...rightFiles,
    places.length,
    ...places.flatMap((shown) => [shown.length, ...shown]),
  ];
}

interface NumberReader {
  /** Throws beyond the end, and where the next number is more than `most`. */
  take(most?: number): number;
  takeList(length: number, most?: number): Uint16Array<ArrayBuffer>;
  isAtEnd(): boolean;
}

function readerOf(bytes: Uint8Array): NumberReader {
  const count = bytes.length >> 1;
  let at = bytes.length % 2 ? count : 0;
  const take = (most = 0xffff): number => {
    const value = at < count ? bytes[at]! * 256 + bytes[count + at]! : Infinity;
    at++;
    if (value > most) throw damaged();
    return value;
  };
  return {
    take,
    takeList: (length, most) => Uint16Array.from({ length }, () => take(most)),
    isAtEnd: () => at === count,
  };
}

function questionOf(id: string, numbers: NumberReader): FrozenQuestion {
  const count = numbers.take(CANDIDATES);
  const width = CANDIDATE_INPUTS.length;
  const columns = fromFloat16(numbers.takeList(count * width));
  const state = fromFloat16(numbers.takeList(STATE_INPUTS.length));
  if (![columns, state].every((values) => values.every(Number.isFinite))) throw damaged();
  const candidate = (): number => numbers.take(count - 1);
  return {
    id,
    encoded: { candidates: transposed(columns, width), words: new Float32Array(), state },
    files: numbers.takeList(count),
    blocks: numbers.takeList(count),
    citable: Uint8Array.from(numbers.takeList(count, 1)),
    rightFiles: Array.from({ length: numbers.take(count) }, () => numbers.take()),
    places: Array.from({ length: numbers.take() }, () => Array.from({ length: numbers.take(count) }, candidate)),
  };
}

/** [R, width] of [width, R]: rows become columns. */
function transposed(values: Float32Array, rows: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  const width = rows ? values.length / rows : 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++) turned[column * rows + row] = values[row * width + column]!;
  return turned;
}
