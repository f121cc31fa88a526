import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { termOf } from '#core/search/words.ts';
import { createDocsTool } from '#node/docs/docsTool.ts';
import { Workspace } from '#node/workspace.ts';
import { page, sending, startDocsServer, type DocsServer, type Route } from '../../../test/fakes/docsServer.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { crawlSite, type CrawlLimits, type CrawlOptions, type CrawlReport } from './crawlSite.ts';
import { siteUrlOf } from './siteUrlOf.ts';

let directory = '';
const servers: DocsServer[] = [];
beforeEach(() => void (directory = join(makeTree({ x: '' }), 'site')));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(removeTrees);

async function serve(routes: Readonly<Record<string, Route>>): Promise<DocsServer> {
  const server = await startDocsServer(routes);
  servers.push(server);
  return server;
}
const crawl = (
  url: string,
  limits: Partial<CrawlLimits> = {},
  options: Partial<CrawlOptions> = {},
): Promise<CrawlReport> => crawlSite(url, { directory, signal: new AbortController().signal, limits, ...options });
const files = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.md'));
const urls = (): string[] =>
  files()
    .map((name) => new URL(siteUrlOf(join(directory, name))!))
    .map(({ pathname, search }) => pathname + search)
    .sort();
const textOf = (path: string): string => {
  const file = files().find((name) => new URL(siteUrlOf(join(directory, name))!).pathname === path);
  return readFileSync(join(directory, file!), 'utf8');
};
const html = { 'content-type': 'text/html' };

