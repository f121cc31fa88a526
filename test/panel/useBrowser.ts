/** One browser for the tests of a file, a fresh page for each; after each the page has nothing to complain of. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { openPanelPage, startBrowser, type PageOptions, type PanelPage } from './panelPage.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
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

function chromiumHere(): string | undefined {
  const given = process.env['SPOOR_CHROMIUM'];
  if (given) return given;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'].filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
