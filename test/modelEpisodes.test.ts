/**
 * Whole episodes that a language model behind a server searches: the real protocols over HTTP, every real tool, the
 * workspace of test/fixtures/workspace, against test/golden/episodes. `vitest run test/modelEpisodes.test.ts -u` writes
 * them anew.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSearcher, type Searcher } from '#node/searcher.ts';
import { episodeText } from './fakes/episodeText.ts';
import {
  startModelServer,
  type ModelRequest,
  type ModelScript,
  type ModelServer,
  type ScriptedReply,
} from './fakes/modelServer.ts';
import { writeTinyModel } from './fakes/tinyLanguageModel.ts';
import { makeParcelWorkspace } from './fakes/parcelWorkspace.ts';

const GOLDEN = join(import.meta.dirname, 'golden/episodes');
const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-model-episodes-')));
const servers: ModelServer[] = [];
let searcher: Searcher;

beforeAll(async () => {
  makeParcelWorkspace(join(base, 'parcel'));
  searcher = await createSearcher({
    directories: [join(base, 'parcel')],
    storage: join(base, 'storage'),
    models: { key: 'the-key' },
  });
  await searcher.ready();
});
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(async () => {
  await searcher.close();
  rmSync(base, { recursive: true, force: true });
});

async function serve(script: ModelScript): Promise<ModelServer> {
  const server = await startModelServer(script, { key: 'the-key' });
  servers.push(server);
  return server;
}

const search = (query: string): ScriptedReply => ({ calls: [{ name: 'search', arguments: { query } }] });
const answer = (...documents: number[]): ScriptedReply => ({ calls: [{ name: 'answer', arguments: { documents } }] });
const noTools: ScriptedReply = { status: 400, body: { error: { message: 'tiny does not support tools' } } };
const QUERY = '<think> Where could that be? <|begin_of_query|> withBackoff delay <|end_of_query|>';
const RETRY = 'Where do we retry failed uploads?';

interface Case {
  readonly question?: string;
  readonly policy?: (url: string) => string;
  readonly script: ModelScript;
}

const llm = (url: string): string => `llm:${url}#tiny`;

/** The number of the document that shows a file; 0 if there is none. */
const numberOf = (path: string, { body }: ModelRequest): number =>
  Number(new RegExp(`\\[(\\d+)\\] ${path}`).exec(JSON.stringify(body.messages))?.[1] ?? 0);

const CASES: Readonly<Record<string, Case>> = {
  'model-tools': {
    script: (request, number) =>
      [search('withBackoff attempts'), search('spool giveUp')][number] ??
      answer(numberOf('src/upload/spool.ts', request), numberOf('src/upload/backoff.ts', request)),
  },
  'model-tags': {
    script: (request, number) =>
      request.body.tools ? noTools : number < 2 ? { text: QUERY } : { text: '<answer>[2][1]</answer>' },
  },
  'model-base': {
    policy: (url) => `llm:${url}?protocol=base&context=8192#tiny`,
    script: [
      { text: ` ${QUERY.slice(8)} Made up: [9] lies` },
      { text: ' That is it.\n</think>\n\n<answer> [1] </answer> and more' },
    ],
  },
  'model-not-found': {
    question: 'kubernetes ingress certificates',
    script: [
      search('kubernetes ingress'),
      search('tls certificate'),
      { calls: [{ name: 'not_found', arguments: {} }] },
    ],
  },
  'model-dishonest': { script: [answer(1, 2), search('withBackoff'), { text: 'See [77], [1] and src/secret.ts.' }] },
  'model-malformed': { script: [search('withBackoff'), { raw: ['data: {"cho', 'ices"'] }] },
  'model-cut': { script: [{ text: 'I will now', ends: 'cut' }] },
  'model-hybrid': { policy: (url) => `hybrid:${url}#tiny`, script: [search('withBackoff spool'), answer(3, 1)] },
};

describe('an episode of a model', () => {
  test.each(Object.entries(CASES))('%s', async (name, { question = RETRY, policy = llm, script }) => {
    const server = await serve(script);
    const found = await searcher.ask(question, { policy: policy(server.url) });
    const text = episodeText(found).replaceAll(new URL(server.url).origin, 'http://SERVER');
    await expect(text).toMatchFileSnapshot(join(GOLDEN, `${name}.txt`));
    for (const { headers } of server.requests) expect(headers.authorization).toBe('Bearer the-key');
    expect(JSON.stringify(found)).not.toContain('the-key');
  });
});

