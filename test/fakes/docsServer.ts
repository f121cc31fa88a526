/** A web server on this machine for tests of reading docs sites. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page's HTML, or what answers the request. */
export type Route = string | ((request: IncomingMessage, response: ServerResponse) => void);

export interface DocsServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Paths with queries that were asked for, in order, robots.txt included. */
  readonly asked: string[];
  /** By path and query; a path alone serves every query. What is not there is 404. Changes take effect at once. */
  readonly routes: Record<string, Route>;
  close(): Promise<void>;
}

export async function startDocsServer(routes: Readonly<Record<string, Route>>): Promise<DocsServer> {
  const live: Record<string, Route> = { ...routes };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const route = live[path] ?? live[path.split('?')[0]!];
    if (route === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
    else if (typeof route === 'function') route(request, response);
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(route);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    routes: live,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A page with a heading, some text and links. */
export const page = (title: string, links: readonly string[] = [], body = `<p>About ${title}.</p>`): string =>
  `<!doctype html><html><head><title>${title} | Site</title></head><body><nav><a href="/">Home</a></nav><main><h1>${title}</h1>${body}${links
    .map((link) => `<a href="${link}">to ${link}</a> `)
    .join('')}</main><footer>Made by somebody</footer></body></html>`;

/** Sends text of another type or with another status. */
export const sending =
  (status: number, headers: Readonly<Record<string, string>>, body: string | Buffer = ''): Route =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);
