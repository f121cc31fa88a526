/** A rollout process that plays the toy policy. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../src/core/agent/task.ts';
import { serveRollouts } from '../../src/node/training/serveRollouts.ts';
import { playToy, type ToyEpisode, type ToySetup } from './toyPolicy.ts';

serveRollouts<ToySetup, Task, ToyEpisode>(({ reference, pidFolder, deadly, failing }) => {
  if (pidFolder !== undefined) writeFileSync(join(pidFolder, String(process.pid)), '');
  return Promise.resolve({
    play(parameters, job) {
      if (job.task.id === deadly) {
        process.stderr.write('no memory left\n');
        process.exit(7);
      }
      if (job.task.id === failing) throw new Error('The world is damaged.');
      return Promise.resolve(playToy(parameters, reference, job));
    },
  });
});
