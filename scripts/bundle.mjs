/** Builds the bundle when it is out of date, in a process of the pinned Node, and says nothing unless that fails. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PINNED_NODE, ROOT } from './installation.mjs';

/** Throws an Error with the compiler's words. */
export function buildBundle() {
  const { status, stderr, error } = spawnSync(PINNED_NODE, [join(ROOT, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw new Error(`${stderr || error?.message}\nSpoor could not be built. Correct what is said above and try again.`);
}
