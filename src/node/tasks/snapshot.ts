/** The files of one commit, and their contents as they are asked for, straight from git's store. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { fileKind, type FileKind } from '#core/search/fileKind.ts';
import { gitFailure } from '#node/history/git.ts';
import { createSample } from './chance.ts';
import { readBlobs } from './readBlobs.ts';
import type { RepositorySource } from './repositorySource.ts';

export interface SnapshotFile {
  readonly path: string;
  readonly blobId: string;
  readonly kind: FileKind;
}

/**
 * A seeded choice of at most `limit` files of the wanted kinds. Their sizes are not asked for: a clone without contents
 * does not know them.
 */
export async function listSnapshot(
  source: RepositorySource,
  commit: string,
  kinds: ReadonlySet<FileKind>,
  limit: { readonly files: number; readonly seed: number },
): Promise<SnapshotFile[] | ToolFailure> {
  const sample = createSample<SnapshotFile>(limit.files, limit.seed);
  let rest = '';
  const decoder = new TextDecoder();
  const args = ['ls-tree', '-r', '-z', '--full-tree', commit];
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

/** `100644 blob 3b18e5…\tpath`. */
function fileOf(entry: string): SnapshotFile | undefined {
  const [, blobId, path] = /^100(?:644|755) blob ([0-9a-f]+)\t([^]+)$/.exec(entry) ?? [];
  if (path === undefined || path.includes('\ufffd')) return undefined;
  return { path, blobId: blobId!, kind: fileKind(path) };
}

/** Gives each file with its text to `onFile`, in their order, some at a time. Files without text are passed over. */
export async function readSnapshot(
  source: RepositorySource,
  files: readonly SnapshotFile[],
  onFile: (file: SnapshotFile, text: string) => void,
): Promise<ToolFailure | undefined> {
  for (let from = 0; from < files.length; from += FILES_A_CALL) {
    const some = files.slice(from, from + FILES_A_CALL);
    const texts = await readBlobs(
      source,
      some.map((file) => file.blobId),
    );
    if ('ok' in texts) return texts;
    for (const file of some) {
      const text = texts.get(file.blobId);
      if (text !== undefined) onFile(file, text);
    }
  }
  return undefined;
}

const FILES_A_CALL = 200;
