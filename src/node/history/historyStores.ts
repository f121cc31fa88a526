/**
 * The opened commit stores, one for each repository: work trees of one repository share it.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pruneCaches } from '#node/pruneCaches.ts';
import { setAside, troubleOf } from '#node/sqlite.ts';
import { openCommitStore, type CommitStore } from '#node/history/commitStore.ts';

export function createHistoryStores(directory: string): HistoryStores {
  const opened = new Map<string, Promise<CommitStore>>();
  const current = new Set<CommitStore>();
  let repairs = 0;

  const open = async (file: string | undefined): Promise<CommitStore> => {
    const store = await openCommitStore(file);
    current.add(store);
    return store;
  };
  return {
    open(commonDirectory) {
      const known = opened.get(commonDirectory);
      if (known) return known;
      const folder = join(directory, 'history');
      const file = join(folder, `${nameOf(commonDirectory)}.db`);
      pruneCaches(folder, file, STORE_FILE);
      const opening = open(file);
      opened.set(commonDirectory, opening);
      opening.catch(() => opened.delete(commonDirectory));
      return opening;
    },
    isCurrent: (store) => current.has(store),
    async repair(commonDirectory, store, error) {
      if (!current.delete(store)) return;
      store.close();
      const usable = ++repairs <= MAX_REPAIRS && error !== undefined && clearFile(store.file, error);
      const opening = open(usable ? store.file : undefined);
      opened.set(commonDirectory, opening);
      await opening;
    },
    async close() {
      for (const opening of opened.values()) (await opening.catch(() => undefined))?.close();
      opened.clear();
      current.clear();
    },
  };
}

const STORE_FILE = /^[0-9a-f]{24}\.db(?:\.bad|-wal|-shm|-journal)?$/;

export interface HistoryStores {
  /** The store of the repository with this common git folder. Rejects when SQLite cannot be loaded. */
  open(commonDirectory: string): Promise<CommitStore>;
  /** False once the store was replaced by another. */
  isCurrent(store: CommitStore): boolean;
  /** Replaces a store that failed or is too full: by an empty one in its place, or in memory. */
  repair(commonDirectory: string, store: CommitStore, error: unknown): Promise<void>;
  close(): Promise<void>;
}

/** A store that grew beyond its cap with commits that no head reaches. */
export class StoreOutgrown extends Error {
  override readonly name = 'StoreOutgrown';
}

/** After so many the disk is not trusted any more. */
const MAX_REPAIRS = 3;

const nameOf = (commonDirectory: string): string =>
  createHash('sha256').update(commonDirectory).digest('hex').slice(0, 24);

/** Takes the file out of the way where a new one can help. */
function clearFile(file: string | undefined, error: unknown): boolean {
  const outgrown = error instanceof StoreOutgrown;
  if (file === undefined || (!outgrown && troubleOf(error) !== 'corrupt')) return false;
  try {
    setAside(file);
    if (outgrown) rmSync(`${file}.bad`, { force: true });
    return true;
  } catch {
    return false;
  }
}
