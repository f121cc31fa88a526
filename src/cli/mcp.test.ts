/** `spoor mcp` as a real process, spoken to by the protocol's own client: its tools, progress, cancelling, roots, its end. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CallToolResult, ClientOptions, Progress } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Answer, Citation } from '#core/answer/answer.ts';
import { MAX_REPLY_UNITS } from '#node/agentTools/quotedText.ts';
import * as schemas from '#node/mcp/mcpSchemas.ts';
import { createSearcher } from '#node/searcher.ts';
import { isRunning } from '#node/stores/writeWhole.ts';
import { runInMemory } from '../../test/fakes/cliEnvironment.ts';
import {
  connectMcp,
  initialize,
  rawMcp,
  type McpConnection,
  type McpStart,
  type RawMcp,
} from '../../test/fakes/mcpProcess.ts';
import { makeParcelWorkspace } from '../../test/fakes/parcelWorkspace.ts';
import { waitingRipgrep, type WaitingRipgrep } from '../../test/fakes/waitingRipgrep.ts';

// Each test starts processes, some of them three.
vi.setConfig({ testTimeout: 120_000 });

const QUESTIONS = [
  'How long do failed uploads wait before they are tried again?',
  'Where is a file given up on?',
  'How is the service restarted?',
];

let base = '';
let parcel = '';
let rg: WaitingRipgrep;
let open: { close(): unknown }[] = [];

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-mcp-')));
  parcel = join(base, 'parcel');
  makeParcelWorkspace(parcel);
  rg = waitingRipgrep(base);
  // With all indexed, every process sees the same.
  const searcher = await createSearcher({ directories: [parcel], storage: join(base, 'cache') });
  await searcher.ready();
  await searcher.close();
});
afterEach(async () => {
  rg.release();
  await Promise.all(open.map((one) => one.close()));
  open = [];
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const startOf = (start: Partial<McpStart>): McpStart => ({
  cwd: parcel,
  ...start,
  env: { SPOOR_CACHE: join(base, 'cache'), SPOOR_RG: rg.program, HOME: base, ...start.env },
});

async function connect(
  start: Partial<McpStart> = {},
  options?: ClientOptions,
  prepare?: Parameters<typeof connectMcp>[2],
): Promise<McpConnection> {
  const connection = await connectMcp(startOf(start), options, prepare);
  open.push(connection.client);
  return connection;
}

function raw(start: Partial<McpStart> = {}): RawMcp {
  const server = rawMcp(startOf(start));
  open.push({
    close() {
      server.kill('SIGKILL');
      return server.ended;
    },
  });
  return server;
}

const textOf = ({ content }: CallToolResult): string =>
  content.map((block) => ('text' in block ? block.text : '')).join('');
const gone = (pid: number): Promise<void> => expect.poll(() => isRunning(pid)).toBe(false);
const held = async (): Promise<number> => {
  await expect.poll(() => rg.pid(), { timeout: 60_000 }).toBeDefined();
  return rg.pid()!;
};

/** Clients of before July 2026 open by `initialize`, later ones by asking what the server can do. */
const ERAS: readonly [string, ClientOptions, string][] = [
  ['2025-11-25', { versionNegotiation: { mode: 'legacy' } }, '2025-11-25'],
  ['2026-07-28', { versionNegotiation: { mode: { pin: '2026-07-28' } } }, '2026-07-28'],
];

