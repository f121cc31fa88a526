import { afterEach, describe, expect, it } from 'vitest';
import type { ChatRequest, ModelReply, ToolCall } from '#core/llm/chatModel.ts';
import type { ModelFailure } from '#core/llm/modelFailure.ts';
import {
  startModelServer,
  type ModelScript,
  type ModelServer,
  type ModelServerOptions,
  type ScriptedReply,
} from '../../../test/fakes/modelServer.ts';
import { endpointModel, type EndpointOptions } from './endpointModel.ts';

const servers: ModelServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

async function serve(script: ModelScript, options?: ModelServerOptions): Promise<ModelServer> {
  const server = await startModelServer(script, options);
  servers.push(server);
  return server;
}

const question: ChatRequest = {
  messages: [
    { role: 'system', text: 'Rules.' },
    { role: 'user', text: 'Where?' },
  ],
  maxTokens: 100,
  temperature: 0.2,
};
const tools = [{ name: 'search', description: 'Searches.', parameters: { type: 'object' } }];

interface Said {
  readonly pieces: readonly string[];
  readonly reply: ModelReply | undefined;
  readonly failure: ModelFailure | undefined;
}

interface AskOptions extends Partial<EndpointOptions> {
  readonly request?: ChatRequest;
  readonly signal?: AbortSignal;
}

async function ask(server: ModelServer, { request = question, signal, ...options }: AskOptions = {}): Promise<Said> {
  const model = endpointModel({ url: server.url, name: 'tiny', ...options });
  const pieces: string[] = [];
  const take = (piece: string): void => void pieces.push(piece);
  return model.chat(request, take, signal ?? new AbortController().signal).then(
    (reply) => ({ pieces, reply, failure: undefined }),
    (failure: ModelFailure) => ({ pieces, reply: undefined, failure }),
  );
}

const askOnce = async (reply: ScriptedReply, options?: AskOptions): Promise<Said> => ask(await serve([reply]), options);

async function goOn(server: ModelServer, stop: readonly string[], maxTokens = 100): Promise<Said> {
  const pieces: string[] = [];
  const model = endpointModel({ url: server.url, name: 'tiny' });
  const request = { prompt: 'Once', maxTokens, temperature: 0, stop };
  const reply = await model.continue!(request, (piece) => void pieces.push(piece), new AbortController().signal);
  return { pieces, reply, failure: undefined };
}