describe('a site', () => {
  test('is read from link to link, and every page becomes a file that knows its address', async () => {
    const { origin } = await serve({
      '/docs/': page('Start', ['install', './deep/more.html#part', '../outside', '/docs/#top']),
      '/docs/install': page('Install'),
      '/docs/deep/more.html': page('More', ['../install']),
      '/outside': page('Outside'),
    });
    const progress: string[] = [];
    const report = await crawl(
      `${origin}/docs/`,
      {},
      { onProgress: ({ pages, url }) => void progress.push(`${pages} ${url}`) },
    );
    expect(report).toEqual({ pages: 3, notes: [] });
    expect(urls()).toEqual(['/docs/', '/docs/deep/more.html', '/docs/install']);
    expect(
      files()
        .map((name) => name.replace(/-[0-9a-f]{8}\.md$/, ''))
        .sort(),
    ).toEqual(['docs', 'docs-deep-more', 'docs-install']);
    expect(textOf('/docs/install')).toBe(`---
title: "Install"
source: ${origin}/docs/install
---

# Install

About Install.
`);
    expect(progress).toEqual([`0 ${origin}/docs/`, `1 ${origin}/docs/install`, `2 ${origin}/docs/deep/more.html`]);
    expect(readdirSync(directory).filter((name) => !name.endsWith('.md'))).toEqual(['site.json']);
  });

  test('whose address leads to another folder of it is that folder', async () => {
    const { origin } = await serve({
      '/docs': sending(301, { location: '/docs/latest/' }),
      '/docs/latest/': page('Start', ['a', '/docs/old/b']),
      '/docs/latest/a': page('A', ['moved', 'away']),
      '/docs/latest/moved': sending(302, { location: 'b' }),
      '/docs/latest/b': page('B'),
      '/docs/latest/away': sending(302, { location: '/docs/old/b' }),
      '/docs/old/b': page('Old'),
    });
    await crawl(`${origin}/docs`);
    expect(urls()).toEqual(['/docs/latest/', '/docs/latest/a', '/docs/latest/b']);
  });

  test('may send Markdown and plain text, packed, and in another encoding', async () => {
    const { origin } = await serve({
      '/': page('Start', ['a.md', 'b.txt', 'c', 'd', 'e.md', 'f', 'g.json']),
      '/a.md': sending(200, { 'content-type': 'text/markdown' }, '# Of Markdown\n\n[more](h.md) `max_tries`\n'),
      '/h.md': sending(200, { 'content-type': 'text/plain' }, 'no heading'),
      '/b.txt': sending(200, { 'content-type': 'text/plain' }, 'plain\r\n# words'),
      '/c': sending(200, { ...html, 'content-encoding': 'gzip' }, gzipSync(page('Packed'))),
      '/d': sending(200, { ...html, 'content-encoding': 'br' }, brotliCompressSync(page('Brotli'))),
      '/e.md': sending(200, { 'content-type': 'application/octet-stream' }, '# Bytes'),
      '/f': sending(
        200,
        { 'content-type': 'text/html; charset=iso-8859-1' },
        Buffer.from('<h1>Caf\xe9</h1>', 'latin1'),
      ),
      '/g.json': sending(200, { 'content-type': 'application/json' }, '{}'),
    });
    const report = await crawl(origin);
    expect(report).toEqual({ pages: 8, notes: [] });
    expect(textOf('/a.md')).toContain('\n# Of Markdown\n\n[more](h.md) `max_tries`\n');
    expect(textOf('/b.txt')).toContain('title: "b.txt"');
    expect(textOf('/f')).toContain('# Café');
  });

  test('without end is read up to its limits', async () => {
    const { origin, asked } = await serve({ '/': page('Start', ['n?1']) });
    const server = servers[0]!;
    server.routes['/n'] = (request, response) => {
      const n = Number(request.url!.split('?')[1]);
      response.writeHead(200, html).end(page(`Page ${n}`, [`n?${n + 1}`, `n?${n + 2}`, '/n?1']));
    };
    const report = await crawl(origin, { pages: 20 });
    expect(report.pages).toBe(20);
    expect(report.notes).toEqual([
      expect.stringMatching(/^It was read up to 20 pages\. \d+ more address(?: was|es were) found\.$/),
    ]);
    expect(asked).toHaveLength(21);
    expect(await crawl(origin, { depth: 3 })).toEqual({ pages: 6, notes: [] });
  });

  test('of the same page under many addresses is read once, and not for ever', async () => {
    const { origin, asked } = await serve({ '/': page('Start', ['?1', '?2']) });
    servers[0]!.routes['/'] = (request, response) =>
      void response
        .writeHead(200, html)
        .end(page('Start', [], `<a href="?${asked.length}">x</a><a href="?${asked.length}a">y</a>`));
    const report = await crawl(origin, { pages: 5 });
    expect(report.pages).toBe(1);
    expect(report.notes[0]).toMatch(
      /^It was read up to 20 requests, most of which gave no page\. \d+ more addresses were found\.$/,
    );
  });

  test('of too many bytes is read up to them, and without pages that are too large', async () => {
    const long = `<p>${'words '.repeat(2_000)}</p>`;
    const links = ['a', 'b', 'c', 'd'];
    const { origin } = await serve({
      '/': page('Start', ['huge', 'bomb', ...links]),
      '/huge': page('Huge', [], `<p>${'x'.repeat(100_000)}</p>`),
      '/bomb': sending(200, { ...html, 'content-encoding': 'gzip' }, gzipSync('x'.repeat(9_000_000))),
      ...Object.fromEntries(links.map((link) => [`/${link}`, page(link, [], `${long}<p>${link}</p>`)])),
    });
    const report = await crawl(origin, { pageBytes: 50_000, bytes: 30_000 });
    expect(urls()).toEqual(['/', '/a', '/b', '/c']);
    expect(report.notes).toEqual([
      'It was read up to 30 KB. 1 more address was found.',
      `2 pages could not be read: ${origin}/huge (it is larger than 49 KB), ${origin}/bomb (it is larger than 49 KB).`,
    ]);
  });
});

