/**
 * The history without files that are there and are not searched: commits know files that came to be ignored later, and
 * what is ignored must not be found by way of them. Files that are gone keep their names.
 */
import type { CallContext, ToolResult } from '#core/agent/tools.ts';
import { inTime } from '#node/inTime.ts';
import type { Workspace } from '#node/workspace.ts';
import type { WorkspaceFiles } from '#node/workspaceFiles.ts';
import type { HistoryIndex } from './historyTool.ts';

/** A commit without any such file stays: its message was found. Where files cannot be listed, none of those there is told of. */
export function searchedHistory(history: HistoryIndex, workspace: Workspace, files: WorkspaceFiles): HistoryIndex {
  const telling = async <T>(
    found: Promise<ToolResult<T>>,
    context: CallContext,
    keep: (value: T, tells: (path: string) => boolean) => T,
  ): Promise<ToolResult<T>> => {
    const [result, listing] = await Promise.all([found, inTime(files.list(), context)]);
    if (!result.ok) return result;
    const told = new Map<string, boolean>();
    const tells = (path: string): boolean => {
      let isTold = told.get(path);
      if (isTold === undefined) {
        const isListed = listing !== 'late' && listing.paths.has(path);
        told.set(path, (isTold = isListed || workspace.resolve(path) === undefined));
      }
      return isTold;
    };
    const value = keep(result.value, tells);
    if (listing !== 'late' && listing.isWhole) return { ...result, value };
    return { ok: true, value, partial: [result.partial, UNLISTED].filter(Boolean).join(' ') };
  };
  return {
    ...history,
    search: (request, context) =>
      telling(history.search(request, context), context, ({ commits, state }, tells) => ({
        commits: commits.map(({ commit, score }) => ({
          commit: { ...commit, files: commit.files.filter(tells) },
          score,
        })),
        state,
      })),
    coChanges: (request, context) =>
      telling(history.coChanges({ ...request, limit: request.limit * SURPLUS }, context), context, (changes, tells) =>
        changes.filter(({ path }) => tells(path)).slice(0, request.limit),
      ),
    sharedCommits: (paths, context) =>
      telling(history.sharedCommits(paths, context), context, ({ commits, touching }, tells) => ({
        commits: commits.map(({ files: changed, weight }) => ({ files: changed.filter(tells), weight })),
        touching,
      })),
  };
}

/** How many more are asked for than are wanted: built files that were committed once may stand before all others. */
const SURPLUS = 20;

const UNLISTED = 'The files of the workspace could not all be listed, so commits may be told of without theirs.';
