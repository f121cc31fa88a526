/** The real tools over a work tree that moves from commit to commit, or over a workspace as it is. */
import type { CallContext, ToolFailure, ToolName, ToolResult, Tools } from '#core/agent/tools.ts';
import { createDocsTool, type IndexedDocs } from '#node/docs/docsTool.ts';
import type { SharedCommits } from '#node/history/coChange.ts';
import { createHistoryTool, type HistoryIndex } from '#node/history/historyTool.ts';
import { searchedHistory } from '#node/history/searchedHistory.ts';
import { createReadTool } from '#node/readTool.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { createSymbolsTool } from '#node/symbols/symbolsTool.ts';
import { Workspace } from '#node/workspace.ts';
import { createWorkspaceFiles } from '#node/workspaceFiles.ts';

export interface WorldTools extends Tools {
  /** What `coChanges` goes by for these files. */
  sharedCommits(paths: readonly string[], context: CallContext): Promise<ToolResult<SharedCommits>>;
  /** To be called when the files or HEAD have changed; waits until docs and history are complete. */
  update(): Promise<void>;
  close(): Promise<void>;
}

/** As in `SearcherOptions`. */
export interface WorldToolsOptions {
  readonly docsFolders?: readonly string[];
  /** False: there is no docs index. */
  readonly docs?: boolean;
  /** False: git is not run. */
  readonly history?: boolean;
  readonly rg?: string;
  readonly appRoot?: string;
}

/** Throws a `WorkspaceError` for a folder that cannot be opened. */
export function openWorldTools(
  directories: readonly string[],
  storageDirectory: string,
  { docsFolders, docs: hasDocs = true, history: hasHistory = true, rg, appRoot }: WorldToolsOptions = {},
): WorldTools {
  const workspace = Workspace.open(directories);
  const grep = createGrepTool({ workspace, rg, appRoot });
  const symbols = createSymbolsTool({ workspace, grep });
  const addedFolders = docsFolders && { addedFolders: docsFolders };
  const docs = hasDocs ? createDocsTool({ workspace, storageDirectory, rg, appRoot, ...addedFolders }) : noDocs;
  const files = createWorkspaceFiles({ workspace, ripgrep: { setting: rg, appRoot }, keptMs: Infinity });
  const history = hasHistory
    ? searchedHistory(createHistoryTool({ workspace, storageDirectory }), workspace, files)
    : noHistory;
  return {
    grep,
    read: createReadTool({ workspace }),
    symbols,
    docs,
    history,
    sharedCommits: (paths, context) => history.sharedCommits(paths, context),
    async update() {
      files.forget();
      docs.refresh();
      await Promise.all([docs.ready(), history.ready()]);
    },
    async close() {
      files.close();
      symbols.close();
      await Promise.all([docs.close(), history.close()]);
    },
  };
}

const off = (tool: ToolName): Promise<ToolFailure> =>
  Promise.resolve({ ok: false, reason: 'unsupported', message: `The ${tool} tool is switched off.` });
const nothing = (): Promise<void> => Promise.resolve();

const noDocs: Pick<IndexedDocs, 'search' | 'refresh' | 'ready' | 'close'> = {
  search: () => off('docs'),
  refresh: () => undefined,
  ready: nothing,
  close: nothing,
};

const noHistory: Pick<HistoryIndex, 'search' | 'coChanges' | 'sharedCommits' | 'ready' | 'close'> = {
  search: () => off('history'),
  coChanges: () => off('history'),
  sharedCommits: () => off('history'),
  ready: nothing,
  close: nothing,
};