describe('robots.txt', () => {
  const SITE = { '/': page('Start', ['open', 'secret/a', 'secret/b']), '/open': page('Open'), '/secret/a': page('A') };

  test('is followed', async () => {
    const robots = 'User-agent: *\nDisallow: /\n\nUser-agent: Spoor\nDisallow: /secret/\n';
    const { origin, asked } = await serve({
      ...SITE,
      '/robots.txt': sending(200, { 'content-type': 'text/plain' }, robots),
    });
    expect(await crawl(origin)).toEqual({
      pages: 2,
      notes: ['robots.txt asks not to read 2 pages, which were left out.'],
    });
    expect(asked).toEqual(['/robots.txt', '/', '/open']);
  });

  test('may refuse everything', async () => {
    const robots = sending(200, { 'content-type': 'text/plain' }, 'User-agent: *\nDisallow: /\n');
    const { origin, asked } = await serve({ ...SITE, '/robots.txt': robots });
    await expect(crawl(origin)).rejects.toThrow(/asks in its robots\.txt not to have .*\/ read by programs\.$/);
    expect(asked).toEqual(['/robots.txt']);
    expect(existsSync(directory)).toBe(false);
  });

  test('that cannot be read refuses everything', async () => {
    const { origin, asked } = await serve({ ...SITE, '/robots.txt': sending(500, html) });
    await expect(crawl(origin)).rejects.toThrow(
      /does not answer \(the site says 500\)\. Check the address, or try again later\.$/,
    );
    expect(asked).toEqual(['/robots.txt']);
  });

  test.each([
    ['is not there', sending(404, html)],
    ['is a page', page('Not found')],
    ['is elsewhere', sending(302, { location: 'https://elsewhere.invalid/robots.txt' })],
  ])('that %s refuses nothing', async (_, robots) => {
    const { origin } = await serve({ '/': page('Start'), '/robots.txt': robots });
    expect((await crawl(origin)).pages).toBe(1);
  });

  test('and the rule of one request after another decide how fast it goes', async () => {
    let running = 0;
    let most = 0;
    const times: number[] = [];
    const slow: Route = (request, response) => {
      times.push(performance.now());
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        response.writeHead(200, html).end(page(request.url!, ['/a', '/b']));
      }, 20);
    };
    const robots = sending(200, { 'content-type': 'text/plain' }, 'User-agent: *\nCrawl-delay: 0.2\n');
    const { origin } = await serve({ '/robots.txt': robots, '/': slow, '/a': slow, '/b': slow });
    await crawl(origin);
    expect(most).toBe(1);
    expect(times).toHaveLength(3);
    expect(Math.min(times[1]! - times[0]!, times[2]! - times[1]!)).toBeGreaterThanOrEqual(215);
  });
});

