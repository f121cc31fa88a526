/** A path as one would type it from where the program was started. */
import { relative } from 'node:path';
import { printableJson } from '#core/answer/plainText.ts';

export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return typedPath(near.startsWith('..') ? path : near || '.');
}

/** As one types it: in quotes where it has blanks or what a shell might take for its own. */
export const typedPath = (path: string): string => (/[^\w./-]/.test(path) ? printableJson(path) : path);
