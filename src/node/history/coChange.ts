/**
 * Files that change together (after Zimmermann et al., "Mining version histories to guide software changes", 2004,
 * reduced to a weight for each pair of files).
 */
import type { CommitRow } from '#node/history/commitStore.ts';
import { currentName, namesOf, type NameSpace } from '#node/history/currentNames.ts';

/** Adds to `weights` what changed together with `given`. Keys and values are repository paths by their present names. */
export function addCoChanges(
  space: NameSpace,
  given: ReadonlySet<string>,
  weights: Map<string, number>,
): CoChangeCount {
  const { store } = space;
  const numbers = new Set([...given].map((path) => store.pathNumber(path)).filter((number) => number !== undefined));
  const found = new Set([...numbers].flatMap((path) => namesOf(space, path)).flatMap((name) => store.touching(name)));
  const commits = [...found]
    .filter((commit) => space.members.has(commit))
    .sort((a, b) => store.timeOf(b) - store.timeOf(a) || (store.idOf(a) < store.idOf(b) ? -1 : 1));
  const names = new Map<number, string>();
  for (const commit of commits.slice(0, MAX_COMMON_COMMITS)) {
    const row = store.rowOf(commit);
    const files = new Set(Array.from(row.paths, (path) => currentName(space, path, commit)));
    if (![...files].some((file) => numbers.has(file))) continue;
    for (const file of files) if (!numbers.has(file)) add(weights, nameIn(names, space, file), weightOf(row));
  }
  return { leftOut: Math.max(0, commits.length - MAX_COMMON_COMMITS) };
}

export interface CoChangeCount {
  /** Older commits that were not looked at. */
  readonly leftOut: number;
}

/** Commits of the given files that are looked at, newest first. */
export const MAX_COMMON_COMMITS = 2_000;

const weightOf = ({ fileCount }: CommitRow): number => 1 / (fileCount - 1);

function nameIn(names: Map<number, string>, { store }: NameSpace, file: number): string {
  let name = names.get(file);
  if (name === undefined) names.set(file, (name = store.pathOf(file)));
  return name;
}

function add(weights: Map<string, number>, path: string, weight: number): void {
  weights.set(path, (weights.get(path) ?? 0) + weight);
}
