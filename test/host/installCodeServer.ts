/**
 * Installs the VS Code that the tests drive (code-server) into the user's cache, once for all clones. Nothing is
 * compiled: of VS Code's native modules the tests need those that come ready-made, and three more, for which scripts
 * in `codeServer/standIns` stand in.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { npmProgram } from '../../scripts/setUp.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = join(HERE, 'codeServer');
const CACHE_OF_CLONE = join(HERE, '..', '..', 'node_modules', '.cache');
const UNUSED_AFTER_MS = 30 * 24 * 3_600_000;

/** Packages that VS Code loads only for its agents, its desktop and its telemetry, or that would have to be compiled. */
const NOT_NEEDED =
  /^(@github\/|@microsoft\/mxc|@devcontainers\/|@vscode\/(copilot-api|deviceid|fs-copyfile|native-watchdog|sandbox-runtime|spdlog|sqlite3|windows-)|kerberos$|ssh2$)/;

const STAND_INS = ['spdlog', 'native-watchdog', 'fs-copyfile'];

/** Full path of code-server's program. Throws an error that says what to do. */
export async function installCodeServer(): Promise<string> {
  const root = cacheFolder();
  const home = join(root, digest());
  if (!existsSync(home)) await installInto(root, home);
  const now = new Date();
  utimesSync(home, now, now);
  removeLeftovers(root, home);
  return join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
}

/** The folder gets its name when all is in it, so that a name means a whole installation, and two may install at once. */
async function installInto(root: string, home: string): Promise<void> {
  const fresh = `${home}.${process.pid}`;
  process.stderr.write('Installing the VS Code that the tests drive, only this once …\n');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(FILES, name), join(fresh, name));
    await npm(fresh, 'ci');
    await installVscode(join(fresh, 'node_modules', 'code-server', 'lib', 'vscode'));
    putInPlace(fresh, home);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** What code-server's own install script does; it would compile more than the tests need. */
async function installVscode(vscode: string): Promise<void> {
  const path = join(vscode, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(manifest.dependencies)) if (NOT_NEEDED.test(name)) delete manifest.dependencies[name];
  writeFileSync(path, JSON.stringify(manifest, undefined, 2));
  await npm(vscode, 'install');
  await npm(join(vscode, 'extensions'), 'install');
  for (const name of STAND_INS) putStandIn(name, join(vscode, 'node_modules', '@vscode', name));
}

function putStandIn(name: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(FILES, 'standIns', `${name}.cjs`), join(folder, 'index.cjs'));
  const manifest = { name: `@vscode/${name}`, version: '0.0.0', main: 'index.cjs' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

function putInPlace(fresh: string, home: string): void {
  try {
    renameSync(fresh, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  }
}

async function npm(folder: string, command: 'ci' | 'install'): Promise<void> {
  const quiet = ['--loglevel=error', '--no-progress', '--no-audit', '--no-fund'];
  const args = [npmProgram(), command, '--prefix', folder, '--ignore-scripts', '--omit=dev', ...quiet];
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  try {
    await promisify(execFile)(process.execPath, args, { cwd: folder, env: { ...process.env, PATH: path } });
  } catch (error) {
    throw new Error(
      `npm could not install the VS Code that the tests drive: ${(error as { stderr?: string }).stderr ?? ''}\n` +
        'Check the connection to the npm registry and the free disk space (1 GB), then run the same command again.',
      { cause: error },
    );
  }
}

/** Outside of the clone, so that every clone finds it; inside, where the user's folder cannot be written to. */
function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  try {
    const folder = join(cache, 'spoor-test-host');
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch {
    return join(CACHE_OF_CLONE, 'spoor-test-host');
  }
}

function digest(): string {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const standIns = STAND_INS.map((name) => `codeServer/standIns/${name}.cjs`);
  for (const name of ['codeServer/package-lock.json', 'installCodeServer.ts', ...standIns])
    hash.update(readFileSync(join(HERE, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Installations that a killed process left half done, and whole ones that nobody has used for a month. */
function removeLeftovers(root: string, home: string): void {
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    const owner = Number(name.split('.')[1] ?? Number.NaN);
    const isStale = Number.isNaN(owner) ? isOld(folder) : !isAlive(owner);
    if (folder !== home && isStale) rmSync(folder, { recursive: true, force: true });
  }
}

const isOld = (folder: string): boolean => Date.now() - statSync(folder).mtimeMs > UNUSED_AFTER_MS;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
