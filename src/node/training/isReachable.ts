/** Whether a task can be solved at all in its recorded world. */
import { goldReach } from '#core/agent/goldReach.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { recordedTools } from '#core/agent/recordedTools.ts';
import { createSharedStates } from '#core/agent/searchState.ts';
import type { Task } from '#core/agent/task.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { parseQuestion } from '#core/search/question.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { loadWorld, worldFile } from '#node/worlds/worldStore.ts';

/** Whether the hand-written searcher comes to all files of the gold and to a part of its lines. */
export async function isReachable(
  task: Task,
  config: Pick<PlaySettings, 'worlds' | 'turns' | 'without'>,
): Promise<boolean> {
  const loaded = loadWorld(worldFile(config.worlds, task));
  if (!loaded.ok) return false;
  const question = parseQuestion(task.question);
  const world = { question, tools: recordedTools(loaded.value), shared: createSharedStates(8) };
  const { outcome } = await rollout(openEnvironment(world, config), handPolicy, createRng(0));
  const { files, spans } = goldReach(task, outcome.observation.candidates, loaded.value);
  return files.readable === files.all && (spans.all === 0 || spans.readable > 0);
}
