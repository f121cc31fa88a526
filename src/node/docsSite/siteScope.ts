/** Which addresses belong to a docs site. */
import { isIPv4 } from 'node:net';
import { CrawlError } from './crawlError.ts';

export interface SiteScope {
  has(url: string): boolean;
}

/** The address to begin with. Throws a `CrawlError` for one that no site can have. */
export function startAddress(text: string): URL {
  const url = URL.parse(text.trim());
  if (!url || !isWeb(url) || url.hostname === '')
    throw new CrawlError(
      'failed',
      `${JSON.stringify(text)} is no address. Give one that begins with http:// or https://.`,
    );
  if (url.username || url.password)
    throw new CrawlError('failed', 'Give the address without a name and a password: Spoor keeps no passwords.');
  url.hash = '';
  return url;
}

/** All of the same origin in the folder of `start`, folders inside of it included. */
export function scopeOf(start: URL): SiteScope {
  const folder = start.pathname.slice(0, start.pathname.lastIndexOf('/') + 1);
  return {
    has(text) {
      const url = URL.parse(text);
      return (
        url?.origin === start.origin &&
        url.pathname.startsWith(folder) &&
        !NO_PAGE.test(url.pathname) &&
        !COPY.test(url.pathname)
      );
    },
  };
}

/** The address that a link leads to, in its one form; undefined where it leads to no page of the web. */
export function linkAddress(href: string, base: string): string | undefined {
  const url = URL.parse(href, base);
  if (!url || !isWeb(url) || url.username || url.password || url.href.length > MAX_ADDRESS) return undefined;
  url.hash = '';
  return url.href;
}

/** Whether the host is this machine by its name. */
export function isLocal({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

const MAX_ADDRESS = 2_000;
const NO_PAGE =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|m?js|map|json|ya?ml|xml|atom|rss|zip|t?gz|bz2|xz|7z|tar|exe|dmg|pkg|msi|deb|rpm|apk|whl|jar|pdf|epub|docx?|pptx?|xlsx?|csv|mp[34]|webm|og[gv]|wav|woff2?|ttf|otf|eot|iso|wasm)$/i;

/** Pages that generators make of the other pages: all in one to be printed, sources, indexes of words. */
const COPY = /\/(?:print|genindex(?:-\w+)?|py-modindex|search)\.html$|\/_(?:sources|modules)\//;

const isWeb = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:';
