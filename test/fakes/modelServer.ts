/**
 * A language model's server on this machine for tests. It speaks the OpenAI protocol as Ollama, llama.cpp, vLLM and LM
 * Studio do: `POST /v1/chat/completions`, `POST /v1/completions`, `GET /v1/models`, as a stream of events or as one JSON
 * object. What it says is scripted: the first request gets the first reply, and so on; the last one is said again to
 * whatever comes after it. It behaves as badly as a reply asks it to.
 *
 *     const server = await startModelServer([{ text: 'It is in a.ts [1].' }]);
 *     const model = endpointModel({ url: server.url, name: 'tiny' });
 *     … server.requests[0].body.messages …
 *     await server.close();
 *
 * | for                        | reply                                                                             |
 * | -------------------------- | --------------------------------------------------------------------------------- |
 * | pieces                     | `{ text: ['It ', 'is.'] }`; a string is one piece for each word                   |
 * | tool calls                 | `{ calls: [{ name: 'search', arguments: { query: 'x' } }] }`                      |
 * | the reply hangs on a prompt | a function instead of the list: `(request, number) => reply`                     |
 * | slow                       | `{ text, before: (piece) => gate }`: each piece waits for your promise            |
 * | never ends, cut, no [DONE] | `{ text, ends: 'never' }`, `'cut'`, `'quiet'`                                     |
 * | token limit, filter        | `{ text, finish: 'length' }`, `'content_filter'`                                  |
 * | one JSON object            | `{ text, stream: false }`                                                         |
 * | errors                     | `{ status: 429, headers: { 'retry-after': '7' }, body: { error: { message } } }`  |
 * | anything at all            | `{ raw: ['data: {"cho', 'ices"…'], type: 'text/event-stream' }`                   |
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelServer {
  /** `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** In the order of their coming, those for the list of models and for unknown paths included. */
  readonly requests: readonly ModelRequest[];
  /** Connections that are open now. */
  connections(): number;
  /** Breaks all connections off and answers no more. */
  close(): Promise<void>;
}

export interface ModelRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  /** Resolves when the client has left before the reply was whole (true), or when it was sent (false). */
  readonly left: Promise<boolean>;
}

/** What clients send; undefined is what this request does not have. */
export interface RequestBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly {
    readonly role: string;
    readonly content?: string | null;
    readonly tool_calls?: readonly {
      readonly id: string;
      readonly type: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
    readonly tool_call_id?: string;
  }[];
  readonly prompt?: string;
  readonly stop?: string | readonly string[];
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly tools?: readonly {
    readonly type: string;
    readonly function: { readonly name: string; readonly description: string; readonly parameters: object };
  }[];
  readonly [more: string]: unknown;
}

export interface ScriptedCall {
  readonly name: string;
  /** An object is sent as JSON. A list is sent piece by piece, as it stands. */
  readonly arguments: object | string | readonly string[];
  /** `call_0`, `call_1`, … by default; `null` leaves it out, as some servers do. */
  readonly id?: string | null;
}

export type ScriptedReply = SaidReply | FailedReply | RawReply;

export interface SaidReply {
  readonly text?: string | readonly string[];
  /** What a reasoning model thinks first, as `reasoning_content`. */
  readonly reasoning?: string;
  readonly calls?: readonly ScriptedCall[];
  /** By default `stop`, `tool_calls` with calls, `stop` at a stop text. `null` never says it. */
  readonly finish?: string | null;
  /**
   * `done`: as it should. `quiet`: without `[DONE]`. `never`: says all and stays open. `cut`: breaks the connection off
   * after the last piece, without a finish.
   */
  readonly ends?: 'done' | 'quiet' | 'never' | 'cut';
  /** `false`: one JSON object, also to those who asked for a stream. */
  readonly stream?: boolean;
  /** Waited for before the head (-1) and before each piece (0, 1, …). */
  readonly before?: (piece: number) => Promise<unknown> | undefined;
  /** `\n` by default. */
  readonly lineEnd?: '\n' | '\r\n' | '\r';
  /** Goes on after a stop text that the request names, as servers do that do not know `stop`. */
  readonly ignoresStop?: boolean;
}

export interface FailedReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it stands. */
  readonly body?: string | object;
}

