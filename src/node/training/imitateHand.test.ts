import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { untrainedParameters } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { parseConfig } from '#node/training/config.ts';
import { imitateHand } from '#node/training/imitateHand.ts';
import { openEnvironment } from '#node/training/searchPlayer.ts';
import { createSearchTrainable } from '#node/training/searchTrainable.ts';
import { openTaskWorld } from '#node/worlds/taskWorld.ts';
import { recordParcel, type RecordedParcel } from '../../../test/fakes/recordedParcel.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-imitation-')));
const play = { turns: 4, without: [] };
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Share of the choices of the policy written by hand that the network would have made at the same places. */
async function agreement(parameters: Float32Array, { tasks, worlds }: RecordedParcel): Promise<number> {
  const learned = learnedPolicy((await openPlayingNetwork())(parameters), { greedy: true });
  let [same, all] = [0, 0];
  const compared: SearchPolicy = {
    ...handPolicy,
    async decide(observation, legal, rng) {
      const chosen = await handPolicy.decide(observation, legal, rng);
      all++;
      if ((await learned.decide(observation, legal, rng)).index === chosen.index) same++;
      return chosen;
    },
  };
  for (const task of tasks) {
    await rollout(openEnvironment(openTaskWorld(worlds, task), play), compared, createRng(0));
  }
  return same / all;
}

test('the network comes to decide as the policy written by hand', async () => {
  const parcel = await recordParcel(base);
  const config = { stage: 2, tasks: 'tasks.jsonl', worlds: 'worlds', start: 'untrained', iterations: 0 };
  const { policy } = await createSearchTrainable(parseConfig(config, base));
  const settings = { ...play, worlds: parcel.worlds, epochs: 60, batch: 6, learningRate: 0.005, seed: 1 };
  const learned = await imitateHand(untrainedParameters(1), parcel.tasks, policy.gradient, settings);
  await policy.close();
  expect(await agreement(untrainedParameters(1), parcel)).toBeLessThan(0.4);
  expect(await agreement(learned, parcel)).toBeGreaterThan(0.8);
});
