/** One browser for the tests of a file, a fresh page for each; after each the page has nothing to complain of. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { chromiumHere } from '../findChromium.ts';
import { openPanelPage, startBrowser, type PageOptions, type PanelPage } from './panelPage.ts';

const MISSING =
  'The tests of the panel need a Chromium. Install the package chromium, or set SPOOR_CHROMIUM to the full path of one.';

/** Describes tests of the panel. Without a browser they are skipped with a sentence, in CI they fail with it. */
export function describePanel(
  title: string,
  tests: (open: (options?: PageOptions) => Promise<PanelPage>) => void,
): void {
  const program = chromiumHere();
  const required = Boolean(process.env['CI'] ?? process.env['SPOOR_REQUIRE_BROWSER']);
  if (!program && !required) process.stderr.write(`Skipped: ${title}. ${MISSING}\n`);
  describe.skipIf(!program && !required)(title, () => {
    let browser: Browser | undefined;
    const opened: PanelPage[] = [];
    beforeAll(async () => {
      if (!program) throw new Error(MISSING);
      browser = await startBrowser(program);
    }, 60_000);
    afterEach(async () => {
      const pages = opened.splice(0);
      for (const { page } of pages) await page.context().close();
      expect(pages.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
    afterAll(() => browser?.close());
    tests(async (options) => {
      const panel = await openPanelPage(browser!, options);
      opened.push(panel);
      return panel;
    });
  });
}
