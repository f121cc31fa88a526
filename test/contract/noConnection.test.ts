/**
 * With no model chosen no connection is tried: the real programs run with everything trapped that could open one, in each
 * of their processes and threads.
 */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { rgPath } from '@vscode/ripgrep';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createServiceClient } from '../../src/node/service/serviceClient.ts';
import { makeParcelWorkspace } from '../fakes/parcelWorkspace.ts';
import { serviceModule, serviceSettings } from '../fakes/serviceSettings.ts';

const QUESTION = 'Where are failed uploads tried again?';
const TRAP = ['--import', new URL('../fakes/connectionTrap.ts', import.meta.url).href];
const folder = mkdtempSync(join(tmpdir(), 'spoor-connections-'));
const workspace = join(folder, 'workspace');
const tries = join(folder, 'tries');

beforeAll(() => makeParcelWorkspace(workspace));
beforeEach(() => rmSync(tries, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  SPOOR_CACHE: join(folder, 'cache'),
  SPOOR_RG: rgPath,
  SPOOR_CONNECTIONS: tries,
});

function run(args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...TRAP, ...args], {
    cwd: workspace,
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status, stdout, stderr };
}

/** What was tried in the programs and threads that were trapped, of which there has to be one. */
function tried(): string[] {
  const lines = existsSync(tries) ? readFileSync(tries, 'utf8').trimEnd().split('\n') : [];
  expect(lines).toContain('trapped program');
  return lines.filter((line) => !line.startsWith('trapped '));
}

const spoor = (...args: readonly string[]) => run([resolve('src/cli/main.ts'), ...args]);

test.each([
  ['fetch', "fetch('http://127.0.0.1:1')", 'fetch'],
  ['http', "import('node:http').then(({ get }) => get('http://127.0.0.1:1'))", 'connect'],
  ['https', "import('node:https').then(({ get }) => get('https://127.0.0.1:1'))", 'connect'],
  ['a socket', "import('node:net').then(({ connect }) => connect(1, '127.0.0.1'))", 'connect'],
  ['a look-up', "import('node:dns').then(({ lookup }) => lookup('localhost', () => {}))", 'dns.lookup'],
  ['a web socket', "new WebSocket('ws://127.0.0.1:9999')", 'connect'],
  [
    'a thread',
    "new (await import('node:worker_threads')).Worker('fetch(\"http://127.0.0.1:1\")', { eval: true })",
    'fetch',
  ],
])('the trap catches %s', (_, code, what) => {
  run(['--input-type=module', '-e', code]);
  expect(tried()).toContain(what);
});

test('the trap catches a model that was chosen, whose failure leaves the answer as it is', () => {
  const { code, stdout } = spoor('ask', QUESTION, '--model', 'http://127.0.0.1:1/v1#tiny');
  expect({ code, text: stdout }).toEqual({ code: 0, text: expect.stringContaining('src/upload/') });
  expect(tried()).toEqual(['fetch']);
});

test('`spoor ask` opens no connection, with docs, history and the learned policy', () => {
  const { code, stdout, stderr } = spoor('ask', QUESTION, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { trail } = JSON.parse(stdout) as {
    readonly trail: readonly { readonly calls: readonly { readonly tool: string }[] }[];
  };
  expect(new Set(trail.flatMap(({ calls }) => calls.map(({ tool }) => tool)))).toContain('docs');
  expect(tried()).toEqual([]);
});

test('`spoor doctor` opens no connection', () => {
  expect(spoor('doctor').stdout).not.toBe('');
  expect(tried()).toEqual([]);
});

test('the process that searches for the editor opens no connection', async () => {
  const client = createServiceClient({
    modulePath: serviceModule,
    settings: serviceSettings({ folders: [workspace], storage: join(folder, 'storage') }),
    log: () => undefined,
    onEvent: () => undefined,
    fork: ((path: string, args: readonly string[], options: { readonly execArgv: readonly string[] }) =>
      fork(path, args, { ...options, env: environment(), execArgv: [...options.execArgv, ...TRAP] })) as typeof fork,
  });
  try {
    const signal = new AbortController().signal;
    const { answer } = await client.ask({ question: QUESTION, scope: [], earlier: [] }, () => undefined, signal);
    expect(answer.citations.map(({ path }) => path).join()).toContain('src/upload/');
    await client.explain({ name: 'withBackoff', path: 'src/upload/backoff.ts', line: 1 }, signal);
  } finally {
    await client.dispose();
  }
  expect(tried()).toEqual([]);
});

test('the MCP server opens no connection', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...TRAP, resolve('src/cli/mcpServer.ts'), '--workspace', workspace],
    env: environment() as Record<string, string>,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  try {
    const { content } = await client.callTool({ name: 'search_codebase', arguments: { question: QUESTION } });
    expect(JSON.stringify(content)).toContain('src/upload/');
  } finally {
    await client.close();
  }
  expect(tried()).toEqual([]);
});
