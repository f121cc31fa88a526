/** `spoor serve` as a process, and the headers that the clients of both code bases send with Python's `requests`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

export interface ServeProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly stderr: () => string;
  /** Processes that it has started and that run; Linux only. */
  children(): number[];
  kill(signal: NodeJS.Signals): void;
  /** Resolves with exit code and signal when it is gone. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** Resolves when it can be asked. Rejects with what it said when it ends before. */
export async function startServe(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const said = ended.then(() => Promise.reject(new Error(stderr)));
  said.catch(() => undefined);
  while (!stdout.includes('\n')) await Promise.race([once(child.stdout, 'data'), said]);
  const url = stdout.trim();
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid!,
    stderr: () => stderr,
    children: () =>
      readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** What `requests.post(url, json=…)` sends. */
export const REQUESTS_HEADERS = {
  'user-agent': 'python-requests/2.32.3',
  'accept-encoding': 'gzip, deflate',
  accept: '*/*',
  connection: 'keep-alive',
  'content-type': 'application/json',
} as const;