describe('what is sent', () => {
  it('is a streamed chat in the words of the protocol, without a key', async () => {
    const server = await serve([{ text: 'Here.' }]);
    await ask(server);
    expect(server.requests).toHaveLength(1);
    const { method, path, headers, body } = server.requests[0]!;
    expect([method, path, headers['content-type']]).toEqual(['POST', '/v1/chat/completions', 'application/json']);
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
    expect(body).toEqual({
      model: 'tiny',
      stream: true,
      messages: [
        { role: 'system', content: 'Rules.' },
        { role: 'user', content: 'Where?' },
      ],
      max_tokens: 100,
      temperature: 0.2,
    });
  });

  it('has tools, and the calls and results of the conversation', async () => {
    const server = await serve([{ text: 'Here.' }]);
    const calls: readonly ToolCall[] = [{ id: 'a', name: 'search', argumentsText: '{"query":"x"}' }];
    const messages = [
      { role: 'assistant', text: '', calls },
      { role: 'tool', callId: 'a', text: 'nothing' },
      { role: 'assistant', text: 'Hm.', calls: [] },
    ] as const;
    await ask(server, { request: { ...question, messages, tools } });
    const { body } = server.requests[0]!;
    expect(body.tools).toEqual([{ type: 'function', function: tools[0] }]);
    expect(body.messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'search', arguments: '{"query":"x"}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'nothing' },
      { role: 'assistant', content: 'Hm.' },
    ]);
  });

  it('has the key in the header for it, and nowhere else', async () => {
    const server = await serve([{ text: 'Here.' }], { key: 'sk-secret' });
    expect((await ask(server, { key: 'sk-secret' })).reply?.text).toBe('Here.');
    const { headers, path, body } = server.requests[0]!;
    expect(headers.authorization).toBe('Bearer sk-secret');
    expect(JSON.stringify([{ ...headers, authorization: '' }, path, body])).not.toContain('sk-secret');
  });

  it.each([
    ['', '/v1/chat/completions'],
    ['/', '/v1/chat/completions'],
    ['/v1', '/v1/chat/completions'],
    ['/v1//', '/v1/chat/completions'],
    ['/v1/models', '/v1/chat/completions'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/completions/', '/v1/chat/completions'],
    ['/api/openai', '/api/openai/chat/completions'],
    ['/v1?api-version=2&x=#part', '/v1/chat/completions?api-version=2&x='],
  ])('goes with the address "%s" to %s', async (path, expected) => {
    const server = await serve([{ text: 'Here.' }]);
    await ask(server, { url: ` ${new URL(server.url).origin}${path} ` });
    expect(server.requests.map((request) => request.path)).toEqual([expected]);
  });

  it('never follows a redirect, so that the key stays with its origin', async () => {
    const other = await serve([{ text: 'Here.' }]);
    const location = `${other.url}/chat/completions`;
    for (const status of [301, 302, 303, 307, 308]) {
      const { failure } = await askOnce({ status, headers: { location } }, { key: 'sk-secret' });
      expect(failure?.kind).toBe('failed');
      expect(failure?.message).toContain(`leads to ${new URL(other.url).origin}. Spoor follows no redirects`);
    }
    expect(other.requests).toEqual([]);
  });

  it('is sent once more where a server names what it does not take, and so from then on', async () => {
    const says = (message: string): ScriptedReply => ({ status: 400, body: { error: { message } } });
    const server = await serve(({ body }) => {
      if (body.max_tokens !== undefined)
        return says("'max_tokens' is not supported. Use 'max_completion_tokens' instead.");
      if (body.temperature !== undefined) return says("Unsupported value: 'temperature' does not support 0.2.");
      return { text: 'Here.' };
    });
    const model = endpointModel({ url: server.url, name: 'tiny' });
    for (let i = 0; i < 2; i++)
      expect((await model.chat(question, () => {}, new AbortController().signal)).text).toBe('Here.');
    expect(
      server.requests.map(({ body }) => [body.max_tokens, body['max_completion_tokens'], body.temperature]),
    ).toEqual([
      [100, undefined, 0.2],
      [undefined, 100, 0.2],
      [undefined, 100, undefined],
      [undefined, 100, undefined],
    ]);
  });

  it.each<[string, ScriptedReply]>([
    ['as vLLM does', { status: 400, body: { message: 'System role not supported', code: 400 } }],
    [
      'as LM Studio does',
      { raw: ['event: error\ndata: {"error":{"message":"Jinja: Only user and assistant roles are supported!"}}\n\n'] },
    ],
  ])('begins the first message with the rules where a server takes no system: %s', async (_, refusal) => {
    const server = await serve(({ body }) => (body.messages![0]!.role === 'system' ? refusal : { text: 'Here.' }));
    const model = endpointModel({ url: server.url, name: 'tiny' });
    for (let i = 0; i < 2; i++)
      expect((await model.chat(question, () => {}, new AbortController().signal)).text).toBe('Here.');
    expect(server.requests.map(({ body }) => body.messages!.map(({ content }) => content))).toEqual([
      ['Rules.', 'Where?'],
      ['Rules.\n\nWhere?'],
      ['Rules.\n\nWhere?'],
    ]);
  });

  it('is not sent again for anything else', async () => {
    const stubborn = "Use 'max_completion_tokens'; unsupported temperature.";
    for (const [reply, times] of [
      [{ status: 400, body: stubborn }, 3],
      [{ status: 500, body: stubborn }, 1],
      [{ status: 429, headers: { 'retry-after': '0' } }, 1],
      [{ text: 'He', ends: 'cut' }, 1],
    ] as const) {
      const server = await serve([reply]);
      expect((await ask(server)).failure).toBeDefined();
      expect(server.requests).toHaveLength(times);
    }
  });
});

