/** The frozen set on disk: `models/frozen.bin`, which Spoor comes with. */
import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeFrozenSet, encodeFrozenSet } from '#core/learning/frozenCodec.ts';
import type { FrozenQuestion } from '#core/learning/frozenSet.ts';
import { shippedFile } from '#node/shippedFile.ts';

/** Of the `models` folder. */
const NAME = 'frozen.bin';
/** Bytes that a file may become; a made-up one would fill the memory. */
const MOST_BYTES = 1 << 26;

/** The set of a file, or the one that Spoor comes with. Throws an Error with a sentence that says what to do. */
export function readFrozenSet(file: string = shippedFile(NAME) ?? NAME): FrozenQuestion[] {
  const packed = readWhole(file);
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new Error(`${file} is damaged. Install Spoor anew, or make the set anew.`, { cause });
  }
  return decodeFrozenSet(bytes);
}

/** The bytes of such a file. */
export const packFrozenSet = (questions: readonly FrozenQuestion[]): Uint8Array =>
  deflateRawSync(encodeFrozenSet(questions), { level: 9 });

function readWhole(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`The frozen set ${file} that policies are compared on cannot be read. Install Spoor anew.`, {
      cause,
    });
  }
}
