/** A path as one would type it from where the program was started. */
import { relative } from 'node:path';
import { printableJson } from '#core/answer/plainText.ts';

export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  const short = near.startsWith('..') ? path : near || '.';
  return /[^\w./-]/.test(short) ? printableJson(short) : short;
}
