/** Reads the pages of a docs site, and has them searched from then on. */
import type { CrawlReply } from '#node/service/searchService.ts';
import { siteUrl } from '#vscode/docsSites.ts';

export interface DocsSiteParts {
  /** Addresses that the settings name. */
  named(): readonly string[];
  crawl(url: string): Promise<CrawlReply>;
  /** Has the settings name it too. */
  add(url: string): Promise<void>;
  /** The searching process is to know the settings as they are. */
  configure(): void;
  /** Makes the docs index anew. */
  rebuild(): Promise<void>;
}

/** @param url in its one form. */
export async function readDocsSite(url: string, site: DocsSiteParts): Promise<CrawlReply> {
  const isNamed = site.named().some((address) => siteUrl(address) === url);
  const reply = await site.crawl(url);
  if (!isNamed) await site.add(url);
  // The folder of its pages may not have been there when the settings were read.
  site.configure();
  if (isNamed) await site.rebuild();
  return reply;
}