const events = (...data: readonly object[]): string => data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const delta = (part: object, finish: string | null = null): object => ({
  choices: [{ delta: part, finish_reason: finish }],
});
const bytes = new TextEncoder().encode(events(delta({ content: 'a → 🙂.' }, 'stop')));
const textAt = new TextDecoder().decode(bytes).indexOf('a →');

const replies: readonly [what: string, reply: ScriptedReply, text: string, end?: ModelReply['end']][] = [
  ['a stream', { text: 'It is here.' }, 'It is here.'],
  ['a stream with CRLF', { text: 'It is here.', lineEnd: '\r\n' }, 'It is here.'],
  ['a stream with CR', { text: 'It is here.', lineEnd: '\r' }, 'It is here.'],
  ['a stream without [DONE]', { text: 'It is here.', ends: 'quiet' }, 'It is here.'],
  ['a stream without a finish', { text: 'It is here.', finish: null }, 'It is here.'],
  ['a stream that stays open after its end', { text: 'It is here.', ends: 'never' }, 'It is here.'],
  ['one JSON object', { text: 'It is here.', stream: false }, 'It is here.'],
  ['one JSON object without a finish', { raw: ['\n {"choices":[{"message":{"content":"x"}}]}'] }, 'x'],
  ['an empty reply', { text: '' }, ''],
  ['a reply at the token limit', { text: 'It is', finish: 'length' }, 'It is', 'cut'],
  ['a list of parts', { raw: [events(delta({ content: [{ type: 'text', text: 'x' }, 'y', {}] }, 'stop'))] }, 'x'],
  [
    'comments and other fields',
    { raw: [': alive\n\nid: 7\nretry: 1\nodd\n', events(delta({ content: 'x' }, 'stop'))] },
    'x',
  ],
  ['a last event without a line end', { raw: [events(delta({ content: 'x' }, 'stop')).trimEnd()] }, 'x'],
  ['what was cut after its finish', { raw: [events(delta({ content: 'x' }, 'stop')), 'data: {"us'], ends: 'cut' }, 'x'],
  ['bytes one by one', { raw: Array.from(bytes, (byte) => Uint8Array.of(byte)) }, 'a → 🙂.'],
  ['halves of a character', { text: ['a \ud83d', '\ude42', ' \ud83d'] }, 'a 🙂 '],
  ['halves that stay alone', { text: ['\ude42\ud83d', 'x'] }, '\ufffd\ufffdx'],
  [
    'bytes that are no text',
    { raw: [Uint8Array.of(...bytes.subarray(0, textAt), 0xff, ...bytes.subarray(textAt))] },
    '\ufffda → 🙂.',
  ],
  [
    'usage without a choice',
    { raw: [events(delta({ content: 'x' }), { choices: [], usage: {} }, delta({}, 'stop'))] },
    'x',
  ],
  [
    'only the first of several choices',
    {
      raw: [
        events({
          choices: [
            { index: 1, delta: { content: 'y' } },
            { index: 0, delta: { content: 'x' }, finish_reason: 'stop' },
          ],
        }),
      ],
    },
    'x',
  ],
  [
    'an empty finish that says nothing',
    { raw: [events(delta({ content: 'x' }, ''), delta({ content: 'y' }, 'stop'))] },
    'xy',
  ],
];

