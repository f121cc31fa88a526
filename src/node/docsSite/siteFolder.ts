/**
 * The folder of a docs site: a Markdown file for each page, and `site.json`, which says what address each was read from
 * and what is still to be read.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isRunning, namesIn, sweepUnfinished, writeWhole } from '#node/stores/writeWhole.ts';
import { CrawlError } from './crawlError.ts';
import type { Wanted } from './frontier.ts';
import type { PageText } from './pageMarkdown.ts';
import { MANIFEST, MANIFEST_VERSION, parseManifest, type KeptPage, type SiteManifest } from './siteManifest.ts';

export interface SiteFolder {
  /** What an earlier crawl of the same address left unread; undefined where this one begins anew. */
  readonly unfinished: readonly Wanted[] | undefined;
  /** Addresses of the pages that this crawl has, or the one that it goes on with. */
  readonly fresh: ReadonlySet<string>;
  /** The address whose folder is the site: where the first page was in the end. */
  base: string | undefined;
  /** Keeps a page, unless this crawl has the same text under another address. */
  put(url: string, page: PageText): Promise<void>;
  /** Writes down what has been read and what is still to be read; returns how many pages are there. */
  save(left: readonly Wanted[]): Promise<number>;
  /** Takes away what this crawl has not read; returns how many pages are there. */
  finish(): Promise<number>;
  /** Lets others at the folder; takes it away when it is empty. */
  close(): Promise<void>;
}

/** Throws a `CrawlError` when another window reads the site. */
export async function openSiteFolder(directory: string, url: string): Promise<SiteFolder> {
  await mkdir(directory, { recursive: true });
  const lock = join(directory, LOCK);
  await takeLock(lock);
  await sweepUnfinished(directory);
  const before = await readManifest(directory);
  const goesOn = before !== undefined && before.url === url && isToBeGoneOnWith(before);
  const startedMs = goesOn ? before.startedMs : Date.now();
  const pages = new Map(before?.pages.map((page) => [page.url, page]));
  const fresh = new Set([...pages.values()].filter((page) => page.timeMs >= startedMs).map((page) => page.url));
  const hashes = new Set([...fresh].map((one) => pages.get(one)!.hash));

  const write = async (left: readonly Wanted[], endedMs?: number): Promise<number> => {
    const manifest: SiteManifest = {
      version: MANIFEST_VERSION,
      url,
      ...(folder.base !== undefined && { base: folder.base }),
      startedMs,
      ...(endedMs !== undefined && { endedMs }),
      pages: [...pages.values()],
      left,
    };
    await writeWhole(join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`);
    return pages.size;
  };
  const folder: SiteFolder = {
    unfinished: goesOn ? before.left : undefined,
    fresh,
    base: goesOn ? before.base : undefined,
    async put(address, page) {
      const kept = keptPage(address, page);
      const isThere = pages.get(address)?.hash === kept.hash && existsSync(join(directory, kept.file));
      if (hashes.has(kept.hash)) return;
      if (!isThere) await writeWhole(join(directory, kept.file), pageText(address, page));
      pages.set(address, kept);
      fresh.add(address);
      hashes.add(kept.hash);
      await utimes(lock, new Date(), new Date());
    },
    save: write,
    async finish() {
      for (const address of pages.keys()) if (!fresh.has(address)) pages.delete(address);
      const count = await write([], Date.now());
      const files = new Set([...pages.values()].map(({ file }) => file));
      for (const name of await namesIn(directory))
        if (name.endsWith('.md') && !files.has(name)) await rm(join(directory, name), { force: true });
      return count;
    },
    async close() {
      await rm(lock, { force: true });
      if (pages.size === 0) await rmdir(directory).catch(() => undefined);
    },
  };
  return folder;
}

const LOCK = '.reading';
const STALE_LOCK_MS = 10 * 60_000;
/** An older crawl is not gone on with: the site has changed since. */
const MAX_AGE_MS = 24 * 3_600_000;

const isToBeGoneOnWith = ({ endedMs, left, startedMs }: SiteManifest): boolean =>
  endedMs === undefined && left.length > 0 && Date.now() - startedMs < MAX_AGE_MS;

async function readManifest(directory: string): Promise<SiteManifest | undefined> {
  try {
    return parseManifest(await readFile(join(directory, MANIFEST), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A lock is left when its process is gone, or when no page has come for long. */
async function takeLock(lock: string): Promise<void> {
  for (;;)
    try {
      return await writeFile(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const isHeld =
        isRunning(Number(await readFile(lock, 'utf8'))) && Date.now() - (await stat(lock)).mtimeMs < STALE_LOCK_MS;
      if (isHeld)
        throw new CrawlError('failed', 'This site is being read already. Wait until that has ended, then try again.');
      await rm(lock, { force: true });
    }
}

function keptPage(url: string, page: PageText): KeptPage {
  const hash = digest(`${page.title}\n${page.markdown}`).slice(0, 32);
  return { url, file: fileName(url), title: page.title, timeMs: Date.now(), hash };
}

/** `guide-install-1a2b3c4d.md`: to be read by people, and different for every address on every file system. */
function fileName(url: string): string {
  const { pathname, search } = new URL(url);
  const words = `${decoded(pathname).replace(/\.\w{1,8}$/, '')}${decoded(search)}`.toLowerCase();
  const name = words.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return `${name.slice(0, 60) || 'index'}-${digest(url).slice(0, 8)}.md`;
}

/** The docs index takes the title of the first lines, and nothing else of them. */
const pageText = (url: string, { title, markdown }: PageText): string =>
  `---\ntitle: "${title.replaceAll(/["\\]/g, "'")}"\nsource: ${url}\n---\n\n${markdown.trimEnd()}\n`;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
