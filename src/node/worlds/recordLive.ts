/** Records questions about a workspace as it is now, searched as the user's questions are. */
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { narrowedWorld } from '#node/worlds/narrowedWorld.ts';
import { recordWorld } from '#node/worlds/recordWorld.ts';
import { openWorldTools, type WorldToolsOptions } from '#node/worlds/worldTools.ts';

export interface LiveRecorderOptions extends WorldToolsOptions {
  readonly folders: readonly string[];
  /** Folder of the indexes, which the searcher of this workspace keeps as well. */
  readonly storage: string;
  readonly signal: AbortSignal;
  /** Episodes of chance for each world. */
  readonly episodes: number;
}

export interface LiveRecorder {
  /** `scope`: files and folders that the search is narrowed to; empty for all. Throws a `RecordingError`. */
  record(question: string, scope: readonly string[]): Promise<WorldRecord>;
  close(): Promise<void>;
}

/** Resolves when docs and history are complete. Throws a `WorkspaceError` for a folder that cannot be opened. */
export async function openLiveRecorder(options: LiveRecorderOptions): Promise<LiveRecorder> {
  const { folders, storage, signal, episodes, docs = true, docsFolders = [] } = options;
  const tools = openWorldTools(folders, storage, options);
  await tools.update();
  const hasAddedDocs = docsFolders.length > 0;
  return {
    record: (question, scope) =>
      recordWorld(question, narrowedWorld(tools, question, { scope, docs, hasAddedDocs }), { signal, episodes }),
    close: () => tools.close(),
  };
}
