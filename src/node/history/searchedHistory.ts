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
    const [result, listed] = await Promise.all([found, inTime(files.paths(), context)]);
    if (!result.ok) return result;
    const isListed = (path: string): boolean => listed !== 'late' && listed.has(path);
    const value = keep(result.value, (path) => isListed(path) || workspace.resolve(path) === undefined);
    if (listed !== 'late') return { ...result, value };
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
      telling(history.coChanges(request, context), context, (changes, tells) =>
        changes.filter(({ path }) => tells(path)),
      ),
    sharedCommits: (paths, context) =>
      telling(history.sharedCommits(paths, context), context, ({ commits, touching }, tells) => ({
        commits: commits.map(({ files: changed, weight }) => ({ files: changed.filter(tells), weight })),
        touching,
      })),
  };
}

const UNLISTED = 'The files of the workspace could not be listed in time, so commits are told of without theirs.';
