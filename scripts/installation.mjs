/**
 * What a finished set-up looks like, told fast: every start of the program asks.
 *
 * A set-up leaves a stamp inside `node_modules`, so that both vanish together. The stamp is the platform and a copy of
 * the package-lock.json that was installed: comparing it costs less than hashing it.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
export const NODE_MODULES = join(ROOT, 'node_modules');
export const STAMP = join(NODE_MODULES, '.spoor-installed');
export const PINNED_NODE = join(NODE_MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
/**
 * A heap that grows slowly: the lines of ripgrep's output are short-lived, and without these flags 100 MB more are held
 * for them at a gain of a twelfth of the time. The scripts of package.json carry the same flags.
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];
export const BUNDLE = join(ROOT, 'dist', 'spoor.mjs');

/** What the stamp has to say for the sources as they are now. */
export const expectedStamp = () =>
  `${process.platform}-${process.arch}\n${readFileSync(join(ROOT, 'package-lock.json'), 'utf8')}`;

export function isInstalled() {
  try {
    return readFileSync(STAMP, 'utf8') === expectedStamp();
  } catch {
    return false;
  }
}

const MADE_BY = ['scripts/build.mjs', 'scripts/programs.mjs', 'scripts/licences.mjs'];

/** True if the bundle was begun after the last change of everything that it is made of. */
export function isBuilt() {
  const built = modifiedMs(BUNDLE);
  const inputs = [...MADE_BY, 'package.json', 'package-lock.json'].map((name) => join(ROOT, name));
  return inputs.every((path) => modifiedMs(path) < built) && isOlder(join(ROOT, 'src'), built);
}

/** Folders count too: their times tell of files that were added, renamed or removed. */
function isOlder(directory, limitMs) {
  if (modifiedMs(directory) >= limitMs) return false;
  return readdirSync(directory, { withFileTypes: true }).every((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? isOlder(path, limitMs) : entry.name.endsWith('.test.ts') || modifiedMs(path) < limitMs;
  });
}

const modifiedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