test('an endless model is left at the end of its query', async () => {
  const server = await serve((request, number) => {
    if (request.body.tools) return noTools;
    return number > 1 ? { text: '<answer>[1]</answer>' } : { raw: endless(QUERY) };
  });
  const found = await searcher.ask(RETRY, { policy: llm(server.url) });
  expect(found.citations[0]!.path).toBe('src/upload/backoff.ts');
  expect(await server.requests[1]!.left).toBe(true);
});

function* endless(beginning: string): Generator<string> {
  const event = (content: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
  yield event(beginning);
  for (;;) yield event(' lies');
}

test('a slow model can be cancelled: the connection is closed, the answer says what was', async () => {
  const cancel = new AbortController();
  const never = new Promise(() => {});
  const server = await serve((_request, number) => {
    if (number === 0) return search('withBackoff');
    queueMicrotask(() => cancel.abort());
    return { text: 'slow', before: () => never };
  });
  const found = await searcher.ask(RETRY, { policy: llm(server.url), signal: cancel.signal });
  expect(found.stopReason).toBe('cancelled');
  expect(await server.requests[1]!.left).toBe(true);
});

test('a base model in a folder on disk that only rambles gets a search, and its answer begun for it', async () => {
  const folder = join(base, 'tiny');
  const replies = { '<think>': ' I do not know.', '\n\n': ' It may be there.', '<answer>': ' [2]' };
  await writeTinyModel(folder, { template: null, words: 'think answer', replies });
  const found = await searcher.ask(RETRY, { policy: `llm:${folder}?protocol=base` });
  expect(found.notes).toEqual([]);
  expect(found.trail.map(({ calls }) => [...new Set(calls.map(({ tool }) => tool))])).toEqual([
    ['grep', 'docs', 'history'],
    ['read'],
  ]);
  // The second document that it was shown.
  expect(found.citations[0]!.path).toBe('test/backoff.test.ts');
  expect(found.stopReason).toBe('answered');
});

test('two questions at once are two conversations', async () => {
  const server = await serve((request) => {
    const aboutToken = JSON.stringify(request.body.messages).includes('read its token');
    const wanted = aboutToken ? 'agent/main.go' : 'src/upload/spool.ts';
    const number = numberOf(wanted, request);
    return number > 0 ? answer(number) : search(aboutToken ? 'readToken token' : 'spool keep');
  });
  const [one, other] = await Promise.all(
    ['How does the agent read its token?', 'What happens to files that were given up on?'].map((question) =>
      searcher.ask(question, { policy: llm(server.url) }),
    ),
  );
  expect(one!.citations[0]!.path).toBe('agent/main.go');
  expect(other!.citations[0]!.path).toBe('src/upload/spool.ts');
});

test('a searcher that was told of no models opens none, and asks nobody', async () => {
  const server = await serve([search('withBackoff')]);
  const plain = await createSearcher({ directories: [join(base, 'parcel')], storage: join(base, 'storage') });
  try {
    for (const name of [llm(server.url), `hybrid:${server.url}#tiny`])
      await expect(plain.ask(RETRY, { policy: name })).rejects.toMatchObject({ name: 'PolicyError' });
    expect(server.requests).toEqual([]);
  } finally {
    await plain.close();
  }
});

test.each([
  ['llm:http://127.0.0.1:1/v1', /Name the model behind the address/],
  ['llm:http://me:secret@127.0.0.1:1/v1#x', /^(?!.*secret)/],
  ['llm:/no/such/folder', /There is no folder/],
  ['llm:http://127.0.0.1:1/v1?protocol=telepathy#x', /no protocol "telepathy". There are auto, tools, tags, base\./],
  ['llm:http://127.0.0.1:1/v1?context=many#x', /context=32768/],
])('%s is refused with a sentence', async (policy, sentence) => {
  const refused = await searcher.ask(RETRY, { policy }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'PolicyError', message: expect.stringMatching(sentence) });
});
