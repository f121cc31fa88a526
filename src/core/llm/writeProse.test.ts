import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Citation } from '#core/answer/answer.ts';
import type { Prose } from '#core/answer/prose.ts';
import type { ChatModel, ChatRequest } from '#core/llm/chatModel.ts';
import { endpointModel } from '#node/llm/endpointModel.ts';
import {
  startModelServer,
  type ModelScript,
  type ModelServer,
  type ScriptedReply,
} from '../../../test/fakes/modelServer.ts';
import { answerAbout } from '../../../test/fakes/scriptedSearcher.ts';
import { estimateTokens } from './prompt.ts';
import { MAX_SENTENCES } from './proseStream.ts';
import { writeProse } from './writeProse.ts';

const servers: ModelServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

const place = (number: number, count = 3): Citation => ({
  number,
  path: `src/part${number}.ts`,
  start: 1,
  end: count,
  score: 1,
  why: [],
  lines: Array.from({ length: count }, (_, i) => `const value${i} = compute(${i}, options.width);`),
});
const answer = answerAbout('how?', [place(1), place(2)]);

interface Run {
  readonly prose: Prose;
  readonly emitted: readonly Prose[];
  readonly server: ModelServer;
}

/** Prose by a real request to a scripted server. */
async function write(script: ModelScript, about: Answer = answer, stopAt?: (prose: Prose) => boolean): Promise<Run> {
  const server = await startModelServer(script);
  servers.push(server);
  const emitted: Prose[] = [];
  const stopping = new AbortController();
  const model = endpointModel({ url: server.url, name: 'tiny', timeouts: { idleMs: 60_000 } });
  const emit = (prose: Prose): void => {
    emitted.push(prose);
    if (stopAt?.(prose)) stopping.abort();
  };
  return { prose: await writeProse({ model, answer: about, emit }, stopping.signal), emitted, server };
}

describe('prose', () => {
  it('comes sentence by sentence, and is whole at the end', async () => {
    const { prose, emitted, server } = await write([{ text: 'It waits [1]. It ends [2][7].' }]);
    expect(prose).toEqual({
      model: 'tiny',
      sentences: [
        { text: 'It waits.', citations: [1] },
        { text: 'It ends.', citations: [2] },
      ],
      state: 'done',
      notes: ['A number that is of no cited place was taken out.'],
    });
    expect(emitted.at(-1)).toEqual(prose);
    expect(emitted.slice(0, -1).every(({ state }) => state === 'running')).toBe(true);
    expect(emitted[0]!.sentences).toEqual([{ text: 'It', citations: [] }]);
    const [{ body }] = server.requests as [ModelServer['requests'][number]];
    expect(body.messages!.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(body).toMatchObject({ temperature: 0, max_tokens: 4_000 });
  });

  it.each([
    ['nothing was found', { ...answer, found: false }],
    ['nothing is cited', { ...answer, citations: [] }],
  ])('is not asked for when %s', async (_, about) => {
    const { prose, server } = await write([{ text: 'It waits [1].' }], about);
    expect(prose).toMatchObject({ state: 'done', sentences: [] });
    expect(prose.notes).toEqual(['The model was not asked: no places were found that it could write about.']);
    expect(server.requests).toHaveLength(0);
  });

  it('cites no place that there was no room for', async () => {
    const many = answerAbout(
      'how?',
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => place(number, 200)),
    );
    const server = await startModelServer([{ text: 'It waits [1]. It ends [10].' }]);
    servers.push(server);
    const model = endpointModel({ url: server.url, name: 'tiny', contextTokens: 900 });
    const prose = await writeProse({ model, answer: many }, new AbortController().signal);
    expect(server.requests[0]!.body.messages![1]!.content).not.toContain('[10] src/part10.ts');
    expect(prose.sentences.map(({ citations }) => citations)).toEqual([[1], []]);
  });
});

type FailureRow = readonly [
  name: string,
  reply: ScriptedReply,
  state: Prose['state'],
  sentences: readonly string[],
  note: RegExp,
];

const failures: readonly FailureRow[] = [
  ['no key', { status: 401, body: { error: { message: 'no' } } }, 'failed', [], /key/i],
  ['no model', { status: 404, body: { error: { message: 'model "tiny" not found' } } }, 'failed', [], /tiny/],
  ['a limit', { status: 429, headers: { 'retry-after': '7' }, body: '' }, 'failed', [], /7 s/],
  ['a fault of the server', { status: 500, body: 'boom' }, 'failed', [], /500/],
  ['another page', { raw: ['<html>hello</html>'], type: 'text/html' }, 'failed', [], /./],
  ['a refusal', { text: '', finish: 'content_filter' }, 'failed', [], /./],
  ['a stream that breaks off', { text: 'It waits [1]. It en', ends: 'cut' }, 'cut', ['It waits.', 'It en'], /./],
  [
    'the limit of tokens',
    { text: 'It waits [1]. It en', finish: 'length' },
    'cut',
    ['It waits.', 'It en'],
    /limit of its reply/,
  ],
  ['nothing', { text: '' }, 'failed', [], /nothing that can be shown/],
  [
    'thinking apart from the text',
    { text: '', reasoning: 'It is [1].', finish: 'length' },
    'failed',
    [],
    /only thought/,
  ],
  ['marks alone', { text: '[1] [2]' }, 'failed', [], /nothing that can be shown/],
  ['thinking alone', { text: '<think>It is [1].', finish: 'length' }, 'failed', [], /only thought/],
];

