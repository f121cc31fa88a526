/** Keeps windows, which are processes, from changing one file at once: who has made the lock file may. */
import { randomUUID } from 'node:crypto';
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
  const mine = `${process.pid} ${randomUUID()}`;
  const beganMs = performance.now();
  while (!(await take(file, mine))) {
    if (await isLeft(file)) await removeLeft(file);
    else if (performance.now() - beganMs > 2 * STALE_MS) throw new Error(`${file} is held by another process`);
    else await pause(TRY_AGAIN_MS);
  }
  try {
    return await action();
  } finally {
    // Another one may have taken it over meanwhile.
    if ((await textOf(file)) === mine) await rm(file, { force: true });
  }
}

const STALE_MS = 10_000;
const TRY_AGAIN_MS = 10;

async function take(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    // Windows refuses the name of a file that is just being deleted.
    const isHeld = codeOf(error) === 'EEXIST' || (process.platform === 'win32' && codeOf(error) === 'EPERM');
    if (isHeld) return false;
    throw error;
  }
}

/**
 * One at a time, and each looks again: otherwise one who has found it left would remove it when another one has taken it
 * over already. Who dies while doing so leaves a lock that is taken over in the same way.
 */
const removeLeft = (file: string): Promise<void> =>
  withFileLock(`${file}.left`, async () => {
    if (await isLeft(file)) await rm(file, { force: true });
  });

async function isLeft(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    // Between being made and being written it is empty.
    return Date.now() - mtimeMs > STALE_MS || (pid > 0 && !isRunning(pid));
  } catch {
    return false;
  }
}

/** Undefined where it cannot be read. */
const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
