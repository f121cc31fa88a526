/** A VS Code server of the tests: its own settings, extensions and storage in a temporary folder. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installCodeServer } from './installCodeServer.ts';
import { until } from './until.ts';

export interface HostOptions {
  readonly vsix?: readonly string[];
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Reaches the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** With workspace trust, folders are not trusted at first. */
  readonly trust?: boolean;
  /** Display language of extensions; the editor's own texts stay English. */
  readonly locale?: string;
}

/** Plain data, so that it can be handed to other processes. */
export interface HostServer {
  readonly url: string;
  /** Leader of the group that all of the server's processes are in. */
  readonly pid: number;
  readonly folder: string;
  readonly userData: string;
}

/** Keeps dialogs, tips, updates and everything else that calls for attention or for the network away. */
const QUIET = {
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Resolves when the server answers. The caller stops it. */
export async function startServer(options: HostOptions = {}): Promise<HostServer> {
  const entry = await installCodeServer();
  const folder = mkdtempSync(join(tmpdir(), 'spoor-host-'));
  const userData = join(folder, 'user-data');
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), 'auth: none\n');
  writeSettings({ userData }, options.settings ?? {});
  if (options.locale) writeLanguagePack(userData, options.locale);
  const base = [entry, '--config', join(folder, 'config.yaml'), '--user-data-dir', userData];
  base.push('--extensions-dir', join(folder, 'extensions'));
  const env = environment(folder, options.env ?? {});
  for (const file of options.vsix ?? []) await installExtension([...base, '--install-extension', file], env);
  const port = await freePort();
  const log = join(folder, 'server.log');
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [...base, ...startArguments(port, options)], {
    cwd: folder,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  });
  const server = { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, folder, userData };
  try {
    await until('answer of the VS Code server', () => answers(server.url, child.exitCode, log), 60_000);
    child.unref();
    return server;
  } catch (error) {
    await stopServer(server);
    throw error;
  }
}

/** Ends all processes of the server and removes its folder. */
export async function stopServer(server: HostServer): Promise<void> {
  if (server.pid > 0) {
    signal(server.pid, 'SIGTERM');
    await until('end of the VS Code server', () => !signal(server.pid, 0), 10_000).catch(() =>
      signal(server.pid, 'SIGKILL'),
    );
  }
  rmSync(server.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Replaces the user's settings; a running VS Code takes them over by itself. */
export function writeSettings(server: Pick<HostServer, 'userData'>, settings: Readonly<Record<string, unknown>>): void {
  const path = join(server.userData, 'User', 'settings.json');
  writeFileSync(path, JSON.stringify({ ...QUIET, ...settings }, undefined, 2));
}

/** Texts of all log files of VS Code and of extensions, by their paths below the folder of logs. */
export function readLogs(server: HostServer): Readonly<Record<string, string>> {
  const root = join(server.userData, 'logs');
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

/** What the server remembers of an installed language pack; without one it has no language but English. */
function writeLanguagePack(userData: string, locale: string): void {
  const texts = join(userData, 'editor-texts.json');
  writeFileSync(texts, '{"contents":{}}');
  const extensions = [{ extensionIdentifier: { id: `tests.${locale}` }, version: '1.0.0' }];
  const pack = { hash: locale, label: locale, extensions, translations: { vscode: texts } };
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}

function startArguments(port: number, options: HostOptions): string[] {
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override');
  if (!options.trust) args.push('--disable-workspace-trust');
  if (options.locale) args.push('--locale', options.locale);
  return args;
}

/** The user's own home, caches and git configuration stay out of the tests. */
function environment(folder: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_|VSCODE_|VITEST|npm_|PORT$|PASSWORD$)/.test(name),
  );
  const places = { HOME: folder, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: folder };
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { ...Object.fromEntries(own), ...places, PATH: path, ...extra };
}

async function installExtension(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  if (!stdout.includes('successfully installed')) throw new Error(`VS Code did not install it:\n${stdout}${stderr}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function answers(url: string, exitCode: number | null, log: string): Promise<boolean> {
  if (exitCode !== null) throw new Error(`The VS Code server ended with ${exitCode}:\n${readFileSync(log, 'utf8')}`);
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** False when no process of the group is left. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}
