/** The HTTP server that offers a workspace's search to the training of language models. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readJson } from './readJson.ts';
import { refuseForeign } from './refuseForeign.ts';
import { RequestError } from './requestError.ts';
import { RETRIEVAL_APIS, type RetrievalApi } from './retrievalApis.ts';
import { RetrievalError } from './retrievalError.ts';
import type { Retriever } from './retriever.ts';

export interface RetrievalServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly retriever: Retriever;
  /** What `GET /health` says beside `"status": "ok"`. */
  readonly health: () => object;
  /** Gets what went wrong and is no fault of a request. */
  readonly log: (text: string) => void;
}

export interface RetrievalServer {
  /** `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Breaks all connections off. */
  close(): Promise<void>;
}

/** Rejects with the system's error when it cannot listen there. */
export async function startRetrievalServer(options: RetrievalServerOptions): Promise<RetrievalServer> {
  const server = createServer((request, response) => void answer(request, response, options));
  // For the request to arrive; its answer may take as long as it takes.
  server.requestTimeout = 60_000;
  server.headersTimeout = 20_000;
  server.maxConnections = 2_048;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RetrievalServerOptions,
): Promise<void> {
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  response.on('error', () => undefined);
  try {
    refuseForeign(request, options.host);
    send(response, 200, await replyTo(request, options, leaving.signal));
  } catch (error) {
    if (leaving.signal.aborted) return;
    const { status, message, headers } = failureOf(error, options);
    send(response, status, { detail: message }, headers);
  }
}

async function replyTo(
  request: IncomingMessage,
  { retriever, health }: RetrievalServerOptions,
  signal: AbortSignal,
): Promise<object> {
  const path = (request.url ?? '').split('?')[0]!;
  if (path === '/health') {
    expectMethod(request, 'GET');
    return { status: 'ok', ...health() };
  }
  const api = RETRIEVAL_APIS.get(path);
  if (!api)
    throw new RequestError(404, `There are POST ${[...RETRIEVAL_APIS.keys()].join(', POST ')} and GET /health.`);
  expectMethod(request, 'POST');
  return retrieve(api, await readJson(request), retriever, signal);
}

async function retrieve(api: RetrievalApi, body: unknown, retriever: Retriever, signal: AbortSignal): Promise<object> {
  const call = api.parse(body);
  if (typeof call === 'string') throw new RequestError(422, call);
  const found = await retriever.find(call.queries, signal);
  return call.reply(found.map((documents) => documents.slice(0, call.most)));
}

function expectMethod({ method }: IncomingMessage, wanted: string): void {
  if (method !== wanted) throw new RequestError(405, `This address takes ${wanted} only.`, { allow: wanted });
}

type Headers = Readonly<Record<string, string>>;

function failureOf(
  error: unknown,
  { log }: RetrievalServerOptions,
): { readonly status: number; readonly message: string; readonly headers?: Headers } {
  if (error instanceof RequestError) return error;
  if (error instanceof RetrievalError)
    return error.kind === 'busy'
      ? { status: 503, message: error.message, headers: { 'retry-after': '5' } }
      : { status: 500, message: error.message };
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { status: 500, message: 'This is a fault of Spoor; its log says where it happened.' };
}

function send(response: ServerResponse, status: number, value: object, headers: Headers = {}): void {
  const body = Buffer.from(JSON.stringify(value));
  // What is still to come of a request that is refused is not read.
  const ends = status >= 400 ? { connection: 'close' } : {};
  const own = {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
  };
  response.writeHead(status, { ...own, ...ends, ...headers });
  response.end(body);
}
