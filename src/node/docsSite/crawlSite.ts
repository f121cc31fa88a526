/**
 * Reads a documentation site, because its user asked for it, into a folder of Markdown files that the docs index can
 * take. One origin only, and below the folder of the address that was given. Polite: robots.txt is followed, one request
 * runs at a time with a pause after it. Bounded in pages, bytes, depth and time.
 *
 * Every page is written whole, and what is still to be read is written down again and again: a crawl that was killed or
 * cancelled goes on where it was. After a whole one the next is a refresh: unchanged files are not touched, files of
 * pages that are gone are taken away.
 */
import { addressGuard, type AddressGuard } from './addressGuard.ts';
import { CrawlError } from './crawlError.ts';
import { createFrontier, type Frontier, type Wanted } from './frontier.ts';
import { createPace, type Pace } from './pace.ts';
import type { PageText } from './pageMarkdown.ts';
import { createPageReader, type PageReader } from './pageReader.ts';
import { request, type Reply } from './request.ts';
import { readRobots, type Robots } from './robots.ts';
import { openSiteFolder, type SiteFolder } from './siteFolder.ts';
import { isLocal, scopeOf, startAddress, type SiteScope } from './siteScope.ts';

export interface CrawlOptions {
  /** Folder for the site's pages, and for nothing else; made when the first page is there. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Called before each page that is read, with the number of pages so far. */
  readonly onProgress?: (progress: { readonly pages: number; readonly url: string }) => void;
  readonly limits?: Partial<CrawlLimits>;
}

export interface CrawlLimits {
  readonly pages: number;
  /** Of all pages, unpacked. */
  readonly bytes: number;
  /** Of one page, unpacked. */
  readonly pageBytes: number;
  /** Links from the first page. */
  readonly depth: number;
  readonly timeMs: number;
  /** Of one request. */
  readonly requestMs: number;
  /** Between two requests; none on this machine, more where robots.txt asks for it. */
  readonly pauseMs: number;
  /** Longest wait that a site may ask for. */
  readonly waitMs: number;
}

export const CRAWL_LIMITS: CrawlLimits = {
  pages: 500,
  bytes: 20 << 20,
  pageBytes: 3 << 20,
  depth: 12,
  timeMs: 20 * 60_000,
  requestMs: 20_000,
  pauseMs: 250,
  waitMs: 60_000,
};