describe('what is understood', () => {
  it.each(replies)('%s', async (_, scripted, text, end = 'done') => {
    const { pieces, reply, failure } = await askOnce(scripted);
    expect(failure).toBeUndefined();
    expect(reply).toEqual({ text, calls: [], end });
    expect(pieces.join('')).toBe(text);
    expect(pieces).not.toContain('');
  });

  it('what a reasoning model says at last, and that it thought', async () => {
    const { pieces, reply } = await askOnce({ reasoning: 'Hm, [1]?', text: 'It is here.' });
    expect(reply).toEqual({ text: 'It is here.', calls: [], end: 'done', hasThought: true });
    expect(pieces.join('')).toBe('It is here.');
  });

  it('comes piece by piece, as the server sends it', async () => {
    let [open, opened] = [(): void => {}, Promise.resolve()];
    const gate = (): void => void (opened = new Promise((resolve) => (open = resolve)));
    gate();
    const server = await serve([{ text: ['a', 'b', 'c'], before: (piece) => (piece > 0 ? opened : undefined) }]);
    const seen: string[] = [];
    const model = endpointModel({ url: server.url, name: 'tiny' });
    const take = (piece: string): void => {
      seen.push(piece);
      const before = open;
      gate();
      before();
    };
    await model.chat(question, take, new AbortController().signal);
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});

const call = (part: object): object => delta({ tool_calls: [part] });
const named = (id: string | undefined, name: string, text: string, index?: number): object =>
  call({ ...(id !== undefined && { id }), ...(index !== undefined && { index }), function: { name, arguments: text } });

const toolCalls: readonly [what: string, reply: ScriptedReply, calls: readonly (readonly string[])[]][] = [
  [
    'in pieces, several at once',
    {
      calls: [
        { name: 'search', arguments: ['{"q', 'uery":1}'] },
        { name: 'answer', arguments: {}, id: 'b' },
      ],
    },
    [
      ['call_0', 'search', '{"query":1}'],
      ['b', 'answer', '{}'],
    ],
  ],
  [
    'mingled, by their indexes',
    {
      raw: [
        events(
          named('a', 'search', '{', 0),
          named('b', 'answer', '[', 1),
          call({ index: 0, function: { arguments: '}' } }),
          call({ index: 1, function: { arguments: ']' } }),
          delta({}, 'tool_calls'),
        ),
      ],
    },
    [
      ['a', 'search', '{}'],
      ['b', 'answer', '[]'],
    ],
  ],
  [
    'in one JSON object',
    { calls: [{ name: 'search', arguments: { x: 1 } }], stream: false },
    [['call_0', 'search', '{"x":1}']],
  ],
  [
    'without ids',
    {
      calls: [
        { name: 'a', arguments: {}, id: null },
        { name: 'b', arguments: {}, id: null },
      ],
    },
    [
      ['call00000', 'a', '{}'],
      ['call00001', 'b', '{}'],
    ],
  ],
  [
    'whole ones that all have the index 0',
    { raw: [events(named('a', 'x', '{}', 0), named('b', 'y', '{}', 0), delta({}, 'stop'))] },
    [
      ['a', 'x', '{}'],
      ['b', 'y', '{}'],
    ],
  ],
  [
    'without indexes',
    {
      raw: [
        events(
          named('a', 'x', '{'),
          call({ function: { arguments: '}' } }),
          named(undefined, 'y', '{}'),
          delta({}, 'stop'),
        ),
      ],
    },
    [
      ['a', 'x', '{}'],
      ['call00000', 'y', '{}'],
    ],
  ],
  [
    'with the same id twice',
    { raw: [events(named('a', 'x', '', 0), named('a', 'y', '', 1), delta({}, 'stop'))] },
    [
      ['a', 'x', ''],
      ['call00000', 'y', ''],
    ],
  ],
  [
    'with arguments that are an object',
    { raw: [events(call({ index: 0, id: 'a', function: { name: 'x', arguments: { y: 1 } } }), delta({}, 'stop'))] },
    [['a', 'x', '{"y":1}']],
  ],
  [
    'that are none',
    { raw: [events(delta({ tool_calls: ['x', null, {}, { function: 7 }] }), delta({ tool_calls: 'x' }, 'stop'))] },
    [],
  ],
  [
    'without end',
    { raw: [events(...Array.from({ length: 500 }, (_, i) => named(`${i}`, 'x', '', i)), delta({}, 'stop'))] },
    Array.from({ length: 64 }, (_, i) => [`${i}`, 'x', '']),
  ],
];

describe('tool calls', () => {
  it.each(toolCalls)('%s', async (_, scripted, expected) => {
    const { reply } = await askOnce(scripted, { request: { ...question, tools } });
    expect(reply?.calls.map(({ id, name, argumentsText }) => [id, name, argumentsText])).toEqual(expected);
    expect(reply?.end).toBe('done');
  });

  it('get ids that the conversation does not have yet', async () => {
    const before: readonly ToolCall[] = [{ id: 'call_0', name: 'search', argumentsText: '{}' }];
    const messages = [...question.messages, { role: 'assistant', text: '', calls: before } as const];
    const { reply } = await askOnce(
      { calls: [{ name: 'search', arguments: {} }] },
      { request: { ...question, messages } },
    );
    expect(reply?.calls.map(({ id }) => id)).toEqual(['call00000']);
  });
});

describe('going on with a text', () => {
  it.each([
    ['ends with the stop text', ['a <e', 'nd> b'], ['<end>'], 'a <end>', 'stop'],
    ['ends with the one that ends first', ['x <end> y </a>'], ['</a>', 'nowhere', '<end>', 'd>'], 'x <end>', 'stop'],
    ['ends where the text does', ['a <en'], ['<end>'], 'a <en', 'done'],
    ['ends without stop texts', ['a <end> b'], [], 'a <end> b', 'done'],
    ['takes an empty stop text for none', ['a b'], [''], 'a b', 'done'],
  ] as const)('%s', async (_, text, stop, expected, end) => {
    for (const stream of [true, false]) {
      const server = await serve([{ text, stream }]);
      const { reply, pieces } = await goOn(server, stop);
      expect(reply).toEqual({ text: expected, calls: [], end });
      expect(pieces.join('')).toBe(expected);
      expect(server.requests[0]).toMatchObject({ path: '/v1/completions', body: { prompt: 'Once', max_tokens: 100 } });
    }
  });

  it('hangs up after a stop text', async () => {
    const server = await serve([
      { text: ['a <end>', 'b'], before: (piece) => (piece > 0 ? new Promise(() => {}) : undefined) },
    ]);
    expect((await goOn(server, ['<end>'])).reply?.text).toBe('a <end>');
    expect(await server.requests[0]!.left).toBe(true);
  });

  it('leaves a server that does not heed the token limit', async () => {
    const server = await serve([{ raw: endless(`data: {"choices":[{"text":"${'x'.repeat(100)}"}]}\n\n`) }]);
    const { reply } = await goOn(server, [], 10);
    expect(reply).toEqual({ text: 'x'.repeat(640), calls: [], end: 'cut' });
    expect(await server.requests[0]!.left).toBe(true);
  });
});

function* endless(text: string): Generator<string> {
  for (;;) yield text.repeat(Math.ceil(50_000 / text.length));
}

describe('cancelling', () => {
  it('closes the connection at once, and leaves the pieces that came', async () => {
    const server = await serve([{ text: 'one two', ends: 'never', finish: null }]);
    const stop = new AbortController();
    const model = endpointModel({ url: server.url, name: 'tiny' });
    const pieces: string[] = [];
    const take = (piece: string): void => {
      pieces.push(piece);
      if (pieces.length === 2) stop.abort();
    };
    await expect(model.chat(question, take, stop.signal)).rejects.toMatchObject({
      name: 'ModelFailure',
      kind: 'cancelled',
    });
    expect(await server.requests[0]!.left).toBe(true);
    await expect.poll(() => server.connections()).toBe(0);
    expect(pieces).toEqual(['one ', 'two']);
  });

  it('also while the server thinks', async () => {
    const server = await serve([{ text: 'x', before: () => new Promise(() => {}) }]);
    const stop = new AbortController();
    const said = ask(server, { signal: stop.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort();
    expect((await said).failure?.kind).toBe('cancelled');
    expect(await server.requests[0]!.left).toBe(true);
  });

  it('before anything was sent sends nothing', async () => {
    const server = await serve([{ text: 'x' }]);
    expect((await ask(server, { signal: AbortSignal.abort() })).failure?.kind).toBe('cancelled');
    expect([server.requests.length, server.connections()]).toEqual([0, 0]);
  });

  it('leaves no listener behind', async () => {
    const server = await serve([{ text: 'x' }, { status: 500 }]);
    let listeners = 0;
    const signal = Object.assign(new AbortController().signal, {
      addEventListener: () => void listeners++,
      removeEventListener: () => void listeners--,
    });
    await ask(server, { signal });
    await ask(server, { signal });
    expect(listeners).toBe(0);
  });
});
