/** The tools for other agents, asked of the searching process as the editor asks it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServiceClient, type ServiceClient } from '#node/service/serviceClient.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';
import { serviceModule, serviceSettings } from '../../../test/fakes/serviceSettings.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-agent-calls-')));
const parcel = join(base, 'parcel');
const settings = serviceSettings({ folders: [parcel], storage: join(base, 'storage') });
let client: ServiceClient;

beforeAll(() => {
  makeParcelWorkspace(parcel);
  client = createServiceClient({
    modulePath: serviceModule,
    settings,
    log: () => undefined,
    onEvent: () => undefined,
  });
});
afterAll(async () => {
  await client.dispose();
  rmSync(base, { recursive: true, force: true });
});

const signal = new AbortController().signal;

describe('each tool answers', () => {
  test('search_codebase, with cited lines', async () => {
    const question = 'How long do we wait before a failed upload is tried again?';
    const { text, data } = await client.agentTool('search_codebase', { question, places: 3 }, signal);
    expect(data.citations[0]?.path).toBe('src/upload/backoff.ts');
    expect(data.citations.length).toBeLessThanOrEqual(3);
    expect(text).toContain('src/upload/backoff.ts');
  });

  test('find_definitions, by exact names', async () => {
    const { data } = await client.agentTool('find_definitions', { names: ['delayBefore'] }, signal);
    expect(data.map(({ name, span }) => [name, span.path])).toContainEqual(['delayBefore', 'src/upload/backoff.ts']);
  });

  test('search_docs, as soon as the index has them', async () => {
    const { data } = await client.agentTool('search_docs', { query: 'upload retry' }, signal);
    expect(data[0]?.path).toMatch(/\.md$/);
  });

  test('search_history, which is off where the settings say so', async () => {
    client.configure({ ...settings, history: false });
    const call = client.agentTool('search_history', { query: 'retry' }, signal);
    await expect(call).rejects.toMatchObject({ name: 'ServiceError', kind: 'question' });
    client.configure(settings);
  });
});

test('nothing is not found where nothing could be searched', async () => {
  client.configure({ ...settings, rg: '/nowhere/rg' });
  const call = client.agentTool('search_codebase', { question: 'where are uploads retried?' }, signal);
  await expect(call).rejects.toMatchObject({ name: 'ServiceError', kind: 'failed' });
  await expect(call).rejects.toThrow('The path set for ripgrep, /nowhere/rg, is not the full path of a program');
  client.configure(settings);
});

describe('a call of another form is refused with a sentence', () => {
  test.each([
    ['search_codebase', {}],
    ['search_codebase', { question: 1 }],
    ['search_codebase', { question: 'where?', scope: 'src' }],
    ['search_codebase', { question: 'where?', places: '3' }],
    ['search_codebase', { question: 'where?', places: -1 }],
    ['search_codebase', { question: 'x'.repeat(60_000) }],
    ['find_definitions', { names: 'delayBefore' }],
    ['find_definitions', { names: [{}] }],
    ['search_docs', { query: null }],
    ['search_history', { query: 'retry', limit: 1.5 }],
  ] as const)('%s %j', async (name, input) => {
    const call = client.agentTool(name, input as never, signal);
    await expect(call).rejects.toMatchObject({ kind: 'question', message: expect.stringContaining(`${name} takes`) });
  });

  test('a place outside of the workspace', async () => {
    const input = { question: 'where are uploads retried?', scope: ['../../etc'] };
    const call = client.agentTool('search_codebase', input, signal);
    await expect(call).rejects.toMatchObject({ kind: 'question', message: expect.stringContaining('../../etc') });
  });

  test('a tool that there is not', async () => {
    await expect(client.agentTool('constructor' as never, {} as never, signal)).rejects.toMatchObject({
      kind: 'failed',
    });
  });
});

test('a call that is cancelled ends as cancelled', async () => {
  const control = new AbortController();
  const call = client.agentTool('search_codebase', { question: 'where are uploads retried?' }, control.signal);
  control.abort();
  await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
});
