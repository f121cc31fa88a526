/** A small documentation site on this machine, with a page that robots may not read. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DocsServer {
  readonly url: string;
  /** Paths asked for, in their order. */
  asked(): readonly string[];
  close(): Promise<void>;
}

const page = (title: string, body: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const PAGES: Readonly<Record<string, string>> = {
  '/guide/': page('Airships', '<p>See <a href="mooring.html">mooring</a> and <a href="/private/x.html">more</a>.</p>'),
  '/guide/mooring.html': page('Mooring', '<p>The zeppelin is moored to its mast by a cone in its nose.</p>'),
  '/private/x.html': page('Private', '<p>Not for robots.</p>'),
};

export async function serveDocs(pages: Readonly<Record<string, string>> = PAGES): Promise<DocsServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (path === '/robots.txt') response.end('User-agent: *\nDisallow: /private\n');
    else if (pages[path] === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pages[path]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/guide/`,
    asked: () => asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
