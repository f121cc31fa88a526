/** The files of one commit, and their contents as they are asked for, straight from git's store. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { fileKind, type FileKind } from '#core/search/fileKind.ts';
import { gitFailure } from '#node/history/git.ts';
import { createSample } from './chance.ts';
import { MAX_BLOB_BYTES, readBlobs } from './readBlobs.ts';
import type { RepositorySource } from './repositorySource.ts';

export interface SnapshotFile {
  readonly path: string;
  readonly blobId: string;
  readonly sizeBytes: number;
  readonly kind: FileKind;
}

/** A seeded choice of at most `limit` files of the wanted kinds, none of them large. */
export async function listSnapshot(
  source: RepositorySource,
  commit: string,
  kinds: ReadonlySet<FileKind>,
  limit: { readonly files: number; readonly seed: number },
): Promise<SnapshotFile[] | ToolFailure> {
  const sample = createSample<SnapshotFile>(limit.files, limit.seed);
  let rest = '';
  const decoder = new TextDecoder();
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', commit];
  const result = await source.run(args, (chunk) => {
    const entries = (rest + decoder.decode(chunk, { stream: true })).split('\0');
    rest = entries.pop()!;
    for (const entry of entries) {
      const file = fileOf(entry);
      if (file && kinds.has(file.kind)) sample.add(file.path, file);
    }
  });
  return result.outcome === 'ended' && result.code === 0 ? sample.kept() : gitFailure(result, source.directory);
}

/** `100644 blob 3b18e5…    1234\tpath`. */
function fileOf(entry: string): SnapshotFile | undefined {
  const [, blobId, size, path] = /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t([^]+)$/.exec(entry) ?? [];
  if (path === undefined || path.includes('\ufffd') || Number(size) > MAX_BLOB_BYTES) return undefined;
  return { path, blobId: blobId!, sizeBytes: Number(size), kind: fileKind(path) };
}

/** Gives each file with its text to `onFile`, in their order, a few megabytes at a time. Files without text are passed over. */
export async function readSnapshot(
  source: RepositorySource,
  files: readonly SnapshotFile[],
  onFile: (file: SnapshotFile, text: string) => void,
): Promise<ToolFailure | undefined> {
  for (let from = 0; from < files.length;) {
    let to = from;
    for (let bytes = 0; to < files.length && bytes < MAX_BYTES_A_CALL; to++) bytes += files[to]!.sizeBytes;
    const some = files.slice(from, to);
    const texts = await readBlobs(
      source,
      some.map((file) => file.blobId),
    );
    if ('ok' in texts) return texts;
    for (const file of some) {
      const text = texts.get(file.blobId);
      if (text !== undefined) onFile(file, text);
    }
    from = to;
  }
  return undefined;
}

const MAX_BYTES_A_CALL = 4 << 20;
