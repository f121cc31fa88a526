/** A path as one would type it from where the program was started. */
import { relative } from 'node:path';
import { printable, printableJson } from '#core/answer/plainText.ts';

export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return typedPath(near.startsWith('..') ? path : near || '.');
}

/** As one types it: in quotes where it has blanks or what a shell might take for its own. */
export function typedPath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (!/[^\w./-]/.test(path)) return path;
  // In double quotes a POSIX shell still reads `$`; those of Windows know no others.
  return platform === 'win32' ? printableJson(path) : `'${printable(path).replaceAll("'", String.raw`'\''`)}'`;
}
