/** Takes away cached databases that nobody has opened for a long time, so that the cache does not grow for ever. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Marks the database `used` as opened now and deletes those of `directory` that were unused for `UNUSED_DAYS`, with
 * what SQLite keeps beside them. Only names that `own` matches are touched. What cannot be deleted stays.
 */
export function pruneCaches(directory: string, used: string, own: RegExp, now = new Date()): void {
  try {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (path === used) utimesSync(path, now, now);
      else if (!path.startsWith(used) && own.test(name) && isOld(path, now)) rmSync(path);
    }
  } catch {
    // No folder yet, no permission, or another process was faster: the next start tries again.
  }
}

export const UNUSED_DAYS = 60;
const DAY_MS = 86_400_000;

const isOld = (path: string, now: Date): boolean => now.getTime() - statSync(path).mtimeMs > UNUSED_DAYS * DAY_MS;
