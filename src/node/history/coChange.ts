/**
 * Files that change together (after Zimmermann et al., "Mining version histories to guide software changes", 2004,
 * reduced to a weight for each pair of files).
 */
import type { CoChange, ToolResult } from '#core/agent/tools.ts';
import type { Workspace } from '#node/workspace.ts';
import type { CommitRow } from '#node/history/commitStore.ts';
import { currentName, namesOf, type NameSpace } from '#node/history/currentNames.ts';
import { repositoryPath, success, workspacePath, type SeenHistory } from '#node/history/seenHistory.ts';

/** Heaviest first, equals by path; only files that are still there. */
export function findCoChanges(
  workspace: Workspace,
  history: SeenHistory,
  paths: readonly string[],
  limit: number,
): ToolResult<readonly CoChange[]> {
  const changes = new Map<string, number>();
  const notes = [...history.notes];
  for (const { view } of history.seen) {
    // Folders of one work tree see each other's files.
    const roots = history.seen.filter((other) => other.view.repository.gitDirectory === view.repository.gitDirectory);
    const given = new Set(paths.flatMap((path) => roots.flatMap((seen) => repositoryPath(seen, path) ?? [])));
    const weights = new Map<string, number>();
    const { leftOut } = addCoChanges(view, given, weights);
    if (leftOut)
      notes.push(
        `Only the newest ${MAX_COMMON_COMMITS} commits of these files are looked at, ${leftOut} are left out.`,
      );
    for (const [path, weight] of weights)
      for (const seen of roots) {
        const name = workspacePath(seen, path);
        if (name !== undefined) changes.set(name, Math.max(weight, changes.get(name) ?? 0));
      }
  }
  const sorted = [...changes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const found: CoChange[] = [];
  for (const [path, weight] of sorted) {
    if (found.length >= limit) break;
    if (workspace.resolve(path) !== undefined) found.push({ path, weight });
  }
  return success(found, notes);
}

/** Adds to `weights` what changed together with `given`. Keys and values are repository paths by their present names. */
function addCoChanges(space: NameSpace, given: ReadonlySet<string>, weights: Map<string, number>): CoChangeCount {
  const { store } = space;
  const numbers = new Set([...given].map((path) => store.pathNumber(path)).filter((number) => number !== undefined));
  const found = new Set([...numbers].flatMap((path) => namesOf(space, path)).flatMap((name) => store.touching(name)));
  const commits = [...found]
    .filter((commit) => space.members.has(commit))
    .sort((a, b) => store.timeOf(b) - store.timeOf(a) || (store.idOf(a) < store.idOf(b) ? -1 : 1));
  for (const commit of commits.slice(0, MAX_COMMON_COMMITS)) {
    const row = store.rowOf(commit);
    const files = new Set(Array.from(row.paths, (path) => currentName(space, path, commit)));
    if (![...files].some((file) => numbers.has(file))) continue;
    for (const file of files) if (!numbers.has(file)) add(weights, store.pathOf(file), weightOf(row));
  }
  return { leftOut: Math.max(0, commits.length - MAX_COMMON_COMMITS) };
}

interface CoChangeCount {
  /** Older commits that were not looked at. */
  readonly leftOut: number;
}

/** Commits of the given files that are looked at, newest first. */
export const MAX_COMMON_COMMITS = 2_000;

const weightOf = ({ fileCount }: CommitRow): number => 1 / (fileCount - 1);

function add(weights: Map<string, number>, path: string, weight: number): void {
  weights.set(path, (weights.get(path) ?? 0) + weight);
}
