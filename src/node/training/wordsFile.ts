/**
 * Learned words as a file: a line that says what it is, a JSON header with the vocabulary, the vectors as float16, the
 * weights as float32 (little-endian), and a SHA-256 of all that.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromFloat16 } from '#core/policy/words/float16.ts';
import { toFloat16 } from '#core/nn/storage.ts';
import type { LearnedWords } from '#core/policy/words/readWords.ts';
import { TrainingError } from '#node/training/trainingError.ts';

const MAGIC = 'spoor words 1\n';
const HASH_BYTES = 32;

interface Header {
  readonly width: number;
  readonly words: readonly string[];
  readonly sections: readonly number[];
  readonly mix: readonly number[];
}

export function encodeWords({ words, width, table, askedWeights, readWeights, sections, mix }: LearnedWords): Buffer {
  const header: Header = { width, words, sections: [...sections], mix: [...mix] };
  const head = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  const arrays = [toFloat16(table), Float32Array.from(askedWeights), Float32Array.from(readWeights)];
  const parts = [Buffer.from(MAGIC), size, head, ...arrays.map(({ buffer }) => Buffer.from(buffer))];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/** Throws a `TrainingError` if there is no such file, or if it is damaged. */
export function readWordsFile(file: string): LearnedWords {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new TrainingError(`The learned words cannot be read: ${(error as Error).message}.`);
  }
  const words = decodeWords(bytes);
  if (words) return words;
  throw new TrainingError(`${file} holds no learned words, or is damaged. Make it anew by spoor pretrain.`);
}

/** Undefined for bytes that are damaged or something else. */
function decodeWords(file: Buffer): LearnedWords | undefined {
  const end = file.length - HASH_BYTES;
  if (end < MAGIC.length + 4 || file.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (!createHash('sha256').update(file.subarray(0, end)).digest().equals(file.subarray(end))) return undefined;
  const start = MAGIC.length + 4 + file.readUInt32LE(MAGIC.length);
  const { width, words, sections, mix } = JSON.parse(file.toString('utf8', MAGIC.length + 4, start)) as Header;
  const count = words.length;
  const weights = start + 2 * count * width;
  return {
    words,
    width,
    table: fromFloat16(new Uint16Array(copyOf(file, start, weights))),
    askedWeights: new Float32Array(copyOf(file, weights, weights + 4 * count)),
    readWeights: new Float32Array(copyOf(file, weights + 4 * count, weights + 8 * count)),
    sections,
    mix,
  };
}

/** Numbers have to begin at a multiple of their size. */
const copyOf = (file: Buffer, start: number, end: number): ArrayBuffer =>
  Uint8Array.from(file.subarray(start, end)).buffer;
