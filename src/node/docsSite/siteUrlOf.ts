/** The way back from a file of a docs site to its page. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MANIFEST, parseManifest } from './siteManifest.ts';

/** The address that a file was made from, if it is one of those that `crawlSite` keeps; always of http or https. */
export function siteUrlOf(file: string): string | undefined {
  if (!file.endsWith('.md')) return undefined;
  const manifest = parseManifest(textOf(join(dirname(file), MANIFEST)));
  const url = manifest?.pages.find((page) => page.file === basename(file))?.url;
  return url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined;
}

/** Empty where there is no such file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
