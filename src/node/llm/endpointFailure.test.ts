import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelFailure, type ModelFailureKind } from '#core/llm/modelFailure.ts';
import { startModelServer, type ModelServer, type ScriptedReply } from '../../../test/fakes/modelServer.ts';
import { selfSigned } from '../../../test/fakes/selfSigned.ts';
import { connectionFailure } from './endpointFailure.ts';
import { endpointModel, type EndpointOptions } from './endpointModel.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => void (await Promise.all(closing.splice(0).map((close) => close()))));

async function serve(reply: ScriptedReply): Promise<ModelServer> {
  const server = await startModelServer([reply]);
  closing.push(() => server.close());
  return server;
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => void sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Failed {
  readonly failure: ModelFailure;
  readonly pieces: readonly string[];
}

async function failureOf(url: string, options: Partial<EndpointOptions> = {}): Promise<Failed> {
  const pieces: string[] = [];
  const request = { messages: [{ role: 'user', text: 'x' }], maxTokens: 100, temperature: 0 } as const;
  try {
    const model = endpointModel({ url, name: 'tiny', ...options });
    await model.chat(request, (piece) => void pieces.push(piece), new AbortController().signal);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFailure);
    return { failure: error as ModelFailure, pieces };
  }
  throw new Error('It did not fail.');
}

const says = (message: string, code?: string) => ({ error: { message, ...(code && { code }) } });

const refusals: readonly [status: number, body: string | object, kind: ModelFailureKind, message: string][] = [
  [401, '', 'key', 'AT asks for a key, and none is set (401). Set the key.'],
  [403, '<html>', 'key', 'AT asks for a key, and none is set (403). Set the key.'],
  [402, '', 'limit', 'AT asks for payment (402). Look at your account there.'],
  [429, '', 'limit', 'AT takes no more requests for now (429). Ask again in a while.'],
  [
    429,
    says('You exceeded your current quota'),
    'limit',
    'AT takes no more requests for now (429). Ask again in a while. It says: "You exceeded your current quota"',
  ],
  [
    404,
    says('model "tiny" not found, try pulling it first'),
    'no-model',
    'AT does not have the model "tiny". Choose one that it has, or fetch it there first. It says: "model "tiny" not found, try pulling it first"',
  ],
  [404, says('The model `tiny` does not exist.', 'model_not_found'), 'no-model', 'AT does not have the model "tiny".'],
  [400, says('tiny is not a valid model ID'), 'no-model', 'AT does not have the model "tiny".'],
  [
    404,
    '404 page not found',
    'malformed',
    'AT has no OpenAI-compatible service at this address (404). Check the address; most end with /v1. It says: "404 page not found"',
  ],
  [405, { detail: 'Method Not Allowed' }, 'malformed', 'most end with /v1. It says: "Method Not Allowed"'],
  [
    400,
    says("This model's maximum context length is 4096 tokens."),
    'too-long',
    'The prompt is too long for the model "tiny". Choose a model with a larger context.',
  ],
  [400, says('request (9 tokens) exceeds the available context size (4 tokens)'), 'too-long', 'The prompt is too long'],
  [500, says('Context size has been exceeded.'), 'too-long', 'The prompt is too long'],
  [400, says('The input token count (9000) exceeds the maximum number of tokens allowed (8192).'), 'too-long', 'The'],
  [422, { error: '`inputs` tokens + `max_new_tokens` must be <= 4096' }, 'too-long', 'The prompt is too long'],
  [413, '', 'too-long', 'The prompt is too long'],
  [400, says('Blocked.', 'content_filter'), 'refused', 'AT refuses to answer this. It says: "Blocked."'],
  [451, '', 'refused', 'AT refuses to answer this.'],
  [408, '', 'timeout', 'AT gave up waiting for the model "tiny" (408).'],
  [504, '', 'timeout', 'AT gave up waiting for the model "tiny" (504).'],
  [503, says('Loading model'), 'failed', 'AT is not ready (503): it may still be loading the model "tiny".'],
  [
    500,
    { error: 'out of memory' },
    'failed',
    'AT failed (500). Look at its log, or ask again. It says: "out of memory"',
  ],
  [500, '<!doctype html><p>Oops', 'failed', 'AT failed (500). Look at its log, or ask again.'],
  [400, { message: 'no tools here' }, 'failed', 'AT refused the request (400). It says: "no tools here"'],
  [418, { odd: 1 }, 'failed', 'AT refused the request (418).'],
];

