/** The real tools over a work tree that moves from commit to commit, or over a workspace as it is. */
import type { CallContext, ToolResult, Tools } from '#core/agent/tools.ts';
import { createDocsTool } from '#node/docs/docsTool.ts';
import type { SharedCommits } from '#node/history/coChange.ts';
import { createHistoryTool } from '#node/history/historyTool.ts';
import { createReadTool } from '#node/readTool.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { createSymbolsTool } from '#node/symbols/symbolsTool.ts';
import { Workspace } from '#node/workspace.ts';

export interface WorldTools extends Tools {
  /** What `coChanges` goes by for these files. */
  sharedCommits(paths: readonly string[], context: CallContext): Promise<ToolResult<SharedCommits>>;
  /** To be called when the files or HEAD have changed; waits until docs and history are complete. */
  update(): Promise<void>;
  close(): Promise<void>;
}

/** Where programs and documents are that are not in the folders; as in `SearcherOptions`. */
export interface WorldToolsOptions {
  readonly rg?: string;
  readonly appRoot?: string;
  readonly docsFolders?: readonly string[];
}

/** Throws a `WorkspaceError` for a folder that cannot be opened. */
export function openWorldTools(
  directories: readonly string[],
  storageDirectory: string,
  { rg, appRoot, docsFolders }: WorldToolsOptions = {},
): WorldTools {
  const workspace = Workspace.open(directories);
  const grep = createGrepTool({ workspace, rg, appRoot });
  const symbols = createSymbolsTool({ workspace, grep });
  const addedFolders = docsFolders && { addedFolders: docsFolders };
  const docs = createDocsTool({ workspace, storageDirectory, rg, appRoot, ...addedFolders });
  const history = createHistoryTool({ workspace, storageDirectory });
  return {
    grep,
    read: createReadTool({ workspace }),
    symbols,
    docs,
    history,
    sharedCommits: (paths, context) => history.sharedCommits(paths, context),
    async update() {
      docs.refresh();
      await Promise.all([docs.ready(), history.ready()]);
    },
    async close() {
      symbols.close();
      await Promise.all([docs.close(), history.close()]);
    },
  };
}
