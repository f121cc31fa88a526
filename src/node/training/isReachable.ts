/** Whether a task can be solved at all in its recorded world. */
import { goldReach } from '#core/agent/goldReach.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Task } from '#core/agent/task.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { openTaskWorld } from '#node/worlds/taskWorld.ts';

/** Whether the hand-written searcher comes to all files of the gold and to a part of its lines. Rejects if it has no world. */
export async function isReachable(
  task: Task,
  config: Pick<PlaySettings, 'worlds' | 'turns' | 'without'>,
): Promise<boolean> {
  const world = openTaskWorld(config.worlds, task, 8);
  const { outcome } = await rollout(openEnvironment(world, config), handPolicy, createRng(0));
  const { files, spans } = goldReach(task, outcome.observation.candidates, world.record);
  return files.readable === files.all && (spans.all === 0 || spans.readable > 0);
}