describe('what goes wrong', () => {
  test.each([
    ['nonsense', /^"nonsense" is no address\. Give one that begins with http:\/\/ or https:\/\/\.$/],
    ['file:///etc/passwd', /is no address/],
    ['https://me:secret@example.invalid/', /^Give the address without a name and a password/],
    ['http://127.0.0.1:9/', /^127\.0\.0\.1:9 does not answer \(nothing answers there\)\. Check the address/],
    ['http://site.invalid/', /^site\.invalid does not answer \(.+\)\. Check the address/],
  ])('with the address %s is said', async (url, sentence) => {
    await expect(crawl(url)).rejects.toThrow(sentence);
    expect(existsSync(directory)).toBe(false);
  });

  test.each<[string, Route, RegExp]>([
    ['is not there', sending(404, html), /cannot be read: the site says 404\.$/],
    [
      'is no page',
      sending(200, { 'content-type': 'image/png' }, 'x'),
      /is no page: the site sends image\/png\. Give a page of it\.$/,
    ],
    [
      'leads to another site',
      sending(302, { location: 'http://127.0.0.1:9/x' }),
      /leads to http:\/\/127\.0\.0\.1:9\/x\. Add that address if/,
    ],
    ['leads to no site', sending(302, { location: 'file:///etc/passwd' }), /it leads to no page of the web\.$/],
    [
      'leads to itself',
      sending(302, { location: '/' }),
      /leads to http:\/\/127\.0\.0\.1:\d+\/, which leads back or is not to be read by programs\.$/,
    ],
    [
      'has nothing without scripts',
      '<body><div id="root"></div><script>app()</script></body>',
      /has no text and no links without running its scripts\.$/,
    ],
    [
      'asks to wait for an hour',
      sending(429, { 'retry-after': '3600' }),
      /^The site asks to be left alone for 60 minutes\. Add it again later to go on\.$/,
    ],
  ])('where the first page %s is said', async (_, route, sentence) => {
    const { origin } = await serve({ '/': route });
    await expect(crawl(origin)).rejects.toThrow(sentence);
    expect(existsSync(directory)).toBe(false);
  });

  test('with some pages is noted, and tried again where that may help', async () => {
    let tries = 0;
    const { origin, asked } = await serve({
      '/': page('Start', ['gone', 'flaky', 'broken', 'busy', 'loop0', 'good']),
      '/flaky': (_, response) => void response.writeHead(++tries < 3 ? 502 : 200, html).end(page('Flaky')),
      '/broken': (request) => request.socket.destroy(),
      '/busy': (request, response) =>
        asked.filter((path) => path === request.url).length < 2
          ? response.writeHead(503, { 'retry-after': '0' }).end()
          : response.writeHead(200, html).end(page('Busy')),
      ...Object.fromEntries(
        Array.from({ length: 9 }, (_, i) => [`/loop${i}`, sending(302, { location: `/loop${i + 1}` })]),
      ),
      '/good': page('Good'),
    });
    const report = await crawl(origin);
    expect(urls()).toEqual(['/', '/busy', '/flaky', '/good']);
    expect(report.notes).toEqual([
      `3 pages could not be read: ${origin}/gone (the site says 404), ${origin}/loop5 (it leads from one address to the next without end), ${origin}/broken (the site broke the connection off).`,
    ]);
    expect(asked.filter((path) => path === '/broken')).toHaveLength(3);
  });

  test('with all pages from some point on ends the crawl, which the next goes on with', async () => {
    const links = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const { origin, routes, asked } = await serve({ '/': page('Start', ['good', ...links]), '/good': page('Good') });
    for (const link of links) routes[`/${link}`] = (request) => request.socket.destroy();
    expect(await crawl(origin)).toMatchObject({
      pages: 2,
      notes: ['The site did not answer any more. Add it again later to go on.'],
    });
    for (const link of links) routes[`/${link}`] = page(link);
    asked.length = 0;
    expect(await crawl(origin)).toEqual({ pages: 14, notes: [] });
    expect(asked).not.toContain('/good');
  });

  test('where a site is slow ends its request, not the crawl', async () => {
    const { origin } = await serve({
      '/': page('Start', ['never', 'drip', 'good']),
      '/never': () => undefined,
      '/drip': (_, response) => void response.writeHead(200, html).write('<h1>drip'),
      '/good': page('Good'),
    });
    const report = await crawl(origin, { requestMs: 600 });
    expect(urls()).toEqual(['/', '/good']);
    expect(report.notes[0]).toMatch(/^2 pages could not be read: .*\/never \(no answer came within 0\.6 seconds\)/);
  });
});

