/** The driver's side of the extension in `probe/`. */
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const VSCE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '@vscode', 'vsce', 'vsce');

export interface Lag {
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of 10 ms each, when nothing holds the loop up. */
  readonly ticks: number;
}

export interface TimedHover {
  readonly ms: number;
  /** Markdown of the hover; empty without one. */
  readonly text: string;
}

export interface Probe {
  /** What Spoor has loaded so far: full paths, and names of modules as they stand in its code. */
  loaded(): Promise<readonly string[]>;
  startLag(): Promise<unknown>;
  takeLag(): Promise<Lag>;
  /** Asks the editor for the hover at a place, and times Spoor's part of it. 1-based. */
  hover(asked: { file: string; line: number; column: number; times: number }): Promise<readonly TimedHover[]>;
}

/** Full path of the package of the extension in `source`. */
export async function packProbe(folder: string, source = join(import.meta.dirname, 'probe')): Promise<string> {
  const file = join(folder, 'probe.vsix');
  const args = [VSCE, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', file];
  await promisify(execFile)(process.execPath, args, { cwd: source });
  return file;
}

/** @param socket the value of `SPOOR_PROBE` */
export function openProbe(socket: string): Probe {
  const ask = <T>(what: string, given: unknown = {}): Promise<T> => answerOf<T>(socket, what, given);
  return {
    loaded: () => ask('loaded'),
    startLag: () => ask('lag/start'),
    takeLag: () => ask('lag/take'),
    hover: (asked) => ask('hover', asked),
  };
}

/** What a probe answers on its socket. */
export async function answerOf<T>(socketPath: string, what: string, given: unknown): Promise<T> {
  const path = `/${what}?with=${encodeURIComponent(JSON.stringify(given))}`;
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path }, (response) => {
      text(response).then((said) => {
        if (response.statusCode === 200) resolve(JSON.parse(said) as T);
        else reject(new Error(`The probe cannot tell ${what}: ${said}`));
      }, reject);
    });
    asking.on('error', reject).end();
  });
}
