/** The real tools over one work tree, kept open while the work tree moves from commit to commit. */
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

export function openWorldTools(directory: string, storageDirectory: string): WorldTools {
  const workspace = Workspace.open([directory]);
  const grep = createGrepTool({ workspace });
  const symbols = createSymbolsTool({ workspace, grep });
  const docs = createDocsTool({ workspace, storageDirectory });
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