describe('a server that refuses', () => {
  it.each(refusals)('by %i %j', async (status, body, kind, message) => {
    const server = await serve({ status, body });
    const { failure } = await failureOf(server.url);
    expect(failure.kind).toBe(kind);
    const expected = message.replace('AT', new URL(server.url).origin);
    if (message.startsWith('most')) expect(failure.message).toContain(message);
    else expect(failure.message.slice(0, expected.length)).toBe(expected);
  });

  it('a key, which is told apart from a missing one', async () => {
    const { url } = await serve({ status: 401 });
    expect((await failureOf(url, { key: 'k' })).failure.message).toContain('does not accept the key (401)');
  });

  it.each([
    ['7', 'It asks to wait 7 s.'],
    ['0', 'It asks to wait 1 s.'],
    ['soon', 'Ask again in a while.'],
  ])('for %s seconds', async (seconds, sentence) => {
    const { url } = await serve({ status: 429, headers: { 'retry-after': seconds } });
    expect((await failureOf(url)).failure.message).toContain(sentence);
  });

  it('in hostile words', async () => {
    const words = `\x1b[2J\u202e sk-secret ${'sk-secret'.repeat(3)}\r\n${'x'.repeat(10_000)}`;
    for (const reply of [
      { status: 500, body: words },
      { status: 500, body: says(words) },
      { raw: [`data: ${JSON.stringify(says(words))}\n\n`] },
      { raw: [`data: {"choices":[{"delta":{"refusal":${JSON.stringify(words)}},"finish_reason":"stop"}]}\n\n`] },
    ]) {
      const { failure } = await failureOf((await serve(reply)).url, { key: 'sk-secret' });
      expect(failure.message).toContain('\\x1b[2J\\u202e … ……… xxx');
      expect(failure.message.length).toBeLessThan(400);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('sk-secret');
    }
  });

  it('and never ends its reason', async () => {
    const { url } = await serve({ status: 500, raw: endless('x'.repeat(1_000)) });
    expect((await failureOf(url)).failure.message).toMatch(/failed \(500\).*It says: "x{200}…"$/);
  });
});

function* endless(text: string): Generator<string> {
  for (;;) yield text.repeat(Math.ceil(100_000 / text.length));
}

