/** States to learn recognition from: what an episode of plain searches shows of each task's world. */
import type { Candidate } from '#core/agent/candidates.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Observation } from '#core/agent/observation.ts';
import type { Gold } from '#core/agent/reward.ts';
import type { Task } from '#core/agent/task.ts';
import { encodeState } from '#core/policy/encodeState.ts';
import type { Recognised } from '#core/policy/recognition.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { rangesOverlap } from '#core/search/span.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

type DataSettings = Pick<PlaySettings, 'worlds' | 'turns' | 'without'>;

/** Nothing for a task without a world. A state without a candidate that is right is one too; it weighs nothing. */
export async function recognitionStates(task: Task, settings: DataSettings): Promise<Recognised[]> {
  const world = findTaskWorld(settings.worlds, task);
  if (!world) return [];
  const { steps } = await rollout(openEnvironment(world, settings), handPolicy, createRng(0));
  const states: Recognised[] = [];
  for (const [i, { observation, legal }] of steps.entries()) {
    const before = steps[i - 1]?.observation;
    if (before?.phase === observation.phase && before.turn === observation.turn) continue;
    if (observation.candidates.length === 0) continue;
    const head = observation.phase === 'cite' ? 'cite' : 'read';
    states.push({ encoded: encodeState(observation, legal).encoded, head, ...labels(observation, task) });
  }
  return states;
}

/** [C] each. */
export function labels(
  { candidates }: Pick<Observation, 'candidates'>,
  gold: Gold,
): Pick<Recognised, 'windows' | 'files'> {
  const isGold = ({ span }: Candidate): boolean =>
    gold.goldSpans.some((one) => one.path === span.path && rangesOverlap(one, span));
  return {
    windows: Uint8Array.from(candidates, (candidate) => Number(isGold(candidate))),
    files: Uint8Array.from(candidates, ({ span }) => Number(gold.goldFiles.includes(span.path))),
  };
}
