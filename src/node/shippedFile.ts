/** Files that Spoor comes with: beside the sources, or beside the bundle. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFolder } from '#node/ownFolder.ts';

/** The path of a file of the `models` folder; undefined if it is not there. */
export function shippedFile(name: string, start: string = ownFolder()): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, 'models', name);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}
