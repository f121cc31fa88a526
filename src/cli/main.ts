#!/usr/bin/env node
/** Entry of the command line. The searcher and the trainer are loaded only when they are asked for. */
import { runProcess } from '#cli/runProcess.ts';

await runProcess({
  createSearcher: async (options) => (await import('#node/searcher.ts')).createSearcher(options),
  createTrainable: async (config) => (await import('#node/training/searchTrainable.ts')).createSearchTrainable(config),
  runLearning: async (plan, controls) => (await import('#node/learning/learningRun.ts')).runLearning(plan, controls),
});
