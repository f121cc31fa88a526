/** Runs a script of this repository under the pinned Node, set up first: `node scripts/node.mjs FILE ARGS`. */
import { PINNED_NODE, isInstalled } from './installation.mjs';
import { runChild } from './runChild.mjs';

try {
  if (!isInstalled()) await (await import('./setUp.mjs')).setUp();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await runChild(PINNED_NODE, process.argv.slice(2));
