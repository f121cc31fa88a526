/**
 * A training run of the toy policy as a program of its own: `toyTraining.ts FOLDER PIDS [MOMENT]`. It takes up what it
 * finds in the folder and says on standard output what happens, a line each. At MOMENT, which is such a line, it kills
 * itself as the system would.
 */
import { writeSync } from 'node:fs';
import { openRunFolder, readConfig } from '../../src/node/training/runFolder.ts';
import { runTraining } from '../../src/node/training/trainingRun.ts';
import { toyPolicy, toyTasks, type ToyEpisode } from './toyPolicy.ts';

const [directory, pidFolder, moment] = process.argv.slice(2) as [string, string, string?];
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
  if (line === moment) process.kill(process.pid, 'SIGKILL');
};
const policy = toyPolicy({ pidFolder });
let gradients = 0;
const end = await runTraining<ToyEpisode>({
  folder: openRunFolder(directory),
  config: readConfig(directory),
  tasks: toyTasks(),
  policy: {
    ...policy,
    gradient(...given) {
      say(`gradient ${++gradients}`);
      return policy.gradient(...given);
    },
    exportModel(parameters) {
      say('export');
      return policy.exportModel(parameters);
    },
  },
  hasWorld: () => true,
  isReachable: ({ id }) => Promise.resolve(id !== 'task-5'),
  watch: {
    note: () => undefined,
    grading: (done) => say(`graded ${done}`),
    begins: () => undefined,
    played: (episodes) => say(`played ${episodes}`),
    iteration: ({ iteration }) => say(`iteration ${iteration}`),
  },
  nowMs: () => performance.now(),
  signal: new AbortController().signal,
  onStop: () => undefined,
});
say(`${end.kind} ${end.iteration}`);
