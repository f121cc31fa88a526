/** The state of a repository that a retrieval server searches while a model is trained on what came after it. */
import type { ToolFailure } from '#core/agent/tools.ts';
import type { FileKind } from '#core/search/fileKind.ts';
import type { GitProgram } from '#node/history/git.ts';
import { openSource, startOfRange, type HistoryRange } from './repositorySource.ts';
import { listSnapshot } from './snapshot.ts';

export interface ServedState {
  readonly commit: string;
  /** Ids of what its source files hold, by path. */
  readonly files: ReadonlyMap<string, string>;
}

const SOURCES: ReadonlySet<FileKind> = new Set(['source']);
const MOST_FILES = 1e6;

/** The newest commit of the range, along first parents, with its source files. */
export async function servedState(
  git: GitProgram,
  directory: string,
  range: HistoryRange,
): Promise<ServedState | ToolFailure> {
  const source = await openSource(git, directory);
  if ('ok' in source) return source;
  const start = await startOfRange(source, range);
  if ('ok' in start) return start;
  const files = await listSnapshot(source, start.commit, SOURCES, { files: MOST_FILES, seed: 0 });
  if ('ok' in files) return files;
  return { commit: start.commit, files: new Map(files.map(({ path, blobId }) => [path, blobId])) };
}
