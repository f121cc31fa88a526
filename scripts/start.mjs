/**
 * Starts the program from a clone: `node scripts/start.mjs [--in-this-repository] ARGS`.
 *
 * Runs on Node 20 without any package. Sets up and builds what is missing, then hands over to the bundle under the
 * pinned Node: in this process if that is what runs it already (npm's scripts find the pinned one first, and give it its
 * flags), else in a child. With `--in-this-repository`, a question without `--workspace` is about this repository.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLE, NODE_FLAGS, PINNED_NODE, ROOT, isBuilt, isInstalled } from './installation.mjs';

try {
  if (!isInstalled()) await (await import('./setUp.mjs')).setUp();
  if (!isBuilt()) (await import('./bundle.mjs')).buildBundle();
  goToCaller();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const args = programArguments(process.argv.slice(2));
if (isPinned()) await runHere(args);
else await (await import('./runChild.mjs')).runChild(PINNED_NODE, [...NODE_FLAGS, BUNDLE, ...args]);

function isPinned() {
  return process.execPath === PINNED_NODE && NODE_FLAGS.every((flag) => process.execArgv.includes(flag));
}

async function runHere(args) {
  process.argv.splice(1, process.argv.length, BUNDLE, ...args);
  await import(pathToFileURL(BUNDLE).href);
}

/** npm runs its scripts in the package's folder; relative paths on the command line mean the caller's. */
function goToCaller() {
  const caller = process.env.INIT_CWD;
  if (!caller || !isThisPackage(process.env.npm_package_json)) return;
  try {
    process.chdir(caller);
  } catch {
    throw new Error(`The folder ${caller} cannot be opened any more. Change to another one and try again.`);
  }
}

/** INIT_CWD may be left over from another package's script that called this file. */
function isThisPackage(manifest) {
  try {
    return manifest !== undefined && realpathSync(manifest) === realpathSync(join(ROOT, 'package.json'));
  } catch {
    return false;
  }
}

function programArguments(given) {
  if (given[0] !== '--in-this-repository') return given;
  const [command, ...rest] = given.slice(1);
  const isTold = rest.some((argument) => argument === '--workspace' || argument.startsWith('--workspace='));
  return isTold ? [command, ...rest] : [command, '--workspace', ROOT, ...rest];
}