describe.each(ERAS)('a client of revision %s', (_, options, revision) => {
  let connection: McpConnection;
  const call = (name: string, given: Record<string, unknown>): Promise<CallToolResult> =>
    connection.client.callTool({ name, arguments: given });

  beforeAll(async () => {
    connection = await connectMcp(startOf({ args: ['--workspace', parcel], cwd: base }), options);
  });
  afterAll(() => connection.client.close());

  test('learns what the server is and can do', async () => {
    const { client } = connection;
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(client.getServerVersion()).toMatchObject({ name: 'spoor', title: 'Spoor', version: expect.any(String) });
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: false } });
    expect(client.getInstructions()).toContain('search_codebase');
    const { tools, nextCursor } = await client.listTools();
    expect(nextCursor).toBeUndefined();
    expect(tools.map(({ name }) => name)).toEqual([
      'search_codebase',
      'find_definitions',
      'search_docs',
      'search_history',
    ]);
    for (const { annotations, inputSchema, outputSchema, title, description } of tools) {
      expect(annotations).toEqual({
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      });
      expect(inputSchema).toMatchObject({ type: 'object', required: [expect.any(String)] });
      expect(outputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect([title, description]).toEqual([expect.any(String), expect.any(String)]);
    }
  });

  test('gets cited places, as text and by the schema that was told', async () => {
    await connection.client.listTools();
    const result = await call('search_codebase', { question: QUESTIONS[0], places: 10 });
    expect(result.isError).toBeUndefined();
    const found = schemas.SEARCH_CODEBASE_OUTPUT.strict().parse(result.structuredContent);
    expect(found).toMatchObject({ question: QUESTIONS[0], found: true });
    expect(found.citations.length).toBeGreaterThan(5);
    for (const { number, path, start, end } of found.citations)
      expect(textOf(result)).toContain(`[${number}] \`${path}:${start}-${end}\``);
    expect(textOf(result).length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
  });

  test('gets definitions, sections and commits', async () => {
    const definitions = await call('find_definitions', { names: ['withBackoff'] });
    expect(schemas.FIND_DEFINITIONS_OUTPUT.strict().parse(definitions.structuredContent).definitions).toMatchObject([
      { name: 'withBackoff', kind: 'function', path: 'src/upload/backoff.ts' },
    ]);
    expect(textOf(definitions)).toContain('export async function withBackoff');
    const sections = await call('search_docs', { query: 'restart', limit: 2 });
    expect(schemas.SEARCH_DOCS_OUTPUT.strict().parse(sections.structuredContent).sections[0]).toMatchObject({
      path: 'docs/operations.md',
      title: 'Operations › Restart',
    });
    const commits = await call('search_history', { query: 'jitter' });
    expect(schemas.SEARCH_HISTORY_OUTPUT.strict().parse(commits.structuredContent).commits[0]).toMatchObject({
      message: expect.stringContaining('After the outage of March'),
      files: ['docs/changes.md', 'src/upload/backoff.ts'],
    });
  });

  test.each([
    ['search_codebase', { question: 'the' }, 'The question has no word to search for.'],
    ['search_codebase', { question: 'uploads', scope: ['../..'] }, 'There is no "../.." in this workspace.'],
    ['search_codebase', { question: 3 }, 'question'],
    ['search_codebase', { question: 'uploads', places: 11 }, 'places'],
    ['find_definitions', { names: [] }, 'names'],
    ['search_docs', {}, 'query'],
  ])('is told in words what is wrong with a call: %s %j', async (name, given, sentence) => {
    const result = await call(name, given);
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(textOf(result)).toContain(sentence);
  });

  test('gets an error of the protocol for a tool that there is not', async () => {
    for (const name of ['nope', '__proto__', 'constructor'])
      await expect(call(name, {})).rejects.toMatchObject({ code: -32602 });
  });

  test('sees how far a search is', async () => {
    rg.hold();
    const seen: Progress[] = [];
    const params = { name: 'search_codebase', arguments: { question: QUESTIONS[0] } };
    const asking = connection.client.callTool(params, { onprogress: (progress) => seen.push(progress) });
    // The client passes over what it reads together with the result, so there is none yet.
    await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(0);
    rg.release();
    expect((await asking).isError).toBeUndefined();
    expect(seen[0]).toMatchObject({ progress: 1, message: expect.stringMatching(/^Turn 1: .*grep/) });
    expect(seen.map(({ progress }) => progress)).toEqual(seen.map((_one, i) => i + 1));
  });

  test('has several calls answered side by side, each with its own', async () => {
    const results = await Promise.all([
      ...QUESTIONS.map((question) => call('search_codebase', { question })),
      call('find_definitions', { names: ['UploadQueue'] }),
      call('search_history', { query: 'agent' }),
    ]);
    expect(
      results
        .slice(0, 3)
        .map(({ structuredContent }) => schemas.SEARCH_CODEBASE_OUTPUT.parse(structuredContent).question),
    ).toEqual(QUESTIONS);
    expect(textOf(results[3]!)).toContain('class `UploadQueue`');
    expect(textOf(results[4]!)).toContain('Add the agent that customers install');
  });

  test('stops a search, its ripgrep too, and can ask again', async () => {
    rg.hold();
    const stopping = new AbortController();
    const params = { name: 'search_codebase', arguments: { question: QUESTIONS[0] } };
    const asking = connection.client.callTool(params, { signal: stopping.signal });
    asking.catch(() => undefined);
    const pid = await held();
    expect(isRunning(pid)).toBe(true);
    stopping.abort();
    await expect(asking).rejects.toThrow();
    await gone(pid);
    rg.release();
    expect((await call('search_codebase', { question: QUESTIONS[0] })).structuredContent).toMatchObject({
      found: true,
    });
    expect(connection.stderr()).toBe('');
  });
});

