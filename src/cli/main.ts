#!/usr/bin/env node
/** Entry of the command line. The searcher is loaded only when something is asked. */
import { runProcess } from '#cli/runProcess.ts';

await runProcess(async (options) => (await import('#node/searcher.ts')).createSearcher(options));
