/**
 * A checkpoint as bytes: a line that says what it is, a JSON header, arrays of 32-bit floats (little-endian), and a
 * SHA-256 of all that, by which a file that was cut off or damaged is known.
 */
import { createHash } from 'node:crypto';

export interface CheckpointBytes {
  /** Anything that JSON keeps. */
  readonly header: unknown;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

const MAGIC = 'spoor checkpoint 1\n';
const HASH_BYTES = 32;

export function encodeCheckpoint({ header, arrays }: CheckpointBytes): Uint8Array {
  const lengths = Object.entries(arrays).map(([name, values]) => [name, values.length] as const);
  const head = Buffer.from(JSON.stringify({ lengths, header }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  const parts = [Buffer.from(MAGIC), size, head, ...Object.values(arrays).map(bytesOf)];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/** Undefined for bytes that are damaged or no checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointBytes | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = file.length - HASH_BYTES;
  if (end < MAGIC.length + 4 || file.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (!createHash('sha256').update(file.subarray(0, end)).digest().equals(file.subarray(end))) return undefined;
  let offset = MAGIC.length + 4 + file.readUInt32LE(MAGIC.length);
  const head = JSON.parse(file.toString('utf8', MAGIC.length + 4, offset)) as {
    readonly lengths: readonly (readonly [string, number])[];
    readonly header: unknown;
  };
  const arrays: Record<string, Float32Array> = {};
  for (const [name, length] of head.lengths) {
    // A copy, because floats have to begin at a multiple of four.
    arrays[name] = new Float32Array(Uint8Array.from(file.subarray(offset, offset + 4 * length)).buffer);
    offset += 4 * length;
  }
  return { header: head.header, arrays };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
