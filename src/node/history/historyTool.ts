/**
 * The history tool: the workspace's git log, searched by what messages say, and by which files change together.
 *
 * Commits are read in the background, newest first, and kept by id. A search takes what is there; only the first one
 * on a cold cache waits a moment. Files of old commits stand under their present names.
 */
import type { CallContext, HistoryTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import type { Workspace } from '#node/workspace.ts';
import { findCoChanges, sharedCommits, type SharedCommits } from '#node/history/coChange.ts';
import { DEFAULT_LIMITS, type HistoryLimits } from '#node/history/headView.ts';
import { createHistoryStores } from '#node/history/historyStores.ts';
import { createRootHistory, type RootHistory } from '#node/history/rootHistory.ts';
import { searchHistory } from '#node/history/searchHistory.ts';
import { lookAtHistory, type SeenHistory } from '#node/history/seenHistory.ts';

/** Nothing is read before the first call. */
export function createHistoryTool({ workspace, storageDirectory, git = 'git', limits }: HistoryOptions): HistoryIndex {
  const closing = new AbortController();
  const stores = createHistoryStores(storageDirectory);
  const roots = workspace.roots.map((root) =>
    createRootHistory(root, { program: git, signal: closing.signal }, stores, { ...DEFAULT_LIMITS, ...limits }),
  );
  const use = <T>(context: CallContext, work: (seen: SeenHistory) => ToolResult<T>): Promise<ToolResult<T>> =>
    closing.signal.aborted ? Promise.resolve(closed) : useHistory(roots, context, work);
  return {
    search: (request, context) => use(context, (seen) => searchHistory(seen, request.terms, request.limit)),
    coChanges: (request, context) =>
      use(context, (seen) => findCoChanges(workspace, seen, request.paths, request.limit)),
    sharedCommits: (paths, context) => use(context, (seen) => sharedCommits(workspace, seen, paths)),
    refresh: async () => void (await Promise.all(roots.map((root) => root.view()))),
    ready: async () => void (await Promise.all(roots.map((root) => root.ready()))),
    async close() {
      closing.abort();
      await Promise.all(roots.map((root) => root.close()));
      await stores.close();
    },
  };
}

export interface HistoryOptions {
  readonly workspace: Workspace;
  /** Folder for what is kept between runs; one file for each repository. */
  readonly storageDirectory: string;
  /** The git program; `git` on the PATH by default. */
  readonly git?: string;
  /** `DEFAULT_LIMITS` where not given. */
  readonly limits?: Partial<HistoryLimits>;
}

export interface HistoryIndex extends HistoryTool {
  /** What `coChanges` goes by for these files, so that its answers can be recorded. */
  sharedCommits(paths: readonly string[], context: CallContext): Promise<ToolResult<SharedCommits>>;
  /** Looks where HEAD stands now and begins to read what is missing. */
  refresh(): Promise<void>;
  /** Resolves when the history is complete, or cannot be completed. */
  ready(): Promise<void>;
  /** Ends git and closes the files. Calls after it fail. */
  close(): Promise<void>;
}

const closed: ToolFailure = { ok: false, reason: 'cancelled', message: 'The history has been closed.' };
const cancelled: ToolFailure = { ok: false, reason: 'cancelled', message: 'Searching the history was cancelled.' };

async function useHistory<T>(
  roots: readonly RootHistory[],
  context: CallContext,
  work: (seen: SeenHistory) => ToolResult<T>,
): Promise<ToolResult<T>> {
  const deadlineMs = performance.now() + context.timeoutMs;
  for (let tries = 0; ; tries++) {
    const history = await lookAtHistory(roots, context, deadlineMs);
    if (context.signal.aborted) return cancelled;
    if ('ok' in history) return history;
    try {
      for (const { view } of history.seen) view.store.refresh();
      return work(history);
    } catch (error) {
      await Promise.all(roots.map(async (root, i) => history.views[i] && root.repair(history.views[i], error)));
      if (tries > 0)
        return { ok: false, reason: 'failed', message: `The kept history could not be read (${String(error)}).` };
    }
  }
}
