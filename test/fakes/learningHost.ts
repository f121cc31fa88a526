/** Stands for the editor's own process: begins a run, says the numbers of its processes, and goes on until it is killed. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createLearningClient } from '../../src/node/learning/learningClient.ts';
import { learningPlan } from './learningPlan.ts';

const client = createLearningClient({
  modulePath: fileURLToPath(new URL('countingLearning.ts', import.meta.url)),
  log: () => undefined,
  fork: ((...given: Parameters<typeof fork>) => {
    const child = fork(...given);
    process.stdout.write(`${child.pid}\n`);
    return child;
  }) as typeof fork,
});
const plan = learningPlan(process.argv[2]!, { historyTasks: 1e9, startName: 'with a child' });
await client.start(plan, (event) => event.type === 'note' && process.stdout.write(`${event.sentence}\n`)).end;
