/**
 * A run that learns as a program of its own: `learnOnce.ts PLAN [MOMENT]`, the plan as JSON. At MOMENT, such as `train 1`,
 * when that phase has done so much, it kills itself as the system would.
 */
import { runLearning } from '../../src/node/learning/learningRun.ts';
import type { LearningPlan } from '../../src/node/learning/learningPlan.ts';

const [plan = '', moment] = process.argv.slice(2);
const end = await runLearning(JSON.parse(plan) as LearningPlan, {
  emit(event) {
    if (event.type === 'progress' && `${event.phase} ${event.done}` === moment) process.kill(process.pid, 'SIGKILL');
  },
  signal: new AbortController().signal,
  nowMs: () => performance.now(),
});
process.stdout.write(end.kind);