const choice = (part: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: part, finish_reason: finish }] })}\n\n`;

const brokenReplies: readonly [what: string, reply: ScriptedReply, kind: ModelFailureKind, message: string][] = [
  ['is cut', { text: 'one two', ends: 'cut' }, 'broken', 'The reply of AT broke off in the middle. Ask again.'],
  ['ends without having said so', { raw: [choice({ content: 'one two' })] }, 'broken', 'broke off in the middle'],
  ['ends in the middle of an event', { raw: [choice({ content: 'one two' }), 'data: {"cho'] }, 'broken', 'broke off'],
  [
    'is cut in the middle of an object',
    { raw: ['{"choices":[{"mess'] },
    'malformed',
    'it sent something that is no JSON',
  ],
  ['is empty', { raw: [] }, 'malformed', 'it sent nothing.'],
  ['is blank', { raw: ['\n\n '] }, 'malformed', 'it sent nothing.'],
  ['is blank without end', { raw: endless(' ') }, 'malformed', 'it sent only blanks.'],
  ['is a web page', { raw: ['\r\n<!DOCTYPE html><p>Sign in'], type: 'text/html' }, 'malformed', 'it sent a web page.'],
  ['is a web page in the name of events', { raw: ['<p>'] }, 'malformed', 'it sent a web page.'],
  ['is text', { raw: ['Ollama is running'] }, 'malformed', 'it sent no reply of a model.'],
  [
    'has events that are no JSON',
    { raw: ['data: hello\n\n'] },
    'malformed',
    'it sent something that is no JSON object',
  ],
  ['has events that are no objects', { raw: ['data: 7\n\n'] }, 'malformed', 'it sent something that is no JSON object'],
  ['has objects of other kinds', { raw: ['{"object":"list","data":[]}'] }, 'malformed', 'it sent no reply of a model.'],
  [
    'has an event without end',
    { raw: ['data: {"', ...Array(100).fill('x'.repeat(65_536))], ends: 'never' },
    'malformed',
    'it sent an event without end.',
  ],
  ['has no end', { raw: endless(choice({ reasoning_content: 'hm' })) }, 'malformed', 'The reply has more than 32 MB'],
  ['has a line of no field without end', { raw: endless('x') }, 'malformed', 'The reply has more than 32 MB'],
  ['is filtered', { text: 'one two', finish: 'content_filter' }, 'refused', 'AT refuses to answer this.'],
  [
    'is a refusal',
    { raw: [choice({ refusal: "I can't." }, 'stop')] },
    'refused',
    'AT refuses to answer this. It says: "I can\'t."',
  ],
  [
    'tells an error',
    { raw: [choice({ content: 'one two' }), `data: ${JSON.stringify(says('GPU lost'))}\n\n`] },
    'failed',
    'AT failed (500). Look at its log, or ask again. It says: "GPU lost"',
  ],
  [
    'tells an error with its status',
    { raw: [`data: {"error":{"message":"slow down","code":429}}\n\n`] },
    'limit',
    'AT takes no more requests for now (429).',
  ],
  [
    'tells an error in one object',
    { raw: ['{"error":{"code":400,"message":"the request exceeds the available context size"}}'] },
    'too-long',
    'The prompt is too long',
  ],
  [
    'tells an error as an event',
    { raw: ['event: error\ndata: {"message":"GPU lost"}\n\n'] },
    'failed',
    'It says: "GPU lost"',
  ],
  [
    'tells an error as a field',
    { raw: ['error: {"code":500,"message":"GPU lost"}\n\n'] },
    'failed',
    'It says: "GPU lost"',
  ],
  ['tells an error in words', { raw: ['event: error\ndata: GPU lost\n\n'] }, 'failed', 'It says: "GPU lost"'],
  [
    'tells an error as older vLLM does',
    { raw: ['{"object":"error","message":"GPU lost","code":500}'] },
    'failed',
    'It says: "GPU lost"',
  ],
];

describe('a reply that', () => {
  it.each(brokenReplies)('%s', async (_, reply, kind, message) => {
    const server = await serve(reply);
    const { failure, pieces } = await failureOf(server.url);
    expect([failure.kind, failure.message]).toEqual([
      kind,
      expect.stringContaining(message.replace('AT', new URL(server.url).origin)),
    ]);
    expect(['', 'one two']).toContain(pieces.join(''));
    // Whatever was wrong with it, the server is not left talking.
    expect(await server.requests[0]!.left).toBeTypeOf('boolean');
  });
});

describe('a server that', () => {
  it('is not there', async () => {
    const server = await startModelServer([]);
    await server.close();
    const { failure } = await failureOf(server.url);
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toBe(`Nobody answers at ${new URL(server.url).origin}. Is the server running?`);
  });

  it('has a name that leads nowhere', async () => {
    const { failure } = await failureOf('http://nowhere.invalid:1234/v1');
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain('http://nowhere.invalid:1234');
  });

  it('hangs up before it answers', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.destroy())));
    const { failure } = await failureOf(`http://127.0.0.1:${port}`);
    expect(failure.kind).toBe('broken');
    expect(failure.message).toContain('broke the connection off before it answered');
  });

  it('does not speak http', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end('SSH-2.0\r\n\r\n'))));
    const { failure } = await failureOf(`http://127.0.0.1:${port}`);
    expect(failure.kind).toBe('malformed');
    expect(failure.message).toContain('does not speak http');
  });

  it('does not speak https', async () => {
    const { url } = await serve({ text: 'x' });
    const { failure } = await failureOf(url.replace('http:', 'https:'));
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain('speaks no https');
  });

  it('has a certificate that nobody trusts', async () => {
    let asked = 0;
    const port = await listen(createTlsServer(selfSigned(), () => asked++));
    const { failure } = await failureOf(`https://127.0.0.1:${port}`, { key: 'sk-secret' });
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain('is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(asked).toBe(0);
  });

  it('does not begin', async () => {
    const server = await serve({ text: 'x', before: () => new Promise(() => {}) });
    const { failure } = await failureOf(server.url, { timeouts: { firstWordsMs: 50 } });
    expect([failure.kind, failure.message]).toEqual([
      'timeout',
      `${new URL(server.url).origin} did not begin its reply within 0.05 seconds. Ask again, or choose a faster model.`,
    ]);
    expect(await server.requests[0]!.left).toBe(true);
  });

  it('begins its stream and not its words', async () => {
    const head = `data: ${JSON.stringify({ choices: [{ delta: { role: 'assistant', content: '' } }] })}\n\n`;
    const server = await serve({ raw: [head], ends: 'never' });
    const { failure } = await failureOf(server.url, { timeouts: { firstWordsMs: 200, idleMs: 20 } });
    expect(failure.message).toContain('did not begin its reply within 0.2 seconds');
  });

  it('goes quiet', async () => {
    const server = await serve({ text: 'one two', ends: 'never', finish: null });
    const { failure, pieces } = await failureOf(server.url, { timeouts: { idleMs: 50 } });
    expect([failure.kind, pieces.join('')]).toEqual(['timeout', 'one two']);
    expect(failure.message).toContain('Nothing more came');
    expect(await server.requests[0]!.left).toBe(true);
  });

  it('only says that it is alive', async () => {
    const server = await serve({ raw: endless(': alive\n'), before: () => new Promise((go) => setTimeout(go, 5)) });
    const { failure } = await failureOf(server.url, { timeouts: { totalMs: 200 } });
    expect(failure.kind).toBe('timeout');
    expect(failure.message).toContain('was not whole within 0.2 seconds');
  });
});

