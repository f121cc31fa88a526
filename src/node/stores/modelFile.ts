/** Model files of policies: how large they may be, how they are read, and how they are told apart. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

/** A policy has some 65 kB: what is far larger is something else. */
export const MOST_MODEL_BYTES = 8_000_000;

/** First 16 hex digits of the SHA-256: names a model file wherever it lies. */
export const modelDigest = (model: Uint8Array): string => createHash('sha256').update(model).digest('hex').slice(0, 16);

/** Rejects as the file system does, with a `TooLargeError`, and for what is no file: opening a pipe would wait for ever. */
export async function readBounded(file: string, mostBytes: number): Promise<Buffer> {
  if (!(await stat(file)).isFile()) throw new Error(`${file} is no file`);
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > mostBytes) throw new TooLargeError(`${file} is larger than ${mostBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}
