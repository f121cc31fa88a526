/** Docs sites that the user named: their addresses, and the folders that their pages are kept in. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A site's address in its one form, or undefined for what is none that can be read. */
export function siteUrl(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password) return undefined;
  url.hash = '';
  return url.href;
}

/** The folder of a site, named so that paths of its pages can be read: `docs.example.com-1a2b3c4d`. */
export function siteFolder(sites: string, url: string): string {
  const name = new URL(url).host.replaceAll(/[^a-z0-9.-]/gi, '-');
  return join(sites, `${name}-${createHash('sha256').update(url).digest('hex').slice(0, 8)}`);
}

export interface KnownSites {
  readonly folders: readonly string[];
  /** Addresses of sites whose pages are not here. */
  readonly missing: readonly string[];
}

export function knownSites(sites: string, addresses: readonly string[]): KnownSites {
  const urls = [...new Set(addresses.flatMap((address) => siteUrl(address) ?? []))];
  const isHere = (url: string): boolean => existsSync(siteFolder(sites, url));
  return {
    folders: urls.filter(isHere).map((url) => siteFolder(sites, url)),
    missing: urls.filter((url) => !isHere(url)),
  };
}