/** Bytes as they stand. */
export interface RawReply {
  readonly raw: readonly (string | Uint8Array)[] | Iterable<string | Uint8Array>;
  readonly type?: string;
  readonly status?: number;
  readonly ends?: 'done' | 'never' | 'cut';
  readonly before?: (piece: number) => Promise<unknown> | undefined;
}

export type ModelScript =
  readonly ScriptedReply[] | ((request: ModelRequest, number: number) => ScriptedReply | Promise<ScriptedReply>);

export interface ModelServerOptions {
  /** What `GET /v1/models` tells: `['tiny']` by default, or the reply to it. */
  readonly models?: readonly string[] | ScriptedReply;
  /** Everything else is refused by 401. */
  readonly key?: string;
  /** Any name is served without it; other names are refused by 404, in Ollama's words. */
  readonly onlyModel?: string;
  readonly port?: number;
}

/** Requests for the list of models use up no reply. */
export async function startModelServer(script: ModelScript, options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    response.on('error', () => {});
    response.socket?.setNoDelay(true);
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendStatus(response, { status: 500, body: String(error) });
    });
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request, response);
    requests.push(received);
    await send(response, received, refusal(received, options) ?? (await answerTo(received)));
  }
  async function answerTo(request: ModelRequest): Promise<ScriptedReply> {
    if (request.path.split('?')[0]!.endsWith('/models')) return listReply(options.models ?? ['tiny']);
    const number = asked++;
    if (typeof script === 'function') return script(request, number);
    return script[Math.min(number, script.length - 1)] ?? { status: 500, body: 'Nothing is scripted.' };
  }
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<unknown>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    connections: () => sockets.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<ModelRequest> {
  const left = new Promise<boolean>((resolve) => {
    response.on('close', () => resolve(!response.writableFinished));
  });
  const parts: Buffer[] = [];
  try {
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  } catch {
    // The client left while it was sending; `left` says so.
  }
  const text = Buffer.concat(parts).toString();
  const body = (text === '' ? {} : JSON.parse(text)) as RequestBody;
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, left };
}

function refusal({ path, headers, body }: ModelRequest, { key, onlyModel }: ModelServerOptions) {
  if (key !== undefined && headers.authorization !== `Bearer ${key}`)
    return { status: 401, body: { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } } };
  if (!/^\/v1\/(?:chat\/completions|completions|models)(?:\?|$)/.test(path))
    return { status: 404, body: '404 page not found' };
  if (onlyModel === undefined || body.model === undefined || body.model === onlyModel) return undefined;
  const message = `model "${body.model}" not found, try pulling it first`;
  return { status: 404, body: { error: { message, type: 'api_error' } } };
}

function listReply(models: readonly string[] | ScriptedReply): ScriptedReply {
  if (!Array.isArray(models)) return models as ScriptedReply;
  return { status: 200, body: { object: 'list', data: models.map((id: string) => ({ id, object: 'model' })) } };
}

async function send(response: ServerResponse, request: ModelRequest, reply: ScriptedReply): Promise<void> {
  if ('raw' in reply) return sendRaw(response, reply);
  if ('status' in reply) return sendStatus(response, reply);
  await reply.before?.(-1);
  const isStream = request.body.stream === true && reply.stream !== false;
  if (isStream) await sendEvents(response, request, reply);
  else sendStatus(response, { status: 200, body: wholeObject(request, reply) });
}

