/** Where everything is kept: below the extension's own folder, so that deleting it deletes all. */
import { join } from 'node:path';

export interface StoragePaths {
  /** Docs indexes and commits; can be made again. */
  readonly caches: string;
  readonly conversations: string;
  readonly feedback: string;
  /** Pages of docs sites, a folder each. */
  readonly sites: string;
  /** Versions of learned policies, a folder for each workspace and one for the user. */
  readonly policies: string;
  /** Runs that learn, a folder each; little is left of one that is at its end. */
  readonly runs: string;
}

/** @param globalStorage it stays the same whatever folders are open, unlike the workspace's own. */
export const storagePaths = (globalStorage: string): StoragePaths => ({
  caches: join(globalStorage, 'caches'),
  conversations: join(globalStorage, 'conversations'),
  feedback: join(globalStorage, 'feedback'),
  sites: join(globalStorage, 'sites'),
  policies: join(globalStorage, 'policies'),
  runs: join(globalStorage, 'runs'),
});
