import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { knownSites, siteFolder } from './docsSites.ts';
import { readDocsSite, type DocsSiteParts } from './readDocsSite.ts';

const URL = 'https://docs.example.com/';
let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'spoor-read-site-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** Settings that name these addresses, and what the searching process is told of them. */
function scene(...named: string[]) {
  /** Folders of docs: those that are known, and those that the index was made anew of. */
  const told: { folders: readonly string[]; rebuilt: readonly string[] } = { folders: [], rebuilt: [] };
  const site: DocsSiteParts = {
    named: () => named,
    crawl(url) {
      mkdirSync(siteFolder(base, url));
      return Promise.resolve({ pages: 7, notes: [] });
    },
    add: (url) => Promise.resolve(void named.push(url)),
    configure: () => void (told.folders = knownSites(base, named).folders),
    rebuild: () => Promise.resolve(void (told.rebuilt = told.folders)),
  };
  site.configure();
  return { site, told, named };
}

test('a site that the settings name already is searched as soon as its pages are here', async () => {
  const { site, told, named } = scene('https://docs.example.com');
  expect(told.folders).toEqual([]);
  expect(await readDocsSite(URL, site)).toMatchObject({ pages: 7 });
  const folders = [siteFolder(base, URL)];
  expect(told).toEqual({ folders, rebuilt: folders });
  expect(named).toEqual(['https://docs.example.com']);
});

test('another one is named by the settings, and searched', async () => {
  const { site, told, named } = scene();
  await readDocsSite(URL, site);
  expect(named).toEqual([URL]);
  expect(told.folders).toEqual([siteFolder(base, URL)]);
});

test('one that cannot be read is not named', async () => {
  const { site, named } = scene();
  const crawl = (): Promise<never> => Promise.reject(new Error('There is no such site.'));
  await expect(readDocsSite(URL, { ...site, crawl })).rejects.toThrow('There is no such site.');
  expect(named).toEqual([]);
});
