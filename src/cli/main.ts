#!/usr/bin/env node
/** Entry of the command line. The searcher is loaded only when something is asked. */
import { CliError } from '#cli/environment.ts';
import { runProcess } from '#cli/runProcess.ts';

await runProcess({
  createSearcher: async (options) => (await import('#node/searcher.ts')).createSearcher(options),
  createTrainable: () => Promise.reject(new CliError('This version of Spoor has no network to train.')),
});
