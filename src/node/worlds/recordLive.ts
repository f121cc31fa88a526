/** Records questions about a workspace as it is now, searched as the user's questions are. */
import { insideOfScope } from '#core/agent/scopedTools.ts';
import { questionTools } from '#core/agent/questionTools.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { askedKind } from '#core/search/askedKind.ts';
import { parseQuestion } from '#core/search/question.ts';
import { recordWorld } from '#node/worlds/recordWorld.ts';
import { openWorldTools, type WorldTools, type WorldToolsOptions } from '#node/worlds/worldTools.ts';

export interface LiveRecorderOptions extends WorldToolsOptions {
  readonly folders: readonly string[];
  /** Folder of the indexes, which the searcher of this workspace keeps as well. */
  readonly storage: string;
  readonly signal: AbortSignal;
  /** Episodes of chance for each world. */
  readonly episodes: number;
}

export interface LiveRecorder {
  /** `scope`: files and folders that the search is narrowed to. Throws a `RecordingError`. */
  record(question: string, scope: readonly string[]): Promise<WorldRecord>;
  close(): Promise<void>;
}

/** Resolves when docs and history are complete. Throws a `WorkspaceError` for a folder that cannot be opened. */
export async function openLiveRecorder(options: LiveRecorderOptions): Promise<LiveRecorder> {
  const { folders, storage, signal, episodes } = options;
  const tools = openWorldTools(folders, storage, options);
  await tools.update();
  return {
    record: (question, scope) => recordWorld(question, narrowed(tools, question, scope, options), { signal, episodes }),
    close: () => tools.close(),
  };
}

/** Files outside of the scope stand in commits, and must not be told of. */
function narrowed(
  tools: WorldTools,
  text: string,
  scope: readonly string[],
  { docs = true, docsFolders = [] }: LiveRecorderOptions,
): WorldTools {
  const isInside = insideOfScope(scope, askedKind(text));
  return {
    ...tools,
    ...questionTools(tools, parseQuestion(text), { scope, docs, hasAddedDocs: docsFolders.length > 0 }),
    async sharedCommits(paths, context) {
      const found = await tools.sharedCommits(paths, context);
      if (!found.ok) return found;
      const commits = found.value.commits.map(({ files, weight }) => ({ files: files.filter(isInside), weight }));
      return { ...found, value: { ...found.value, commits } };
    },
  };
}
