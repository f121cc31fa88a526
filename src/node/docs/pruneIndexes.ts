/** Takes away docs indexes that nobody has opened for a long time, so that the cache does not grow for ever. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Marks `used` as opened now and deletes indexes unused for `UNUSED_DAYS`. What cannot be deleted stays. */
export function pruneIndexes(directory: string, used: string, now = new Date()): void {
  try {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (path === used) utimesSync(path, now, now);
      else if (OWN_FILE.test(name) && now.getTime() - statSync(path).mtimeMs > UNUSED_DAYS * DAY_MS) rmSync(path);
    }
  } catch {
    // No folder yet, no permission, or another process was faster: the next start tries again.
  }
}

export const UNUSED_DAYS = 60;
const DAY_MS = 86_400_000;
const OWN_FILE = /^docs-[0-9a-f]{16}\.sqlite(?:\.bad|-wal|-shm|-journal)?$/;
