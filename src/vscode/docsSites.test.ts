import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { knownSites, siteFolder, siteUrl } from './docsSites.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-sites-'));
afterAll(() => rmSync(base, { recursive: true }));

test.each([
  ['https://docs.example.com/guide', 'https://docs.example.com/guide'],
  ['  http://localhost:3000 ', 'http://localhost:3000/'],
  ['https://docs.example.com/a#part', 'https://docs.example.com/a'],
  ['HTTPS://Docs.Example.com', 'https://docs.example.com/'],
  ['ftp://example.com', undefined],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['https://user:secret@example.com', undefined],
  ['example.com', undefined],
  ['', undefined],
])('the address %s is %s', (text, url) => {
  expect(siteUrl(text)).toBe(url);
});

test('sites have a folder of their own that can be read and stays inside', () => {
  const [a, b] = [siteFolder(base, 'https://docs.example.com/a'), siteFolder(base, 'https://docs.example.com/b')];
  expect(a).not.toBe(b);
  expect(basename(a)).toMatch(/^docs\.example\.com-[0-9a-f]{8}$/);
  expect(basename(siteFolder(base, 'http://[::1]:8080/'))).toMatch(/^[a-z0-9.-]+$/);
});

test('sites are told apart by whether their pages are here', () => {
  mkdirSync(siteFolder(base, 'https://here.example/'));
  const known = knownSites(base, ['https://here.example', 'https://gone.example', 'nonsense', 'https://gone.example/']);
  expect(known).toEqual({
    folders: [siteFolder(base, 'https://here.example/')],
    missing: ['https://gone.example/'],
  });
});
