/**
 * Follows files through renames: what a file of an old commit is called now, and what a file was called before.
 */
import type { BitSet } from '#node/history/bitSet.ts';
import type { CommitStore } from '#node/history/commitStore.ts';

/** Store and ancestors: renames on other branches do not count. */
export interface NameSpace {
  readonly store: CommitStore;
  readonly members: BitSet;
}

/** The present name of a path that a commit changed. Names are the numbers of paths. */
export function currentName({ store, members }: NameSpace, path: number, commit: number): number {
  let name = path;
  let timeS = store.timeOf(commit);
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const later = store
      .renamesOf(name)
      .filter(({ number }) => number !== commit && members.has(number) && store.timeOf(number) >= timeS)
      .sort(
        (a, b) =>
          store.timeOf(a.number) - store.timeOf(b.number) || (store.idOf(a.number) < store.idOf(b.number) ? -1 : 1),
      );
    const next = later[0];
    if (!next) break;
    name = next.to;
    timeS = store.timeOf(next.number);
  }
  return name;
}

/** The path itself and all names that it had, in any commit. */
export function namesOf({ store }: NameSpace, path: number): number[] {
  const names = [path];
  for (let i = 0; i < names.length && names.length < MAX_NAMES; i++)
    for (const former of store.formerNames(names[i]!)) if (!names.includes(former)) names.push(former);
  return names;
}

const MAX_HOPS = 8;
const MAX_NAMES = 32;
