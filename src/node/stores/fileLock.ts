/** Keeps windows, which are processes, from changing one file at once: who has made the lock file may. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, isRunning } from './writeWhole.ts';

/**
 * Runs `action` while this process has the lock `file`; waits until it is free. Meant for what takes milliseconds: a
 * lock whose process is gone, or that is older than ten seconds, is taken over. Rejects when the folder cannot be
 * written to.
 */
export async function withFileLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  while (!(await take(file))) {
    if (await isLeft(file)) await rm(file, { force: true });
    else if (performance.now() - beganMs > 2 * STALE_MS) throw new Error(`${file} is held by another process`);
    else await pause(TRY_AGAIN_MS);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

const STALE_MS = 10_000;
const TRY_AGAIN_MS = 10;

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    // Windows refuses the name of a file that is just being deleted.
    const isHeld = codeOf(error) === 'EEXIST' || (process.platform === 'win32' && codeOf(error) === 'EPERM');
    if (isHeld) return false;
    throw error;
  }
}

async function isLeft(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    const pid = Number(await readFile(file, 'utf8'));
    // Between being made and being written it is empty.
    return Date.now() - mtimeMs > STALE_MS || (pid > 0 && !isRunning(pid));
  } catch {
    return false;
  }
}