function sendStatus(response: ServerResponse, { status, headers, body = '' }: FailedReply): void {
  const isJson = typeof body !== 'string';
  response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/plain', ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}

async function sendRaw(response: ServerResponse, reply: RawReply): Promise<void> {
  const { raw, type = 'text/event-stream', status = 200, ends = 'done', before } = reply;
  await before?.(-1);
  response.writeHead(status, { 'content-type': type }).flushHeaders();
  let number = 0;
  for (const part of raw) {
    await before?.(number++);
    if (!(await write(response, part))) return;
  }
  if (ends === 'done') response.end();
  if (ends === 'cut') response.destroy();
}

/** Resolves when it is on its way, so that a cut comes after it: to false when the client has gone. */
async function write(response: ServerResponse, part: string | Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  if (part.length) await new Promise((resolve) => response.write(part, resolve));
  return !response.destroyed;
}

async function sendEvents(response: ServerResponse, request: ModelRequest, reply: SaidReply): Promise<void> {
  const { ends = 'done', lineEnd = '\n', before } = reply;
  const event = (data: string): string => `data: ${data}${lineEnd}${lineEnd}`;
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  for (const [number, choice] of choicesOf(request, reply).entries()) {
    await before?.(number);
    if (!(await write(response, event(JSON.stringify(chunk(request, choice)))))) return;
  }
  if (ends === 'cut') {
    response.destroy();
    return;
  }
  const finish = finishOf(request, reply);
  const last = isChat(request) ? { delta: {} } : { text: '' };
  if (finish !== null) await write(response, event(JSON.stringify(chunk(request, last, finish))));
  if (ends === 'never') return;
  response.end(ends === 'done' ? event('[DONE]') : '');
}

const isChat = ({ path }: ModelRequest): boolean => path.includes('/chat/');

const chunk = (request: ModelRequest, choice: object, finish: string | null = null): object => ({
  id: 'reply-1',
  object: isChat(request) ? 'chat.completion.chunk' : 'text_completion',
  created: 0,
  model: request.body.model,
  choices: [{ index: 0, ...choice, finish_reason: finish }],
});

/** One for each event, without the finish. */
function choicesOf(request: ModelRequest, reply: SaidReply): object[] {
  const pieces = piecesOf(request, reply);
  if (!isChat(request)) return pieces.map((text) => ({ text }));
  const deltas: object[] = reply.reasoning === undefined ? [] : [{ reasoning_content: reply.reasoning, content: null }];
  deltas.push(...pieces.map((content) => ({ content })), ...(reply.calls ?? []).flatMap(callDeltas));
  return deltas.map((delta, i) => ({ delta: i === 0 ? { role: 'assistant', ...delta } : delta }));
}

function callDeltas(call: ScriptedCall, index: number): object[] {
  const [first = '', ...more] = argumentPieces(call);
  const id = call.id === null ? {} : { id: call.id ?? `call_${index}` };
  const head = { index, ...id, type: 'function', function: { name: call.name, arguments: first } };
  const rest = more.map((piece) => ({ index, function: { arguments: piece } }));
  return [head, ...rest].map((one) => ({ tool_calls: [one] }));
}

function argumentPieces({ arguments: given }: ScriptedCall): readonly string[] {
  if (typeof given === 'string') return [given];
  return Array.isArray(given) ? (given as string[]) : [JSON.stringify(given)];
}

/** Up to the first stop text that the request names, which is left out, as real servers do. */
function piecesOf({ body }: ModelRequest, { text = [], ignoresStop }: SaidReply): readonly string[] {
  const pieces = typeof text === 'string' ? text.split(/(?<=\s)/) : text;
  const end = ignoresStop ? -1 : firstStop(pieces.join(''), body.stop);
  if (end < 0) return pieces;
  let room = end;
  const kept = pieces.map((piece) => {
    const part = piece.slice(0, room);
    room -= part.length;
    return part;
  });
  return kept.filter((part) => part !== '');
}

function firstStop(text: string, stop: string | readonly string[] | undefined): number {
  const places = [stop ?? []].flat().map((one) => text.indexOf(one));
  return places.filter((place) => place >= 0).sort((a, b) => a - b)[0] ?? -1;
}

function finishOf(request: ModelRequest, { finish, calls }: SaidReply): string | null {
  if (finish !== undefined) return finish;
  return calls?.length && isChat(request) ? 'tool_calls' : 'stop';
}

function wholeObject(request: ModelRequest, reply: SaidReply): object {
  const text = piecesOf(request, reply).join('');
  const finish = finishOf(request, reply);
  if (!isChat(request)) return { object: 'text_completion', choices: [{ index: 0, text, finish_reason: finish }] };
  const calls = reply.calls?.map((call, index) => ({
    ...(call.id !== null && { id: call.id ?? `call_${index}` }),
    type: 'function',
    function: { name: call.name, arguments: argumentPieces(call).join('') },
  }));
  const message = { role: 'assistant', content: text === '' ? null : text, ...(calls && { tool_calls: calls }) };
  return { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }] };
}
