/** Files that changed together, by the kept history: what `core/agent/coChange.ts` adds up. */
import { sortCoChanges, weighCoChanges, type SharedCommit } from '#core/agent/coChange.ts';
import type { CoChange, ToolResult } from '#core/agent/tools.ts';
import type { Workspace } from '#node/workspace.ts';
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
    const given = numbersOf(
      view,
      paths.flatMap((path) => roots.flatMap((seen) => repositoryPath(seen, path) ?? [])),
    );
    const at = (commit: number): SharedCommit<number> => sharedCommit(view, commit);
    const { weights, note } = weighCoChanges(commitsOf(view, given), at, given);
    if (note !== undefined) notes.push(note);
    for (const [path, weight] of weights)
      for (const seen of roots) {
        const name = workspacePath(seen, view.store.pathOf(path));
        if (name !== undefined) changes.set(name, Math.max(weight, changes.get(name) ?? 0));
      }
  }
  const found: CoChange[] = [];
  for (const [path, weight] of sortCoChanges(changes)) {
    if (found.length >= limit) break;
    if (workspace.resolve(path) !== undefined) found.push({ path, weight });
  }
  return success(found, notes);
}

/** All that `coChanges` needs to know of some files, to answer for any of them without the history. */
export interface SharedCommits {
  /** Newest first; only files that are still there, by their workspace paths. */
  readonly commits: readonly SharedCommit<string>[];
  /** For each file asked for: indices of its commits, rising. */
  readonly touching: ReadonlyMap<string, readonly number[]>;
}

/** For a workspace of one folder. */
export function sharedCommits(
  workspace: Workspace,
  history: SeenHistory,
  paths: readonly string[],
): ToolResult<SharedCommits> {
  const [seen] = history.seen;
  if (!seen) return success({ commits: [], touching: new Map(paths.map((path) => [path, []])) }, history.notes);
  const { view } = seen;
  const own = paths.map((path) => commitsOf(view, numbersOf(view, [repositoryPath(seen, path) ?? ''])));
  const numbers = newestFirst(view, new Set(own.flat()));
  const ranks = new Map(numbers.map((number, rank) => [number, rank]));
  const names = new Map<number, string | undefined>();
  const nameOf = (path: number): string | undefined => {
    if (!names.has(path)) {
      const name = workspacePath(seen, view.store.pathOf(path));
      names.set(path, name !== undefined && workspace.resolve(name) !== undefined ? name : undefined);
    }
    return names.get(path);
  };
  const commits = numbers.map((number) => {
    const { files, weight } = sharedCommit(view, number);
    return { files: files.map(nameOf).filter((name) => name !== undefined), weight };
  });
  const touching = new Map(paths.map((path, i) => [path, own[i]!.map((number) => ranks.get(number)!)]));
  return success({ commits, touching }, history.notes);
}

/** The files' commits, newest first. */
const commitsOf = (space: NameSpace, files: ReadonlySet<number>): number[] =>
  newestFirst(
    space,
    new Set([...files].flatMap((path) => namesOf(space, path)).flatMap((name) => space.store.touching(name))),
  );

const newestFirst = ({ store, members }: NameSpace, commits: ReadonlySet<number>): number[] =>
  [...commits]
    .filter((commit) => members.has(commit))
    .sort((a, b) => store.timeOf(b) - store.timeOf(a) || (store.idOf(a) < store.idOf(b) ? -1 : 1));

/** Files by their present names. */
function sharedCommit(space: NameSpace, commit: number): SharedCommit<number> {
  const row = space.store.rowOf(commit);
  const files = new Set(Array.from(row.paths, (path) => currentName(space, path, commit)));
  return { files: [...files], weight: 1 / (row.fileCount - 1) };
}

/** Repository paths as numbers of the store; paths that no commit has are left out. */
const numbersOf = ({ store }: NameSpace, paths: readonly string[]): ReadonlySet<number> =>
  new Set(paths.map((path) => store.pathNumber(path)).filter((number) => number !== undefined));