describe('a crawl that is cancelled', () => {
  test('stops at once, even while the site keeps it waiting, and the next goes on', async () => {
    const control = new AbortController();
    const { origin, routes, asked } = await serve({
      '/': page('Start', ['a', 'slow', 'b']),
      '/a': page('A'),
      '/b': page('B'),
      '/slow': () => control.abort(),
    });
    await expect(crawl(origin, {}, { signal: control.signal })).rejects.toMatchObject({
      kind: 'cancelled',
      message: 'Reading the site was cancelled. Add it again to go on where it was.',
    });
    expect(urls()).toEqual(['/', '/a']);
    routes['/slow'] = page('Slow');
    asked.length = 0;
    expect(await crawl(origin)).toEqual({ pages: 4, notes: [] });
    expect(asked).toEqual(['/robots.txt', '/slow', '/b']);
  });

  test('before its first page leaves nothing', async () => {
    const { origin } = await serve({ '/': page('Start') });
    await expect(crawl(origin, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
    expect(existsSync(directory)).toBe(false);
  });
});

test('a crawl that is killed is gone on with, and ends as one that was not', async () => {
  const links = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const { origin, asked } = await serve({
    '/': page('Start', links),
    ...Object.fromEntries(links.map((link) => [`/${link}`, page(link)])),
  });
  const script = fileURLToPath(new URL('../../../test/fakes/crawlDocs.ts', import.meta.url));
  const child = spawn(process.execPath, [script, origin, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) if (line === '25') child.kill('SIGKILL');
  await closed;
  expect(files().length).toBeGreaterThanOrEqual(25);
  asked.length = 0;
  expect(await crawl(origin)).toEqual({ pages: 41, notes: [] });
  expect(urls()).toEqual(['/', ...links.map((link) => `/${link}`)].sort());
  // What was read since the manifest was written last is read again, and no more.
  expect(asked.length).toBeLessThanOrEqual(1 + 41 - 20);
  expect(readdirSync(directory)).toHaveLength(42);
});

describe('a second crawl', () => {
  test('leaves alone what is the same, takes what is new, and takes away what is gone', async () => {
    const { origin, routes } = await serve({
      '/': page('Start', ['same', 'changes', 'goes']),
      '/same': page('Same'),
      '/changes': page('Before'),
      '/goes': page('Goes'),
    });
    await crawl(origin);
    const fileOf = (path: string): string =>
      join(
        directory,
        files().find((name) => siteUrlOf(join(directory, name)) === origin + path)!,
      );
    const before = statSync(fileOf('/same')).mtimeMs;
    routes['/'] = page('Start', ['same', 'changes', 'comes']);
    routes['/changes'] = page('After');
    routes['/comes'] = page('Comes');
    delete routes['/goes'];
    writeFileSync(join(directory, 'stray-00000000.md'), 'of a crawl that was killed');
    expect(await crawl(origin)).toEqual({ pages: 4, notes: [] });
    expect(files()).toHaveLength(4);
    expect(urls()).toEqual(['/', '/changes', '/comes', '/same']);
    expect(statSync(fileOf('/same')).mtimeMs).toBe(before);
    expect(textOf('/changes')).toContain('# After');
  });

  test('that fails leaves what is there', async () => {
    const { origin, routes } = await serve({ '/': page('Start', ['a']), '/a': page('A') });
    await crawl(origin);
    routes['/'] = sending(500, html);
    await expect(crawl(origin)).rejects.toThrow(/the site says 500/);
    expect(urls()).toEqual(['/', '/a']);
  });

  test('at the same time is refused, after a crawl that was killed it is not', async () => {
    mkdirSync(directory);
    const { origin } = await serve({ '/': page('Start') });
    writeFileSync(join(directory, '.reading'), String(process.pid));
    await expect(crawl(origin)).rejects.toThrow(
      'This site is being read already. Wait until that has ended, then try again.',
    );
    writeFileSync(join(directory, '.reading'), '999999999');
    expect((await crawl(origin)).pages).toBe(1);
  });
});

test('the docs tool finds its pages, and their addresses are known', async () => {
  const { origin } = await serve({
    '/docs/': page('Guide', ['limits']),
    '/docs/limits': page('Limits', [], '<h2>Backoff</h2><p>Uploads wait with zebra backoff.</p>'),
  });
  await crawl(`${origin}/docs/`);
  const workspace = Workspace.open([makeTree({ 'readme.md': '# Own' })]);
  const docs = createDocsTool({ workspace, storageDirectory: undefined, addedFolders: [directory] });
  await docs.ready();
  const context = { signal: new AbortController().signal, timeoutMs: 20_000 };
  const found = await docs.search({ terms: [termOf('zebra')!, termOf('backoff')!], limit: 3 }, context);
  await docs.close();
  const [section] = found.ok ? found.value.sections : [];
  expect(section).toMatchObject({ headings: ['Limits', 'Backoff'], source: 'added' });
  expect(section!.span.path).toMatch(/^~docs\/site\/docs-limits-[0-9a-f]{8}\.md$/);
  expect(siteUrlOf(workspace.resolve(section!.span.path)!)).toBe(`${origin}/docs/limits`);
});

test('a file that is no page of a site has no address', async () => {
  const { origin } = await serve({ '/': page('Start') });
  await crawl(origin);
  writeFileSync(join(directory, 'own.md'), `---\nsource: ${origin}/\n---\n`);
  expect(siteUrlOf(join(directory, 'own.md'))).toBeUndefined();
  expect(siteUrlOf(join(directory, 'site.json'))).toBeUndefined();
  expect(siteUrlOf(join(directory, '..', 'x'))).toBeUndefined();
  const manifest = readFileSync(join(directory, 'site.json'), 'utf8');
  writeFileSync(join(directory, 'site.json'), manifest.replaceAll(`${origin}/`, 'command:evil'));
  expect(siteUrlOf(join(directory, files()[0]!))).toBeUndefined();
});
