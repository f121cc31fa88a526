/** Writes files whole or not at all, whatever stops the process or the machine while they are written. */
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Content in pieces is written piece by piece. Rejects as the file system does; then the old file is there as it was.
 * Several may write one file at once: the last to end has it, whole.
 */
export async function writeWhole(file: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const fresh = unfinishedName(file);
  try {
    await writeThrough(fresh, content);
    await moveInto(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Where a file is written before it takes its name: one that nobody else writes to. */
export const unfinishedName = (file: string): string => `${file}.${++begun}.${process.pid}.new`;

let begun = 0;

/** Whether a file of this name is one that a process had begun to write and that is gone now. */
export function isLeftUnfinished(name: string): boolean {
  const pid = /\.(\d+)\.new$/.exec(name)?.[1];
  return pid !== undefined && !isRunning(Number(pid));
}

/** Gives what is written through, a file or a folder, its name for good: a file of that name is replaced. */
export async function moveInto(fresh: string, name: string): Promise<void> {
  await replace(fresh, name);
  await syncFolder(dirname(name));
}

/** Takes away what killed processes left of files that they had begun to write in a folder. */
export async function sweepUnfinished(directory: string): Promise<void> {
  for (const name of await namesIn(directory))
    if (isLeftUnfinished(name)) await rm(join(directory, name), { force: true });
}

/** Names in a folder, sorted; none where there is no folder. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Whether some process has this number; another one may have got it since. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Writes a file that is on the disk when the call is over. */
export async function writeThrough(file: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const TRY_AGAIN_MS = 25;
const MAX_TRIES = 20;

/** Whether a file may be replaced a little later: on Windows it cannot be while a reader has it open. */
export const isHeldByReader = (error: unknown, tries: number): boolean =>
  process.platform === 'win32' && /^(EPERM|EACCES|EBUSY)$/.test(codeOf(error) ?? '') && tries < MAX_TRIES;

async function replace(fresh: string, file: string): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await rename(fresh, file);
    } catch (error) {
      if (!isHeldByReader(error, tries)) throw error;
      await pause(TRY_AGAIN_MS);
    }
}

/** Makes the names in a folder last; Windows cannot open folders, and needs no such call. */
export async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