export interface CrawlReport {
  /** In the folder now. */
  readonly pages: number;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Throws a `CrawlError`, a sentence for people, when there is no page to keep: what was there of an earlier crawl stays.
 * When `signal` aborts it throws one of kind 'cancelled'; what has been read stays and is not read again by the next.
 */
export async function crawlSite(url: string, options: CrawlOptions): Promise<CrawlReport> {
  const limits = { ...CRAWL_LIMITS, ...options.limits };
  const start = startAddress(url);
  const folder = await openSiteFolder(options.directory, start.href);
  const reader = createPageReader();
  try {
    const crawl = await begin(start, folder, reader, { ...options, limits });
    await run(crawl);
    return await end(crawl);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw new CrawlError('cancelled', 'Reading the site was cancelled. Add it again to go on where it was.');
  } finally {
    reader.close();
    await folder.close();
  }
}

interface Crawl {
  readonly options: CrawlOptions & { readonly limits: CrawlLimits };
  readonly folder: SiteFolder;
  readonly reader: PageReader;
  readonly frontier: Frontier;
  /** Unknown until the first page is there: it may lead to another folder. */
  scope: SiteScope | undefined;
  readonly robots: Robots;
  readonly pace: Pace;
  readonly guard: AddressGuard;
  readonly endMs: number;
  requests: number;
  bytes: number;
  /** Failures without a success between them. */
  failures: number;
  readonly failed: string[];
  /** Why it ended before everything was read; `isLimit` where reading on would not help. */
  stopped: { readonly why: string; readonly isLimit: boolean } | undefined;
}

/** Many addresses give no page, or one that is there already. */
const MAX_REQUESTS_A_PAGE = 4;
const MAX_FAILURES = 8;
const MAX_HOPS = 5;
const MAX_TRIES = 3;
const SAVE_EVERY = 10;
const MAX_NAMED = 3;

async function begin(start: URL, folder: SiteFolder, reader: PageReader, options: Crawl['options']): Promise<Crawl> {
  const { signal, limits } = options;
  const guard = addressGuard();
  const pace = createPace(isLocal(start) ? 0 : limits.pauseMs, signal);
  const asked = { signal, guard, timeoutMs: limits.requestMs, maxBytes: limits.pageBytes };
  const robots = await readRobots(start, asked, pace);
  if (!robots.isAllowed(start.href))
    throw new CrawlError('failed', `${start.host} asks in its robots.txt not to have ${start.href} read by programs.`);
  pace.atLeast(robots.pauseMs);
  return {
    options,
    folder,
    reader,
    robots,
    pace,
    guard,
    frontier: createFrontier(folder.unfinished ?? [{ url: start.href, depth: 0, hops: 0, tries: 0 }], folder.fresh),
    scope: folder.base === undefined ? undefined : scopeOf(new URL(folder.base)),
    endMs: performance.now() + limits.timeMs,
    requests: 0,
    bytes: 0,
    failures: 0,
    failed: [],
    stopped: undefined,
  };
}

async function run(crawl: Crawl): Promise<void> {
  const { frontier, folder, options } = crawl;
  while (!crawl.stopped) {
    const wanted = frontier.next();
    if (!wanted) return;
    crawl.stopped = limitReached(crawl);
    if (crawl.stopped) return frontier.putBack(wanted);
    options.onProgress?.({ pages: folder.fresh.size, url: wanted.url });
    try {
      await visit(crawl, wanted);
    } catch (error) {
      frontier.putBack(wanted);
      if (folder.fresh.size > 0) await folder.save(frontier.left());
      throw error;
    }
    if (folder.fresh.size % SAVE_EVERY === 0 && folder.fresh.size > 0) await folder.save(frontier.left());
  }
}

function limitReached({ options: { limits }, folder, requests, bytes, endMs, failures }: Crawl): Crawl['stopped'] {
  if (folder.fresh.size >= limits.pages) return { why: `It was read up to ${limits.pages} pages.`, isLimit: true };
  if (requests >= MAX_REQUESTS_A_PAGE * limits.pages)
    return { why: `It was read up to ${requests} requests, most of which gave no page.`, isLimit: true };
  if (bytes >= limits.bytes) return { why: `It was read up to ${sizeText(limits.bytes)}.`, isLimit: true };
  if (performance.now() >= endMs)
    return {
      why: `Reading stopped after ${Math.round(limits.timeMs / 60_000)} minutes. Add the site again to go on.`,
      isLimit: false,
    };
  return failures >= MAX_FAILURES
    ? { why: 'The site did not answer any more. Add it again later to go on.', isLimit: false }
    : undefined;
}

async function visit(crawl: Crawl, wanted: Wanted): Promise<void> {
  const { options, guard, pace } = crawl;
  const { limits, signal } = options;
  await pace.turn();
  crawl.requests++;
  const reply = await request(new URL(wanted.url), {
    signal,
    guard,
    timeoutMs: limits.requestMs,
    maxBytes: limits.pageBytes,
  });
  crawl.failures = reply.kind === 'failed' || reply.kind === 'busy' ? crawl.failures + 1 : 0;
  await take(crawl, wanted, reply);
}

async function take(crawl: Crawl, wanted: Wanted, reply: Reply): Promise<void> {
  const isFirst = wanted.depth === 0;
  switch (reply.kind) {
    case 'text':
      return takePage(crawl, wanted, reply);
    case 'redirect':
      return follow(crawl, wanted, reply.to);
    case 'busy':
      return wait(crawl, wanted, reply.waitMs);
    case 'failed':
      if (wanted.tries + 1 < MAX_TRIES && reply.isForNow)
        return crawl.frontier.putLast({ ...wanted, tries: wanted.tries + 1 });
      if (isFirst) throw new CrawlError('failed', `${wanted.url} cannot be read: ${reply.why}.`);
      return void crawl.failed.push(`${wanted.url} (${reply.why})`);
    case 'other':
      if (isFirst)
        throw new CrawlError('failed', `${wanted.url} is no page: the site sends ${reply.type}. Give a page of it.`);
      return undefined;
  }
}

async function takePage(crawl: Crawl, wanted: Wanted, reply: Reply & { kind: 'text' }): Promise<void> {
  const { folder, frontier, reader, options } = crawl;
  crawl.bytes += reply.sizeBytes;
  crawl.scope ??= scopeOf(new URL((folder.base ??= wanted.url)));
  const page = await reader.read({ url: wanted.url, type: reply.type, text: reply.text }, options.signal);
  if ('failed' in page) return void crawl.failed.push(`${wanted.url} (${page.failed})`);
  if (wanted.depth < options.limits.depth) addLinks(crawl, wanted, page);
  if (page.markdown.trim()) await folder.put(wanted.url, page);
  else if (wanted.depth === 0 && frontier.size() === 0)
    throw new CrawlError('failed', `${wanted.url} has no text and no links without running its scripts.`);
}

function addLinks({ frontier, robots, scope }: Crawl, { depth }: Wanted, page: PageText): void {
  for (const link of page.links)
    if (scope?.has(link)) frontier.add({ url: link, depth: depth + 1, hops: 0, tries: 0 }, robots.isAllowed);
}

/** Only within the site; that of the first page may lead to another folder of the same origin. */
function follow({ scope, frontier, robots, failed }: Crawl, wanted: Wanted, to: URL): void {
  const isFirst = wanted.depth === 0;
  if (isFirst && to.origin !== new URL(wanted.url).origin)
    throw new CrawlError('failed', `${wanted.url} leads to ${to.href}. Add that address if it is the site you mean.`);
  if (wanted.hops >= MAX_HOPS) {
    if (isFirst) throw new CrawlError('failed', `${wanted.url} leads from one address to the next without end.`);
    return void failed.push(`${wanted.url} (it leads from one address to the next without end)`);
  }
  if (isFirst || scope?.has(to.href))
    frontier.add({ ...wanted, url: to.href, hops: wanted.hops + 1 }, robots.isAllowed, isFirst);
  if (isFirst && frontier.size() === 0)
    throw new CrawlError(
      'failed',
      `${wanted.url} leads to ${to.href}, which leads back or is not to be read by programs.`,
    );
}

async function wait(crawl: Crawl, wanted: Wanted, askedMs: number | undefined): Promise<void> {
  const { limits } = crawl.options;
  const waitMs = askedMs ?? 1_000 * 2 ** wanted.tries;
  const isLong = waitMs > Math.min(limits.waitMs, crawl.endMs - performance.now());
  if (isLong || wanted.tries + 1 >= MAX_TRIES) {
    crawl.frontier.putBack(wanted);
    const again = isLong ? ` for ${Math.ceil(waitMs / 60_000)} minutes` : '';
    crawl.stopped = { why: `The site asks to be left alone${again}. Add it again later to go on.`, isLimit: false };
    return;
  }
  crawl.frontier.putBack({ ...wanted, tries: wanted.tries + 1 });
  await crawl.pace.pause(waitMs);
}

async function end({ folder, frontier, robots, stopped, failed }: Crawl): Promise<CrawlReport> {
  const left = frontier.left();
  const isOver = !stopped || stopped.isLimit;
  if (folder.fresh.size === 0 && stopped && !stopped.isLimit) throw new CrawlError('failed', stopped.why);
  if (folder.fresh.size === 0) throw new CrawlError('failed', noPage(failed));
  const pages = isOver ? await folder.finish() : await folder.save(left);
  const notes = [
    stopped && (stopped.isLimit && left.length ? `${stopped.why} ${moreText(left.length)}` : stopped.why),
    failed.length &&
      `${counted(failed.length, 'page')} could not be read: ${failed.slice(0, MAX_NAMED).join(', ')}${failed.length > MAX_NAMED ? ', …' : ''}.`,
    robots.refused() && `robots.txt asks not to read ${counted(robots.refused(), 'page')}, which were left out.`,
  ];
  return { pages, notes: notes.filter((note) => typeof note === 'string') };
}

const noPage = (failed: readonly string[]): string =>
  failed[0] ? `No page of the site could be read: ${failed[0]}.` : 'The site has no page with text.';

const moreText = (count: number): string =>
  count === 1 ? '1 more address was found.' : `${count} more addresses were found.`;

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const sizeText = (bytes: number): string =>
  bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MB` : `${Math.ceil(bytes / 1024)} KB`;
