/** Files that changed together, by the kept history: what `core/agent/coChange.ts` adds up. */
import { sortCoChanges, weighCoChanges, type SharedCommit } from '#core/agent/coChange.ts';
import type { CoChange, ToolResult } from '#core/agent/tools.ts';
import type { Workspace } from '#node/workspace.ts';
import { currentName, namesOf, type NameSpace } from '#node/history/currentNames.ts';
import { repositoryPath, success, workspacePath, type SeenHistory, type SeenRoot } from '#node/history/seenHistory.ts';

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
  /** Of each repository newest first; only files that are still there, by their workspace paths. */
  readonly commits: readonly SharedCommit<string>[];
  /** For each file asked for: indices of its commits, rising. */
  readonly touching: ReadonlyMap<string, readonly number[]>;
}

export function sharedCommits(
  workspace: Workspace,
  history: SeenHistory,
  paths: readonly string[],
): ToolResult<SharedCommits> {
  const commits: SharedCommit<string>[] = [];
  const touching = new Map(paths.map((path) => [path, [] as number[]]));
  for (const roots of Map.groupBy(history.seen, ({ view }) => view.repository.gitDirectory).values()) {
    const { view } = roots[0]!;
    const own = paths.map((path) =>
      commitsOf(
        view,
        numbersOf(
          view,
          roots.flatMap((seen) => repositoryPath(seen, path) ?? []),
        ),
      ),
    );
    const numbers = newestFirst(view, new Set(own.flat()));
    const ranks = new Map(numbers.map((number, rank) => [number, commits.length + rank]));
    paths.forEach((path, i) => touching.get(path)!.push(...own[i]!.map((number) => ranks.get(number)!)));
    const namesOf = presentNames(workspace, roots);
    for (const number of numbers) {
      const { files, weight } = sharedCommit(view, number);
      commits.push({ files: files.flatMap(namesOf), weight });
    }
  }
  return success({ commits, touching }, history.notes);
}

/** Workspace paths of a repository's path, by its number: none if it is not there, several if folders overlap. */
function presentNames(workspace: Workspace, roots: readonly SeenRoot[]): (path: number) => readonly string[] {
  const known = new Map<number, readonly string[]>();
  return (path) => {
    let names = known.get(path);
    if (!names) {
      const all = roots.flatMap((seen) => workspacePath(seen, seen.view.store.pathOf(path)) ?? []);
      known.set(path, (names = all.filter((name) => workspace.resolve(name) !== undefined)));
    }
    return names;
  };
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
