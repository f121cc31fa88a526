/**
 * A process that makes the docs index of a folder. `indexDocs.ts DIRECTORY STORAGE STOP-AT ENGINE` prints
 * `paused at N sections` when there are STOP-AT sections and then waits to be killed, or `complete with N sections` and what was left out.
 */
import { createDocsTool } from '#node/docs/docsTool.ts';
import type { EngineName } from '#node/sqliteEngines.ts';
import { Workspace } from '#node/workspace.ts';

const [directory = '', storageDirectory = '', stopAt = '', engine = ''] = process.argv.slice(2);
const docs = createDocsTool({
  workspace: Workspace.open([directory]),
  storageDirectory,
  engine: engine as EngineName,
});
docs.refresh();
const isDone = docs.ready().then(() => true);
for (;;) {
  const { sectionsIndexed } = docs.state();
  if (sectionsIndexed >= Number(stopAt)) {
    docs.pause();
    process.stdout.write(`paused at ${sectionsIndexed} sections\n`);
    setInterval(() => undefined, 1_000);
    break;
  }
  if (await Promise.race([isDone, new Promise<false>((resolve) => setImmediate(resolve, false))])) {
    process.stdout.write(`complete with ${docs.state().sectionsIndexed} sections\n${docs.state().leftOut.join('\n')}`);
    await docs.close();
    break;
  }
}
