/** Folders full of files for tests, made in the system's temporary folder and taken away by `removeTrees`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes files by their paths and returns the folder, symbolic links resolved. */
export function makeTree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-tree-')));
  made.push(directory);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** For `afterAll`. */
export function removeTrees(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

const made: string[] = [];
