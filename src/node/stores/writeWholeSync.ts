/**
 * `writeWhole` for what may not wait: at the exit of a process, or between two steps of one that does nothing else. Not
 * for the editor's process, which stands still meanwhile.
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isHeldByReader, isLeftUnfinished, TRY_AGAIN_MS, unfinishedName } from './writeWhole.ts';

/** Throws as the file system does; then the old file is there as it was. */
export function writeWholeSync(file: string, content: string | Uint8Array): void {
  const fresh = unfinishedName(file);
  try {
    writeThrough(fresh, content);
    replace(fresh, file);
  } catch (error) {
    remove(fresh);
    throw error;
  }
  syncFolder(dirname(file));
}

/** Takes away what killed processes left of files that they had begun to write in a folder and those within. */
export function sweepUnfinishedSync(directory: string): void {
  if (!existsSync(directory)) return;
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter(isLeftUnfinished)) rmSync(join(directory, name), { force: true });
}

function writeThrough(file: string, content: string | Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function replace(fresh: string, file: string): void {
  for (let tries = 1; ; tries++)
    try {
      return renameSync(fresh, file);
    } catch (error) {
      if (!isHeldByReader(error, tries)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_AGAIN_MS);
    }
}

/** What could not be written at all cannot always be removed either; why it could not be is told. */
function remove(fresh: string): void {
  try {
    rmSync(fresh, { force: true });
  } catch {
    // The next sweep takes it away.
  }
}

/** Makes the new name last; Windows cannot open folders, and needs no such call. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
