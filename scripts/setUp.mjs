/**
 * Installs what package-lock.json names into node_modules: quietly, one set-up at a time, trusted only when complete.
 *
 * Install scripts of dependencies do not run (.npmrc), with one exception: the package `node` fetches the binary of the
 * pinned Node for this platform through npm. Runs on Node 20 without any package.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { NODE_MODULES, PINNED_NODE, ROOT, STAMP, expectedStamp, isInstalled } from './installation.mjs';
import { showProgress } from './progress.mjs';
import { takeLock } from './setUpLock.mjs';

/** Does nothing if another set-up has just finished. Throws an Error that says what to do. */
export async function setUp() {
  const lock = await takeLock();
  try {
    if (!isInstalled()) await install(lock);
  } finally {
    lock.release();
  }
}

async function install(lock) {
  const stamp = expectedStamp();
  rmSync(STAMP, { force: true });
  const npm = [nodeForNpm(), npmProgram()];
  const progress = showProgress('Setting up Spoor, only this once');
  try {
    await run(lock, [...npm, 'ci', '--include=dev', ...QUIET]);
    await run(lock, [...npm, 'rebuild', 'node', '--ignore-scripts=false', ...QUIET]);
    tryPinnedNode();
    writeFileSync(`${STAMP}.new`, stamp);
    renameSync(`${STAMP}.new`, STAMP);
    progress.end('done');
  } catch (error) {
    progress.end('failed');
    throw error;
  }
}

/** Said aloud, because the caller's own npm settings come with the environment. */
const QUIET = ['--loglevel=error', '--no-progress', '--no-audit', '--no-fund', '--foreground-scripts=false'];

async function run(lock, [file, ...args]) {
  // A group of its own, so that stopping it reaches what npm has started.
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const stop = stopWithUs(child, lock);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => (output = (output + text).slice(0, 100_000)));
  }
  try {
    lock.alsoHeldBy(child.pid);
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code === 0) return;
  } catch (error) {
    output += error.message;
  } finally {
    stop.forget();
  }
  throw new Error(`${shortened(output)}\n${ADVICE}`);
}

/** npm says first what is wrong, then how it is used, last where its log is. */
function shortened(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && line.trim() !== 'npm error');
  return lines.length <= 20 ? lines.join('\n') : [...lines.slice(0, 12), '…', ...lines.slice(-1)].join('\n');
}

const ADVICE =
  'The set-up failed: npm could not install the packages (its words are above). ' +
  'Check the connection to the npm registry and the free disk space, then run the same command again.';

function stopWithUs(child, lock) {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  const handlers = Object.entries(codes).map(([signal, code]) => [
    signal,
    () => {
      killTree(child);
      lock.release();
      process.exit(code);
    },
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return { forget: () => handlers.forEach(([signal, handler]) => process.off(signal, handler)) };
}

function killTree(child) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The Node that runs npm: the one that the user has, where npm tells it, else the one that runs this. */
function nodeForNpm() {
  const outer = process.env.npm_node_execpath;
  const own = isInstalledHere(process.execPath) ? movePinnedNodeAside() : process.execPath;
  return outer && existsSync(outer) && !isInstalledHere(outer) ? outer : own;
}

/** npm is about to remove the pinned Node, which runs this. Windows lets nobody remove a running file, but move it. */
function movePinnedNodeAside() {
  const directory = join(ROOT, 'dist', '.old-node', String(process.pid));
  rmQuietly(dirname(directory));
  mkdirSync(directory, { recursive: true });
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const fetched = join(NODE_MODULES, 'node', 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  const links = [PINNED_NODE, join(fetched, basename(PINNED_NODE))].filter((path) => existsSync(path));
  for (const [i, path] of links.entries()) renameSync(path, join(directory, `${i}-${basename(path)}`));
  return join(directory, `0-${basename(PINNED_NODE)}`);
}

function rmQuietly(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // On Windows, a file that still runs stays until the next time.
  }
}

const isInstalledHere = (path) => path.startsWith(NODE_MODULES);

/** npm's own script; running that needs no shell, on Windows neither. */
export function npmProgram() {
  const given = process.env.npm_execpath;
  if (given && basename(given) === 'npm-cli.js' && existsSync(given)) return given;
  const folders = [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter)];
  for (const folder of folders) {
    const found = [...besideNode(folder), ...linked(join(folder, 'npm'))].find((path) => existsSync(path));
    if (found) return found;
  }
  throw new Error('Spoor needs npm to set itself up, and finds none. Install Node 20 or newer together with npm.');
}

const besideNode = (folder) =>
  ['node_modules', '../lib/node_modules'].map((place) => join(folder, place, 'npm', 'bin', 'npm-cli.js'));

function linked(path) {
  try {
    const real = realpathSync(path);
    return basename(real) === 'npm-cli.js' ? [real] : [];
  } catch {
    return [];
  }
}

/** A binary that cannot run here must not shadow the one that can: npm's scripts would find it first. */
function tryPinnedNode() {
  const wanted = JSON.parse(readFileSync(join(NODE_MODULES, 'node', 'package.json'), 'utf8')).version;
  const { stdout, error } = spawnSync(PINNED_NODE, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() === `v${wanted}`) return;
  for (const name of ['node', 'node.cmd', 'node.ps1']) rmSync(join(NODE_MODULES, '.bin', name), { force: true });
  const platform = `${process.platform}-${process.arch}`;
  throw new Error(`Node ${wanted} for ${platform} does not run here: ${error?.message ?? stdout}. Spoor needs it.`);
}
