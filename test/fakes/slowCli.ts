/**
 * The command line as a program of its own, with a searcher that hangs in a child process or answers at length, and with
 * the toy policy to train.
 */
import { tmpdir } from 'node:os';
import { runProcess } from '../../src/cli/runProcess.ts';
import { runProgram } from '../../src/node/childProcesses.ts';
import type { Searcher, SearcherOptions } from '../../src/node/searcher.ts';
import { scriptedLearning } from './scriptedLearning.ts';
import { scriptedSearchers } from './scriptedSearcher.ts';
import { toyPolicy } from './toyPolicy.ts';

const SLEEP = `
  const file = process.env.SPOOR_TEST_PID_FILE;
  require('node:fs').writeFileSync(file + '.new', String(process.pid));
  require('node:fs').renameSync(file + '.new', file);
  setInterval(() => {}, 1000);`;

const flooding = scriptedSearchers([], (answer) => ({
  ...answer,
  sentences: [{ text: 'a word '.repeat(300_000), citations: [1] }],
}));

const createSearcher = async (options: SearcherOptions): Promise<Searcher> => {
  const plain = await scriptedSearchers()(options);
  const flood = await flooding(options);
  return {
    ...plain,
    ask: async (question, asked) => {
      if (question.startsWith('flood')) return flood.ask(question, asked);
      if (question.startsWith('sleep'))
        await runProgram(process.execPath, ['-e', SLEEP], {
          cwd: tmpdir(),
          timeoutMs: 60_000,
          onStdout: () => undefined,
        });
      return plain.ask(question, asked);
    },
  };
};

const hang = (): Promise<never> => new Promise(() => setInterval(() => {}, 1_000));

await runProcess({
  createSearcher,
  createTrainable: () =>
    Promise.resolve({ policy: toyPolicy(), hasWorld: () => true, isReachable: () => Promise.resolve(true) }),
  // Never gets beyond its first step.
  runLearning: scriptedLearning({}, (step) => (step === 2 ? hang() : Promise.resolve())),
});
