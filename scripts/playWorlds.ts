/**
 * Plays a policy greedily on recorded worlds and writes results in the form of `spoor batch`, for measuring many
 * policies on the same questions: `node scripts/node.mjs scripts/playWorlds.ts --policy FILE|hand --tasks FILE --worlds DIR --out FILE`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import type { Task } from '#core/agent/task.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile, untrainedParameters } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { readTasks } from '#node/training/taskFile.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

const { values } = parseArgs({
  options: {
    policy: { type: 'string', default: 'hand' },
    tasks: { type: 'string', default: '' },
    worlds: { type: 'string', default: '' },
    out: { type: 'string', default: '' },
    turns: { type: 'string', default: '4' },
    without: { type: 'string', default: '' },
  },
});
const settings = {
  turns: Number(values.turns),
  without: values.without ? (values.without.split(',') as PlaySettings['without']) : [],
};

const policy = await policyNamed(values.policy);
const startMs = performance.now();
const lines: string[] = [];
for (const task of readTasks(values.tasks)) {
  const line = await play(task);
  if (line) lines.push(JSON.stringify(line));
}
writeFileSync(values.out, `${lines.join('\n')}\n`);
const seconds = (performance.now() - startMs) / 1000;
console.error(`${lines.length} questions in ${seconds.toFixed(0)} s: ${values.out}`);

async function policyNamed(name: string): Promise<SearchPolicy> {
  if (name === 'hand') return handPolicy;
  if (name === 'uniform') return uniformPolicy;
  const parameters = name.startsWith('untrained:')
    ? untrainedParameters(Number(name.slice(10)))
    : parametersOfFile(readFileSync(name));
  return learnedPolicy((await openPlayingNetwork())(parameters), { greedy: true });
}

async function play(task: Task): Promise<Record<string, unknown> | undefined> {
  const world = findTaskWorld(values.worlds, task);
  if (!world) return undefined;
  const { outcome } = await rollout(openEnvironment(world, settings), policy, createRng(0));
  return {
    id: task.id,
    files: rankedFiles(outcome, outcome.observation),
    citations: outcome.citations,
    searches: outcome.trail.reduce((sum, { calls }) => sum + calls.length, 0),
    turns: outcome.trail.length,
    confidence: policy.confidence(outcome.observation),
    stopReason: outcome.stopReason,
  };
}

/** As an answer ranks them: cited files first, then by the policy. */
function rankedFiles({ citations }: EpisodeOutcome, observation: Observation): string[] {
  const ranks = policy.rank(observation);
  const best = new Map<string, number>();
  for (const [i, { span }] of observation.candidates.entries())
    best.set(span.path, Math.max(best.get(span.path) ?? -Infinity, ranks[i] ?? 0));
  const ranked = [...best].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([path]) => path);
  return [...new Set([...citations.map(({ path }) => path), ...ranked])].slice(0, 50);
}
