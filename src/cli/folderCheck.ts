/** Says what is wrong with a workspace that cannot be searched or holds nothing to search, before and after asking. */
import { closeSync, openSync, readdirSync, readSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '#cli/environment.ts';

const HEAD_BYTES = 8_192;
const MAX_HEADS = 200;
const MAX_ENTRIES = 20_000;

/** Throws a `CliError` if a folder may not be listed, or if there is no file in any of them. */
export function checkFolders(directories: readonly string[]): void {
  for (const directory of directories) checkReadable(directory);
  if (directories.some((directory) => !filesIn(directory).next().done)) return;
  const one = directories.length === 1;
  throw new CliError(
    `There are no files in ${directories.join(', ')}. ${one ? 'Choose another folder' : 'Choose other folders'} by --workspace DIR.`,
  );
}

/** True if every one of the first files has a NUL byte near its beginning, so that there is no text to search. */
export function holdsOnlyBinaries(directories: readonly string[]): boolean {
  let heads = 0;
  for (const directory of directories)
    for (const file of filesIn(directory)) {
      if (heads++ >= MAX_HEADS) return true;
      if (isText(file)) return false;
    }
  return heads > 0;
}

function checkReadable(directory: string): void {
  try {
    readdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM')
      throw new CliError(`No permission to read ${directory}. Choose a folder that you may read.`);
  }
}

/** Files below a folder, breadth first; git's own and links are no files of the workspace. */
function* filesIn(directory: string): Generator<string, undefined> {
  const waiting = [directory];
  let entries = 0;
  for (let next = waiting.shift(); next !== undefined && entries < MAX_ENTRIES; next = waiting.shift()) {
    for (const entry of entriesOf(next)) {
      entries++;
      if (entry.isFile()) yield join(next, entry.name);
      else if (entry.isDirectory() && entry.name !== '.git') waiting.push(join(next, entry.name));
    }
  }
  return undefined;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isText(file: string): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const head = Buffer.alloc(HEAD_BYTES);
    const size = readSync(descriptor, head);
    const isUtf16 = size > 1 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
    return size > 0 && (isUtf16 || !head.subarray(0, size).includes(0));
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
