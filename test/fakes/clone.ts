/** A small clone of this repository in a temporary folder: its real scripts, a program that says how it was started. */
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Clone {
  readonly directory: string;
  /** Where npm keeps its cache and its logs. */
  readonly npmCache: string;
  path(...parts: string[]): string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const PROGRAM = `
const [command] = process.argv.slice(2);
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
if (command === 'wait') {
  process.on('SIGTERM', () => { say('stopped'); process.exit(7); });
  setInterval(() => {}, 1000);
  say('waiting');
} else if (command === 'fail') {
  process.exitCode = 3;
} else if (command === 'echo') {
  process.stdin.pipe(process.stdout);
} else {
  say({ args: process.argv.slice(2), cwd: process.cwd(), node: process.execPath });
}
`;

/** Not set up yet; the package `node` is a folder of the clone, so that npm needs no network. */
export function makeClone(): Clone {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-clone-')));
  onTestFinished(() => rmSync(top, { recursive: true, force: true, maxRetries: 5 }));
  const directory = join(top, 'clone');
  const clone = { directory, npmCache: join(top, 'npm'), path: (...parts: string[]) => join(directory, ...parts) };
  cpSync('scripts', clone.path('scripts'), { recursive: true });
  mkdirSync(clone.path('src'));
  writeFileSync(clone.path('src', 'main.ts'), '');
  writeManifests(clone);
  mkdirSync(clone.path('stand-in', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, clone.path('stand-in', 'node', 'bin', 'node'));
  writeProgram(clone);
  return clone;
}

function writeManifests(clone: Clone): void {
  const node = { name: 'node', version: process.version.slice(1), bin: { node: 'bin/node' } };
  const dependencies = { node: 'file:stand-in/node' };
  const root = { name: 'spoor', version: '0.0.0', type: 'module', devDependencies: dependencies };
  const packages = {
    '': { name: root.name, version: root.version, devDependencies: dependencies },
    'stand-in/node': { version: node.version, dev: true, bin: node.bin },
    'node_modules/node': { resolved: 'stand-in/node', link: true },
  };
  writeJson(clone.path('package.json'), { ...root, scripts: { spoor: 'node scripts/start.mjs' } });
  writeJson(clone.path('package-lock.json'), { name: root.name, version: root.version, lockfileVersion: 3, packages });
  writeJson(clone.path('stand-in', 'node', 'package.json'), node);
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The bundle, newer than everything it could be made of. */
function writeProgram(clone: Clone): void {
  mkdirSync(clone.path('dist'));
  writeFileSync(clone.path('dist', 'spoor.mjs'), PROGRAM);
  const later = new Date(Date.now() + 60_000);
  utimesSync(clone.path('dist', 'spoor.mjs'), later, later);
}

/** Puts a real copy of the pinned Node in place, as a finished set-up has it; returns its path. */
export function placePinnedNode(clone: Clone): string {
  const bin = clone.path('node_modules', 'node', 'bin');
  rmSync(clone.path('node_modules', 'node'), { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  try {
    linkSync(process.execPath, join(bin, 'node'));
  } catch {
    copyFileSync(process.execPath, join(bin, 'node')); // The temporary folder lies on another disk.
  }
  return join(bin, 'node');
}

export interface StartOptions {
  /** What runs the script; the Node that runs the tests by default, which the clone takes for an outer one. */
  readonly node?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
}

export function start(clone: Clone, args: readonly string[], options: StartOptions = {}): Running {
  return run(clone, options.node ?? process.execPath, [clone.path('scripts', 'start.mjs'), ...args], options);
}

export function run(clone: Clone, file: string, args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(file, args, {
    cwd: options.cwd ?? clone.directory,
    env: { ...outerEnvironment(), npm_config_cache: clone.npmCache, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.input ?? '');
  return { child, ended: outcome(child) };
}

/** Without what the npm that runs the tests has left for its children. */
function outerEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(npm_(package|lifecycle|command)|INIT_CWD$)/i.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function outcome(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (chunk) => (said[name] += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status));
  });
  return { code, ...said };
}
