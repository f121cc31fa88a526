/** Where everything is kept: below the extension's own folder, so that deleting it deletes all. */
import { join } from 'node:path';

export interface StoragePaths {
  /** Docs indexes and commits; can be made again. */
  readonly caches: string;
  readonly conversations: string;
  readonly feedback: string;
  /** Pages of docs sites, a folder each. */
  readonly sites: string;
}

/** @param globalStorage it stays the same whatever folders are open, unlike the workspace's own. */
export const storagePaths = (globalStorage: string): StoragePaths => ({
  caches: join(globalStorage, 'caches'),
  conversations: join(globalStorage, 'conversations'),
  feedback: join(globalStorage, 'feedback'),
  sites: join(globalStorage, 'sites'),
});