/** All of them but their lines, of which a reply has as many as fit. */
const placesOf = (citations: readonly Omit<Citation, 'lines' | 'symbol'>[]): unknown[] =>
  citations.map(({ number, path, start, end, score, why, ...rest }) => ({
    ...{ number, path, start, end, score, why },
    symbol: 'symbol' in rest ? rest.symbol : undefined,
  }));

test('the citations are those of the command line', async () => {
  const { client } = await connect({ args: ['--workspace', parcel], cwd: base });
  for (const question of QUESTIONS) {
    const result = await client.callTool({ name: 'search_codebase', arguments: { question, places: 10 } });
    const { citations, answer } = schemas.SEARCH_CODEBASE_OUTPUT.parse(result.structuredContent);
    const printed = execFileSync(
      process.execPath,
      ['src/cli/main.ts', 'ask', question, '--workspace', parcel, '--json'],
      {
        env: { ...process.env, SPOOR_CACHE: join(base, 'cache') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ).toString();
    const asked = JSON.parse(printed) as Answer & { readonly answer: string };
    expect(placesOf(citations)).toEqual(placesOf(asked.citations));
    for (const [i, { text }] of citations.entries())
      expect(asked.citations[i]!.lines.join('\n').startsWith(text)).toBe(true);
    expect(answer).toBe(asked.answer);
    expect(citations.length).toBeGreaterThan(0);
  }
});

describe('the folders', () => {
  const kiosk = (): string => {
    const folder = join(base, 'kiosk');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kiosk.ts'), 'export function openKiosk() {\n  return 1;\n}\n');
    return folder;
  };
  const definedIn = async ({ client }: McpConnection, name: string): Promise<string[]> => {
    const result = await client.callTool({ name: 'find_definitions', arguments: { names: [name] } });
    return schemas.FIND_DEFINITIONS_OUTPUT.parse(result.structuredContent).definitions.map(({ path }) => path);
  };

  test.each(ERAS)('are those of the client, also when they change (%s)', async (_, options) => {
    let roots = [{ uri: pathToFileURL(parcel).href }];
    const capabilities = { roots: { listChanged: true } };
    const connection = await connect({ cwd: base }, { ...options, capabilities }, (client) =>
      client.setRequestHandler('roots/list', () => ({ roots })),
    );
    expect(await definedIn(connection, 'withBackoff')).toEqual(['src/upload/backoff.ts']);
    roots = [{ uri: pathToFileURL(kiosk()).href }, { uri: 'file://elsewhere.example/share' }];
    if (options.versionNegotiation?.mode === 'legacy') await connection.client.sendRootsListChanged();
    expect(await definedIn(connection, 'withBackoff')).toEqual([]);
    expect(await definedIn(connection, 'openKiosk')).toEqual(['kiosk.ts']);
    roots = [{ uri: pathToFileURL(kiosk()).href }, { uri: pathToFileURL(parcel).href }];
    if (options.versionNegotiation?.mode === 'legacy') await connection.client.sendRootsListChanged();
    expect(await definedIn(connection, 'withBackoff')).toEqual(['parcel/src/upload/backoff.ts']);
  });

  test('are the current one for a client that tells none, unless that is a home', async () => {
    expect(await definedIn(await connect({ cwd: kiosk() }), 'openKiosk')).toEqual(['kiosk.ts']);
    // It says that it can, and does not know how.
    const unable = await connect({ cwd: kiosk() }, { capabilities: { roots: {} } });
    expect(await definedIn(unable, 'openKiosk')).toEqual(['kiosk.ts']);
    const { client } = await connect({ cwd: base });
    const result = await client.callTool({ name: 'find_definitions', arguments: { names: ['openKiosk'] } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe(
      'No folder is open to search. Open a folder in the client, or start the server with --workspace DIR.',
    );
  });

  test('that the client names wrongly or does not tell are asked for again', async () => {
    const roots = [{ uri: pathToFileURL(join(base, 'nowhere')).href }];
    const connection = await connect({ cwd: parcel }, { capabilities: { roots: {} } }, (client) =>
      client.setRequestHandler('roots/list', () => {
        if (!roots.length) throw new Error('not now');
        return { roots };
      }),
    );
    const failure = async (): Promise<string> => {
      const result = await connection.client.callTool({ name: 'find_definitions', arguments: { names: ['x'] } });
      return result.isError ? textOf(result) : '';
    };
    expect(await failure()).toBe(`There is no folder ${join(base, 'nowhere')}. Check the path.`);
    roots.pop();
    expect(await failure()).toBe(
      'The client did not tell its folders (not now). Start the server with --workspace DIR.',
    );
    roots.push({ uri: pathToFileURL(parcel).href });
    expect(await definedIn(connection, 'withBackoff')).toEqual(['src/upload/backoff.ts']);
  });
});

describe('the protocol', () => {
  test.each([
    ['2025-06-18', '2025-06-18'],
    ['1999-01-01', '2025-11-25'],
  ])('a client that wants revision %s gets %s', async (wanted, got) => {
    const server = raw();
    expect((await initialize(server, wanted)).result).toMatchObject({ protocolVersion: got });
    expect((await server.request('ping')).result).toEqual({});
  });

  test('what nobody should say is refused by its code or passed over, and the server goes on', async () => {
    const server = raw();
    await initialize(server);
    const codeOf = async (method: string, params?: object): Promise<number | undefined> =>
      (await server.request(method, params)).error?.code;
    expect(await codeOf('resources/list')).toBe(-32601);
    expect(await codeOf('logging/setLevel', { level: 'debug' })).toBe(-32601);
    expect(await codeOf('no/such/method')).toBe(-32601);
    expect(await codeOf('tools/call', { name: 'nope', arguments: {} })).toBe(-32602);
    expect(await codeOf('tools/call', {})).toBe(-32602);
    expect(await codeOf('tools/call', { name: 'search_docs', arguments: 'text' })).toBe(-32602);
    server.send('this is no JSON\n');
    server.send('{"jsonrpc":"2.0","id":1}\n[1,2,3]\n{}\n\n"text"\nnull\n');
    server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 4711 } });
    server.send({ jsonrpc: '2.0', id: 99, result: { roots: [] } });
    server.send({ jsonrpc: '2.0', method: 'notifications/no-such-thing' });
    const listed = await server.request('tools/list', { cursor: 'none of ours' });
    expect(listed.result?.['tools']).toHaveLength(4);
    expect(listed.result).not.toHaveProperty('nextCursor');
    // A message in two pieces.
    const half = '{"jsonrpc":"2.0","id":"two","method":';
    server.send(half);
    server.send('"ping"}\n');
    expect((await server.response('two')).result).toEqual({});
    for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  test('a search tells each of its calls before its result, to who asks for that', async () => {
    const server = raw();
    await initialize(server);
    const given = { name: 'search_codebase', arguments: { question: QUESTIONS[0] } };
    await server.request('tools/call', { ...given, _meta: { progressToken: 'token' } });
    const said = server.lines.map((line) => JSON.parse(line) as { method?: string; params?: Record<string, unknown> });
    const progress = said.slice(0, -1).filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params?.['progressToken'])).toEqual(progress.map(() => 'token'));
    expect(progress.map(({ params }) => params?.['progress'])).toEqual(progress.map((_one, i) => i + 1));
    const messages = progress.map(({ params }) => String(params?.['message']));
    expect(messages[0]).toMatch(/^Turn 1: .*grep/);
    expect(messages.filter((message) => /^grep .*: \d+ hits in \d+ files$/.test(message))).toHaveLength(1);
    expect(messages.some((message) => /^read src\/upload\/\S+: lines \d+–\d+$/.test(message))).toBe(true);
    await server.request('tools/call', given);
    expect(server.lines.filter((line) => line.includes('notifications/progress'))).toHaveLength(progress.length);
  });

  test('a call that is cancelled is not answered', async () => {
    const server = raw();
    await initialize(server);
    rg.hold();
    const params = { name: 'find_definitions', arguments: { names: ['withBackoff'] } };
    server.send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params });
    const pid = await held();
    server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
    await gone(pid);
    expect((await server.request('ping')).result).toEqual({});
    rg.release();
    expect((await server.request('tools/call', params)).result).toMatchObject({ content: [{ type: 'text' }] });
    expect(server.lines.map((line) => (JSON.parse(line) as { id?: unknown }).id)).not.toContain(7);
  });
});

