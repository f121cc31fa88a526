/**
 * One request for a page. By `node:http`, so that the addresses that a name leads to can be checked before anything is
 * sent. Redirects are told, not followed.
 */
import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { retryAfterMs } from '#node/retryAfter.ts';
import type { AddressGuard } from './addressGuard.ts';
import { linkAddress } from './siteScope.ts';

export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  /** Of the text, unpacked. */
  readonly maxBytes: number;
}

export type Reply =
  | {
      readonly kind: 'text';
      readonly type: 'html' | 'markdown' | 'plain';
      readonly text: string;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'redirect'; readonly to: URL }
  /** No text: `type` says what. */
  | { readonly kind: 'other'; readonly type: string }
  /** The site asks to wait, if it says so for how long. */
  | { readonly kind: 'busy'; readonly waitMs: number | undefined }
  /** `why` reads on from "cannot be read:". `isForNow`: it may go another time. */
  | { readonly kind: 'failed'; readonly why: string; readonly isForNow: boolean };

/** Rejects only when `signal` aborts. */
export async function request(url: URL, options: RequestOptions): Promise<Reply> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    return await read(await send(url, AbortSignal.any([options.signal, timeout]), options), url, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) return failed(`no answer came within ${options.timeoutMs / 1_000} seconds`);
    return failed(reasonOf(error));
  }
}

const HEADERS = {
  'user-agent': 'Spoor (reads documentation that its user asked for; follows robots.txt)',
  accept: 'text/html,text/markdown,text/plain;q=0.9,application/xhtml+xml;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
};

function send(url: URL, signal: AbortSignal, { guard }: RequestOptions): Promise<IncomingMessage> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = start(url, { headers: HEADERS, signal, lookup: guard.lookup }, resolve);
    sent.on('error', reject);
    sent.end();
  });
}

async function read(reply: IncomingMessage, url: URL, { maxBytes }: RequestOptions): Promise<Reply> {
  const early = withoutText(reply, url);
  if (early) {
    reply.destroy();
    return early;
  }
  const bytes = await readBytes(reply, maxBytes);
  if (!bytes) return { ...failed(`it is larger than ${sizeText(maxBytes)}`), isForNow: false };
  const type = textType(reply, url);
  return { kind: 'text', type: type!, text: decode(bytes, reply), sizeBytes: bytes.length };
}

/** What the head alone says; undefined where the text is wanted. */
function withoutText(reply: IncomingMessage, url: URL): Reply | undefined {
  const status = reply.statusCode ?? 0;
  if (status >= 300 && status < 400 && reply.headers.location !== undefined) {
    const to = linkAddress(reply.headers.location, url.href);
    return to === undefined
      ? { ...failed('it leads to no page of the web'), isForNow: false }
      : { kind: 'redirect', to: new URL(to) };
  }
  if (status === 429 || (status === 503 && reply.headers['retry-after'] !== undefined))
    return { kind: 'busy', waitMs: retryAfterMs(reply.headers['retry-after'], Date.now()) };
  if (status < 200 || status >= 300) return { ...failed(`the site says ${status}`), isForNow: status >= 500 };
  return textType(reply, url) ? undefined : { kind: 'other', type: typeOf(reply) || 'nothing that says what it is' };
}

const typeOf = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** Servers that do not know Markdown send it as bytes. */
function textType(reply: IncomingMessage, { pathname }: URL): 'html' | 'markdown' | 'plain' | undefined {
  const type = typeOf(reply);
  const isMarkdown = /\.(?:md|mdx|markdown)$/i.test(pathname);
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'text/markdown' || type === 'text/x-markdown') return 'markdown';
  if (type === 'text/plain') return isMarkdown ? 'markdown' : 'plain';
  if (type !== '' && type !== 'application/octet-stream') return undefined;
  return isMarkdown ? 'markdown' : undefined;
}

/** Undefined when there are more than `maxBytes`. */
async function readBytes(reply: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpacked(reply) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      reply.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unpacked(reply: IncomingMessage): Readable {
  const packing = (reply.headers['content-encoding'] ?? '').trim().toLowerCase();
  const unpack = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }[
    packing
  ];
  if (!unpack) return reply;
  const stream = unpack();
  reply.on('error', (error) => stream.destroy(error));
  return reply.pipe(stream);
}

/** By the head's charset, that of the page itself, or UTF-8. */
function decode(bytes: Buffer, { headers }: IncomingMessage): string {
  const named =
    /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1] ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)/i.exec(bytes.toString('latin1', 0, 2_048))?.[1];
  try {
    return new TextDecoder(named ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

const failed = (why: string): Reply & { kind: 'failed' } => ({ kind: 'failed', why, isForNow: true });

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no site of that name, or no network',
  EAI_AGAIN: 'its name cannot be looked up, perhaps for lack of a network',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the site broke the connection off',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'no answer came',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

const sizeText = (bytes: number): string =>
  bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MB` : `${Math.ceil(bytes / 1024)} KB`;
