import { afterEach, expect, it } from 'vitest';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../../../test/fakes/modelServer.ts';
import { listModels } from './listModels.ts';

const servers: ModelServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

async function serve(options: ModelServerOptions): Promise<ModelServer> {
  const server = await startModelServer([], options);
  servers.push(server);
  return server;
}

it('gives the names in the order of the server', async () => {
  const server = await serve({ models: ['qwen2.5-coder:7b', 'a/b', 'a/b', 'c'], key: 'sk-secret' });
  expect(await listModels(server.url, 'sk-secret')).toEqual(['qwen2.5-coder:7b', 'a/b', 'c']);
  expect(await listModels(new URL(server.url).origin, 'sk-secret')).toHaveLength(3);
  const { method, path, headers } = server.requests[0]!;
  expect([method, path, headers.authorization]).toEqual(['GET', '/v1/models', 'Bearer sk-secret']);
});

const lists: readonly (readonly [what: string, body: object, names: readonly string[]])[] = [
  ['a list without a frame', [{ id: 'a' }], ['a']],
  ['nothing', { data: null }, []],
  [
    'more than a thousand',
    { data: Array.from({ length: 2_000 }, (_, i) => ({ id: `${i}` })) },
    Array.from({ length: 1_000 }, (_, i) => `${i}`),
  ],
  ['names that are none', { data: [{ id: 7 }, { id: '' }, 'x', null, { id: 'a' }, { id: 'x'.repeat(201) }] }, ['a']],
  ['names that hide something', { data: [{ id: 'a\u202eb' }, { id: 'a\nb' }, { id: '\x1b[2J' }, { id: 'a' }] }, ['a']],
];

it.each(lists)('takes %s', async (_, body, names) => {
  const { url } = await serve({ models: { status: 200, body } });
  expect(await listModels(url)).toEqual(names);
});

it.each([
  ['no list', { status: 200, body: { object: 'list' } }, 'malformed', 'sent no list of models'],
  ['a web page', { status: 200, body: '<p>' }, 'malformed', 'sent no list of models'],
  ['401', { status: 401, body: '' }, 'key', 'asks for a key'],
  ['404', { status: 404, body: '' }, 'malformed', 'has no OpenAI-compatible service at this address (404)'],
  ['a reply that is cut', { raw: ['{"data":['], ends: 'cut' }, 'broken', 'broke off'],
] as const)('fails with a sentence for %s', async (_, models, kind, message) => {
  const { url } = await serve({ models });
  await expect(listModels(url)).rejects.toMatchObject({ kind, message: expect.stringContaining(message) });
});

it('can be cancelled', async () => {
  const server = await serve({ models: { raw: [], before: () => new Promise(() => {}) } });
  const stop = new AbortController();
  const listed = listModels(server.url, undefined, stop.signal);
  const failed = expect(listed).rejects.toMatchObject({ kind: 'cancelled' });
  await expect.poll(() => server.requests.length).toBe(1);
  stop.abort();
  await failed;
  expect(await server.requests[0]!.left).toBe(true);
});
