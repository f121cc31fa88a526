/** A file that may go into the docs index, and how it is found on disk, read and decoded. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { DocsSource } from '#core/agent/tools.ts';
import { isSecret } from '#node/secrets.ts';
import { decodeText, isBinary } from '#node/textDecoding.ts';
import type { Workspace } from '#node/workspace.ts';

export interface DocsFile {
  /** Workspace path or path under `~docs/`. */
  readonly path: string;
  readonly source: DocsSource;
}

export interface FileFacts {
  readonly absolute: string;
  readonly sizeBytes: number;
  /** Sum of modification and change time in milliseconds; 0 when the file was touched too short a time ago. */
  readonly stamp: number;
}

/** Size and times of a regular file inside of the workspace; undefined for anything else and for secrets. */
export function fileFacts(workspace: Workspace, path: string): FileFacts | undefined {
  const absolute = placeOf(workspace, path);
  const stats = absolute === undefined ? undefined : lstatSync(absolute, { throwIfNoEntry: false });
  return absolute === undefined || !stats?.isFile() ? undefined : { absolute, ...sizeAndStamp(stats) };
}

/** A link with a harmless name may lead to a secret. */
function placeOf(workspace: Workspace, path: string): string | undefined {
  const absolute = isSecret(path) ? undefined : workspace.resolve(path);
  return absolute === undefined || isSecret(workspace.pathOf(absolute) ?? absolute) ? undefined : absolute;
}

export interface FileContent extends FileFacts {
  /** Of the bytes. */
  readonly hash: string;
  /** Undefined for a file that is not text. */
  readonly text: string | undefined;
}

/** Reads a file whole; undefined when it cannot be opened, is no regular file, or is larger than `maxBytes`. */
export function readContent(absolute: string, maxBytes: number): FileContent | undefined {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK opening a named pipe would wait for its writer.
    file = openSync(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > maxBytes) return undefined;
    const bytes = readAtMost(file, stats.size);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, HASH_LENGTH);
    return { absolute, ...sizeAndStamp(stats), hash, text: isBinary(bytes) ? undefined : decodeText(bytes).text };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Text of a small file, for manifests; undefined when it cannot be read or is no text. */
export function readSmallText(workspace: Workspace, path: string, maxBytes = 1 << 20): string | undefined {
  const absolute = placeOf(workspace, path);
  return absolute === undefined ? undefined : readContent(absolute, maxBytes)?.text;
}

const HASH_LENGTH = 32;
/** File systems keep times in steps of up to two seconds: a file may change after it was read and show the same. */
const YOUNG_MS = 2_000;

function sizeAndStamp(stats: Stats): { sizeBytes: number; stamp: number } {
  const isYoung = Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) < YOUNG_MS;
  return { sizeBytes: stats.size, stamp: isYoung ? 0 : stats.mtimeMs + stats.ctimeMs };
}

function readAtMost(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
