/**
 * Refuses requests that a web page has made: a page could read the workspace through a server on its visitor's machine.
 * Browsers name a page's origin; a page that has made its own name lead here (DNS rebinding) sends that name as the host.
 */
import { isIP } from 'node:net';
import { RequestError } from './requestError.ts';

interface ForeignHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/** @param listensOn the host that the server listens on. */
export function refuseForeign({ headers }: { readonly headers: ForeignHeaders }, listensOn: string): void {
  if (headers.origin !== undefined || (headers['sec-fetch-site'] ?? 'none') !== 'none')
    throw new RequestError(403, 'Web pages may not search here.');
  if (isLoopback(listensOn) && !isOwnName(hostName(headers.host), listensOn))
    throw new RequestError(403, 'The request names another host. Use the address that the server was started with.');
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** No name can be made to lead to an address that stands for itself; R1-Searcher's clients ask 0.0.0.0. */
const isOwnName = (name: string, listensOn: string): boolean =>
  name === 'localhost' || name === listensOn || isIP(name) !== 0;

const hostName = (host: string | undefined): string =>
  (host ?? '')
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
