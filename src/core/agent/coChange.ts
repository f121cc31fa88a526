/**
 * Files that change together (after Zimmermann et al., "Mining version histories to guide software changes", 2004,
 * reduced to a weight for each pair of files). A file is a path or the number of one.
 */

/** A commit as far as it ties files to each other. */
export interface SharedCommit<F> {
  /** Without doubles. */
  readonly files: readonly F[];
  /** 1 / (number of files that it changed − 1). */
  readonly weight: number;
}

/** Commits of the given files that are looked at, newest first. */
export const MAX_COMMON_COMMITS = 2_000;

export interface CoChangeWeights<F> {
  /** By file, the given ones left out. */
  readonly weights: ReadonlyMap<F, number>;
  /** One sentence if older commits were not looked at. */
  readonly note: string | undefined;
}

/** Adds up the commits that any of `given` is in; `commits` are theirs, newest first, each once. */
export function weighCoChanges<F>(
  commits: readonly number[],
  at: (commit: number) => SharedCommit<F>,
  given: ReadonlySet<F>,
): CoChangeWeights<F> {
  const weights = new Map<F, number>();
  for (const commit of commits.slice(0, MAX_COMMON_COMMITS)) {
    const { files, weight } = at(commit);
    if (!files.some((file) => given.has(file))) continue;
    for (const file of files) if (!given.has(file)) weights.set(file, (weights.get(file) ?? 0) + weight);
  }
  const leftOut = commits.length - MAX_COMMON_COMMITS;
  if (leftOut <= 0) return { weights, note: undefined };
  const note = `Only the newest ${MAX_COMMON_COMMITS} commits of these files are looked at, ${leftOut} are left out.`;
  return { weights, note };
}

/** Heaviest first; equals by path. */
export const sortCoChanges = (weights: ReadonlyMap<string, number>): [path: string, weight: number][] =>
  [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