describe('the end', () => {
  const callAndHold = async (server: RawMcp): Promise<number> => {
    await initialize(server);
    rg.hold();
    const params = { name: 'search_codebase', arguments: { question: QUESTIONS[0] } };
    server.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    return held();
  };

  test('comes when the client closes the input; nothing that was started goes on', async () => {
    const server = raw();
    const pid = await callAndHold(server);
    server.closeInput();
    expect(await server.ended).toBe(0);
    await gone(pid);
  });

  test('comes also before anything was said', async () => {
    const server = raw();
    server.closeInput();
    expect(await server.ended).toBe(0);
    expect(server.lines).toEqual([]);
  });

  test('comes by a signal; nothing that was started goes on', async () => {
    const server = raw();
    const pid = await callAndHold(server);
    server.kill('SIGTERM');
    expect(await server.ended).toBe(143);
    await gone(pid);
  });

  test('comes when what the client sends has no end', async () => {
    const server = raw();
    await initialize(server);
    for (let i = 0; i < 12; i++) server.send('x'.repeat(1 << 20));
    expect(await server.ended).toBe(0);
  });
});

describe('the options', () => {
  test('leave out docs and history, and their tools', async () => {
    const { client } = await connect({ args: ['--no-docs', '--no-history'] });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_codebase', 'find_definitions']);
    const result = await client.callTool({ name: 'search_codebase', arguments: { question: QUESTIONS[0] } });
    expect(result.structuredContent).toMatchObject({ found: true });
  });

  test('add docs folders', async () => {
    mkdirSync(join(base, 'manual'), { recursive: true });
    writeFileSync(join(base, 'manual', 'guide.md'), '# Guide\n\n## Lantern\n\nThe lantern needs a match.\n');
    const { client } = await connect({ args: ['--docs-folder', join(base, 'manual')] });
    const result = await client.callTool({ name: 'search_docs', arguments: { query: 'lantern' } });
    const { sections } = schemas.SEARCH_DOCS_OUTPUT.parse(result.structuredContent);
    expect(sections[0]).toMatchObject({ path: '~docs/manual/guide.md', title: 'Guide › Lantern' });
  });

  test('name a policy; one that cannot be used is told with the question', async () => {
    const { client } = await connect({ args: ['--policy', join(base, 'nothing.onnx')] });
    const result = await client.callTool({ name: 'search_codebase', arguments: { question: QUESTIONS[0] } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('nothing.onnx');
  });

  test('a ripgrep that is not there is told with what to do', async () => {
    const { client } = await connect({ env: { SPOOR_RG: '/nowhere/rg' } });
    const result = await client.callTool({ name: 'search_codebase', arguments: { question: QUESTIONS[0] } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('The path set for ripgrep, /nowhere/rg, is not the full path of a program');
  });

  test.each([
    [['--workspace', '/nowhere'], 1, 'spoor: There is no folder /nowhere. Check the path.\n'],
    [['--worksapce', '.'], 2, 'spoor: spoor mcp has no option --worksapce. Did you mean --workspace?\n'],
    [['src'], 2, 'spoor: spoor mcp takes options only. Name a folder by --workspace DIR.\n'],
    [['--policy', 'hnad'], 2, 'spoor: There is no policy "hnad". Did you mean hand?\n'],
  ])('that are wrong are told before anything is served: %j', async (args, code, stderr) => {
    expect(await runInMemory(['mcp', ...args])).toEqual({ code, stdout: '', stderr });
  });
});
