/** `site.json`: what the files in a docs site's folder were made from. */
import { isCount, isListOf, isNumber, isObject, isOptional, isText } from '#core/feedback/checkShape.ts';
import type { Wanted } from './frontier.ts';

export const MANIFEST = 'site.json';
export const MANIFEST_VERSION = 1;

export interface SiteManifest {
  readonly version: typeof MANIFEST_VERSION;
  /** As the user gave it. */
  readonly url: string;
  /** Where that led to: its folder is the site. */
  readonly base?: string;
  /** Of the crawl that the pages are from; pages with an earlier time are of one before it. Milliseconds since 1970. */
  readonly startedMs: number;
  /** Absent while there is something left to read. */
  readonly endedMs?: number;
  readonly pages: readonly KeptPage[];
  /** Still to be read. */
  readonly left: readonly Wanted[];
}

export interface KeptPage {
  readonly url: string;
  /** Name in the folder. */
  readonly file: string;
  readonly title: string;
  readonly timeMs: number;
  /** Of title and text. */
  readonly hash: string;
}

/** Undefined for anything else. */
export function parseManifest(text: string): SiteManifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return (value as SiteManifest | null)?.version === MANIFEST_VERSION && !isManifest(value, '')
      ? (value as SiteManifest)
      : undefined;
  } catch {
    return undefined;
  }
}

const isManifest = isObject({
  url: isText,
  base: isOptional(isText),
  startedMs: isNumber,
  endedMs: isOptional(isNumber),
  pages: isListOf(isObject({ url: isText, file: isText, title: isText, timeMs: isNumber, hash: isText })),
  left: isListOf(isObject({ url: isText, depth: isCount(0), hops: isCount(0), tries: isCount(0) })),
});
