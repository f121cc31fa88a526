/**
 * Opens text files of the workspace for the tools: refuses what is secret, binary or no file, and keeps decoded files.
 */
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import type { FailureReason, ToolFailure } from '#core/agent/tools.ts';
import { isSecret } from '#node/secrets.ts';
import { decodeText, isBinary, linesOf, type DecodedText } from '#node/textDecoding.ts';
import type { Workspace } from '#node/workspace.ts';

/**
 * The whole text of a file of at most `maxBytes`, with the lines that the read tool gives. Files of up to `KEPT_BYTES`
 * are kept, for as long as neither their size nor their times change.
 */
export async function readWholeText(
  workspace: Workspace,
  path: string,
  maxBytes: number,
): Promise<WholeText | ToolFailure> {
  const found = await findFile(workspace, path);
  if ('ok' in found) return found;
  if (found.sizeBytes > maxBytes)
    return failure('unsupported', `${path} is ${found.sizeBytes} bytes long, more than the ${maxBytes} that are read.`);
  const kept = keptTexts(workspace);
  const known = kept.get(found.absolute, found.version);
  if (known) return known;
  const read = await withFile(path, found, async (handle) => {
    const bytes = await readBytes(handle, 0, found.sizeBytes);
    return isBinary(bytes) ? notText(path) : wholeText(decodeText(bytes), bytes.length);
  });
  if (read.ok && found.sizeBytes <= KEPT_BYTES) kept.put(found.absolute, found.version, read);
  return read;
}

export interface WholeText extends DecodedText {
  readonly ok: true;
  readonly lines: readonly string[];
  readonly sizeBytes: number;
}

/** Largest file that is kept after it was read. */
export const KEPT_BYTES = 1 << 20;
/** Bytes of all files that are kept for a workspace, and their number. */
export const KEPT_BYTES_IN_ALL = 16 << 20;
export const KEPT_FILES = 2_000;

export interface FoundFile {
  readonly absolute: string;
  readonly sizeBytes: number;
  /** Changes when the file does. */
  readonly version: string;
}

/** A regular file that may be shown. Never opens anything, so it cannot hang on a pipe or a device. */
export async function findFile(workspace: Workspace, path: string): Promise<FoundFile | ToolFailure> {
  const absolute = workspace.resolve(path);
  if (absolute === undefined) return failure('missing', `There is no file ${path} in the workspace.`);
  if (isSecret(path) || isSecret(workspace.pathOf(absolute) ?? absolute))
    return failure('denied', `${path} may hold secrets and is never read.`);
  try {
    const stats = await lstat(absolute, { bigint: true });
    return stats.isFile()
      ? { absolute, sizeBytes: Number(stats.size), version: versionOf(stats) }
      : notFile(path, stats);
  } catch (error) {
    return openFailure(path, error);
  }
}

/** Runs `work` with the file opened for reading; what the system refuses becomes a failure. */
export async function withFile<T>(
  path: string,
  found: FoundFile,
  work: (handle: FileHandle) => Promise<T | ToolFailure>,
): Promise<T | ToolFailure> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(found.absolute, READ_FLAGS);
    const stats = await handle.stat({ bigint: true });
    return stats.isFile() ? await work(handle) : notFile(path, stats);
  } catch (error) {
    return openFailure(path, error);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** Up to `length` bytes from `position`; fewer at the end of the file. */
export async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export const notText = (path: string): ToolFailure => failure('unsupported', `${path} is not a text file.`);

export const failure = (reason: FailureReason, message: string): ToolFailure => ({ ok: false, reason, message });

// The path has no symbolic link when it is looked up; one that appears meanwhile is not followed, a pipe not waited for.
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const versionOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;

const wholeText = (decoded: DecodedText, sizeBytes: number): WholeText => ({
  ok: true,
  ...decoded,
  lines: linesOf(decoded.text),
  sizeBytes,
});

function notFile(path: string, stats: BigIntStats): ToolFailure {
  const what = stats.isDirectory() ? 'a folder: name a file in it' : 'no regular file and is never opened';
  return failure('unsupported', `${path} is ${what}.`);
}

function openFailure(path: string, error: unknown): ToolFailure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return failure('missing', `There is no file ${path} in the workspace.`);
  if (code === 'EACCES' || code === 'EPERM') return failure('denied', `No permission to read ${path}.`);
  return failure('failed', `${path} could not be read (${code}).`);
}

interface KeptTexts {
  get(absolute: string, version: string): WholeText | undefined;
  put(absolute: string, version: string, text: WholeText): void;
}

const keptByWorkspace = new WeakMap<Workspace, KeptTexts>();

function keptTexts(workspace: Workspace): KeptTexts {
  let kept = keptByWorkspace.get(workspace);
  if (!kept) keptByWorkspace.set(workspace, (kept = createKeptTexts()));
  return kept;
}

/** Least recently used files go first; a Map remembers the order of its insertions. */
function createKeptTexts(): KeptTexts {
  const entries = new Map<string, { version: string; text: WholeText }>();
  let bytes = 0;
  const drop = (absolute: string): void => {
    bytes -= entries.get(absolute)?.text.sizeBytes ?? 0;
    entries.delete(absolute);
  };
  return {
    get(absolute, version) {
      const entry = entries.get(absolute);
      if (entry?.version !== version) return undefined;
      entries.delete(absolute);
      entries.set(absolute, entry);
      return entry.text;
    },
    put(absolute, version, text) {
      drop(absolute);
      entries.set(absolute, { version, text });
      bytes += text.sizeBytes;
      for (const oldest of entries.keys()) {
        if (bytes <= KEPT_BYTES_IN_ALL && entries.size <= KEPT_FILES) break;
        drop(oldest);
      }
    },
  };
}
