/** A process that reads a docs site, for a test that kills it: `URL DIRECTORY`. Prints the number of pages before each. */
import { crawlSite } from '#node/docsSite/crawlSite.ts';

const [url = '', directory = ''] = process.argv.slice(2);
await crawlSite(url, {
  directory,
  signal: new AbortController().signal,
  onProgress: ({ pages }) => void process.stdout.write(`${pages}\n`),
});
