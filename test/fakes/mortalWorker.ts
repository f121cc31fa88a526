/** A process that answers with the question of its task, and dies of one that asks it to. */
import type { ScopedTask } from '../../src/node/learning/learningPlayer.ts';
import { serveRollouts } from '../../src/node/training/serveRollouts.ts';

serveRollouts<unknown, ScopedTask, unknown>(() =>
  Promise.resolve({
    play(_parameters, { task }) {
      if (task.question === 'die') process.exit(9);
      const kind = task.question === 'stick' ? 'stuck' : 'failed';
      return Promise.resolve([{ kind, message: `${task.question} by ${process.pid}` }]);
    },
  }),
);
