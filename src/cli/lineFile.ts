/** A new file that lines are put into; whenever it is looked at, and however it ends, it holds whole lines. */
import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { CliError } from '#cli/environment.ts';

export interface LineFile {
  /** Lines so far. */
  readonly lines: number;
  append(line: string): void;
  /** Writes what is still held back. */
  flush(): void;
  /** An empty file is taken away again. */
  close(): void;
}

const HELD_UNITS = 65_536;

/** Throws a `CliError` if there is such a file, or if it cannot be written. */
export function createLineFile(file: string): LineFile {
  const descriptor = open(file);
  let held = '';
  let lines = 0;
  let isOpen = true;
  const flush = (): void => {
    const bytes = Buffer.from(held);
    held = '';
    if (isOpen && bytes.length) writeWhole(descriptor, file, bytes);
  };
  return {
    get lines() {
      return lines;
    },
    append(line) {
      held += `${line}\n`;
      lines++;
      if (held.length >= HELD_UNITS) flush();
    },
    flush,
    close() {
      if (!isOpen) return;
      flush();
      isOpen = false;
      closeSync(descriptor);
      if (lines === 0) unlinkSync(file);
    },
  };
}

function open(file: string): number {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CliError(`There is ${file} already. Name another file by --out, or delete it.`);
    throw new CliError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}

/** What does not fit on the disk is taken back to the last whole line. */
function writeWhole(descriptor: number, file: string, bytes: Buffer): void {
  const before = fstatSync(descriptor).size;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    ftruncateSync(descriptor, before + bytes.lastIndexOf(10, written - 1) + 1);
    throw new CliError(`${file} could not be written. ${isFull ? 'The disk is full' : (error as Error).message}.`);
  }
}