describe('a model that fails', () => {
  it.each(failures)('by %s', async (_, reply, state, sentences, note) => {
    const { prose, emitted } = await write([reply]);
    expect(prose).toMatchObject({ model: 'tiny', state });
    expect(prose.sentences.map(({ text }) => text)).toEqual(sentences);
    expect(prose.notes.at(-1)).toMatch(note);
    expect(emitted.at(-1)).toEqual(prose);
  });

  it('by not being there', async () => {
    const server = await startModelServer([]);
    await server.close();
    const model = endpointModel({ url: server.url, name: 'tiny' });
    const prose = await writeProse({ model, answer }, new AbortController().signal);
    expect(prose).toMatchObject({ state: 'failed', sentences: [] });
    expect(prose.notes.at(-1)).toMatch(/^Nobody answers at http:\/\/127\.0\.0\.1/);
  });

  it('by a prompt that is too long is asked again with half of it', async () => {
    const long = answerAbout(
      'how?',
      [1, 2, 3, 4, 5, 6].map((number) => place(number, 60)),
    );
    const refusal = { error: { message: 'maximum context length is 2048 tokens', code: 'context_length_exceeded' } };
    const { prose, server } = await write([{ status: 400, body: refusal }, { text: 'It waits [1].' }], long);
    expect(prose).toMatchObject({ state: 'done', sentences: [{ text: 'It waits.', citations: [1] }] });
    const [first, second] = server.requests.map(({ body }) => body.messages![1]!.content!.length);
    expect(second).toBeLessThan(first! * 0.7);
    const twice = await write([{ status: 400, body: refusal }], long);
    expect(twice.prose.state).toBe('failed');
    expect(twice.server.requests).toHaveLength(2);
  });

  it('by writing for ever is stopped', async () => {
    let number = 0;
    const text = function* (): Generator<string> {
      for (;;) {
        const delta = { content: `Sentence ${number++} is here [1]. ` };
        yield `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
      }
    };
    const { prose, server } = await write([{ raw: { [Symbol.iterator]: text } }]);
    expect(prose).toMatchObject({ state: 'cut', notes: ['The model wrote too much. The rest was left out.'] });
    expect(prose.sentences).toHaveLength(MAX_SENTENCES);
    expect(await server.requests[0]!.left).toBe(true);
  });
});

it('keeps what was written when it is stopped', async () => {
  const isBegun = ({ sentences }: Prose): boolean => sentences.length === 2;
  const { prose, server } = await write(
    [{ text: 'It waits [1]. It ends', ends: 'never', finish: null }],
    answer,
    isBegun,
  );
  expect(prose.state).toBe('cancelled');
  expect(prose.sentences[0]).toEqual({ text: 'It waits.', citations: [1] });
  expect(await server.requests[0]!.left).toBe(true);
});

describe('a model in this process', () => {
  const said = (text: string, known: Partial<ChatModel> = {}): ChatModel & { readonly asked: ChatRequest[] } => {
    const asked: ChatRequest[] = [];
    return {
      name: 'own',
      asked,
      chat: async (request, take) => {
        asked.push(request);
        take(text);
        return { text, calls: [], end: 'done' };
      },
      ...known,
    };
  };
  const long = answerAbout(
    'how?',
    [1, 2, 3, 4, 5, 6, 7].map((number) => place(number, 80)),
  );
  const { signal } = new AbortController();

  it('that counts its tokens gets what fits', async () => {
    const count = (text: string): number => Math.ceil(estimateTokens(text) / 2);
    const [counting, other] = [said('It is [1].', { countTokens: count }), said('It is [1].')];
    await writeProse({ model: counting, answer: long }, signal);
    await writeProse({ model: other, answer: long }, signal);
    const lengths = [counting, other].map(({ asked }) => asked[0]!.messages[1]!.text.length);
    expect(lengths[0]).toBeGreaterThan(lengths[1]! * 1.5);
    expect(count(counting.asked[0]!.messages.map(({ text }) => text).join('\n'))).toBeLessThanOrEqual(3_024);
  });

  it('may have a name of any kind', async () => {
    const prose = await writeProse({ model: said('Yes [1].', { name: '\x1b[31m' }), answer }, signal);
    expect(prose).toMatchObject({ state: 'done', model: String.raw`\x1b[31m` });
  });

  it.each<readonly [string, Partial<ChatModel>]>([
    ['rejects with another error', { chat: () => Promise.reject(new Error('boom\x1b[31m')) }],
    [
      'throws at once',
      {
        chat: () => {
          throw new Error('boom');
        },
      },
    ],
    ['cannot count', { countTokens: () => Promise.reject(new Error('boom')) }],
  ])('that %s is told in a sentence', async (_, broken) => {
    const prose = await writeProse({ model: said('It is [1].', broken), answer: long }, signal);
    expect(prose).toMatchObject({ state: 'failed', sentences: [] });
    expect(prose.notes.at(-1)).toMatch(/^The model failed: boom/);
    expect(prose.notes.at(-1)).not.toContain('\x1b');
  });
});