it.each([
  ['localhost:11434', 'begins with http:// or https://, not localhost:.'],
  ['ftp://localhost', 'begins with http:// or https://, not ftp:.'],
  ['', '"" is not the address of a server. Give one such as http://localhost:11434/v1.'],
  ['http://', '"http://" is not the address of a server.'],
  ['http://me:sk-secret@localhost/v1', 'The address has a name or password in it. Leave them out'],
])('the address "%s" is refused', async (url, message) => {
  const { failure } = await failureOf(url);
  expect(failure.message).toContain(message);
  expect(failure.message).not.toContain('sk-secret');
});

it.each(['sk secret', 'sk-secret\r\nx-more: 1', 'sk-sécret', 'sk-secret\0', ''])(
  'the key %j is refused unsent',
  async (key) => {
    const server = await serve({ text: 'x' });
    const { failure } = await failureOf(server.url, { key });
    expect(failure.kind).toBe('key');
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/s[eé]cret/);
    expect(server.requests).toEqual([]);
  },
);

it.each([
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'No connection to http://x came about in time.'],
  ['EAI_AGAIN', 'unreachable', 'The name in http://x cannot be looked up.'],
  ['EHOSTUNREACH', 'unreachable', 'There is no way to http://x.'],
  ['CERT_HAS_EXPIRED', 'unreachable', 'The certificate of http://x is not trusted (CERT_HAS_EXPIRED).'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable', 'The certificate of http://x is for another name.'],
  ['ESOMETHING', 'unreachable', 'http://x cannot be reached (ESOMETHING).'],
  ['sk-secret', 'unreachable', 'http://x cannot be reached. Check the address and the proxy.'],
])('a connection that fails by %s is told', (code, kind, message) => {
  const cause = Object.assign(new Error('sk-secret'), { code });
  const failure = connectionFailure(new TypeError('fetch failed', { cause }), 'http://x', false);
  expect(failure.kind).toBe(kind);
  expect(failure.message).toContain(message);
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('sk-secret');
});
