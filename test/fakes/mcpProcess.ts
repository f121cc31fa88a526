/** `spoor mcp` as a process, spoken to by the official client, or line by line where a test says what no client would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

export interface McpStart {
  /** After `mcp`. */
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is run instead of the sources' command line: arguments of Node. */
  readonly program?: readonly string[];
}

export interface McpConnection {
  readonly client: Client;
  readonly pid: number;
  /** What it has written to standard error. */
  readonly stderr: () => string;
}

export async function connectMcp(
  start: McpStart,
  options: ClientOptions = {},
  prepare?: (client: Client) => void,
): Promise<McpConnection> {
  const client = new Client({ name: 'spoor-tests', version: '1.0.0' }, options);
  prepare?.(client);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: argumentsOf(start),
    cwd: start.cwd,
    env: environmentOf(start),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await client.connect(transport);
  return { client, pid: transport.pid!, stderr: () => stderr };
}

export interface RawMcp {
  readonly pid: number;
  /** An object becomes a line of JSON, a text is sent as it is. */
  send(message: object | string): void;
  /** Resolves with the response of this id. */
  response(id: number | string): Promise<RawResponse>;
  /** Sends a request and resolves with its response. */
  request(method: string, params?: object): Promise<RawResponse>;
  /** Every line of standard output so far. */
  readonly lines: readonly string[];
  readonly stderr: () => string;
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit code when the process is gone. */
  readonly ended: Promise<number | null>;
}

export interface RawResponse {
  readonly id: number | string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

export function rawMcp(start: McpStart): RawMcp {
  const child = spawn(process.execPath, argumentsOf(start), { cwd: start.cwd, env: environmentOf(start) });
  const lines: string[] = [];
  const waiting = new Map<number | string, PromiseWithResolvers<RawResponse>>();
  const waitFor = (id: number | string): PromiseWithResolvers<RawResponse> => {
    const one = waiting.get(id) ?? Promise.withResolvers<RawResponse>();
    waiting.set(id, one);
    return one;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const message = JSON.parse(line) as RawResponse & { readonly method?: string };
    if (message.method === undefined) waitFor(message.id).resolve(message);
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  let nextId = 1_000;
  const send = (message: object | string): void =>
    void child.stdin.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
  return {
    pid: child.pid!,
    send,
    response: (id) => waitFor(id).promise,
    request(method, params) {
      const id = nextId++;
      send({ jsonrpc: '2.0', id, method, ...(params && { params }) });
      return waitFor(id).promise;
    },
    lines,
    stderr: () => stderr,
    closeInput: () => child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** The opening of a connection by a client of before July 2026. */
export async function initialize(
  raw: RawMcp,
  protocolVersion = '2025-11-25',
  capabilities: object = {},
): Promise<RawResponse> {
  const clientInfo = { name: 'spoor-tests', version: '1.0.0' };
  const response = await raw.request('initialize', { protocolVersion, capabilities, clientInfo });
  raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return response;
}

const argumentsOf = ({ program = [MAIN, 'mcp'], args = [] }: McpStart): string[] => [...program, ...args];

const environmentOf = ({ env }: McpStart): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  ...env,
});
