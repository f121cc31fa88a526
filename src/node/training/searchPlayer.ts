/** Plays episodes of the searcher on recorded worlds: the body of a rollout process. */
import { performance } from 'node:perf_hooks';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import type { Observation } from '#core/agent/observation.ts';
import type { Action } from '#core/agent/action.ts';
import { exactMatch, isWellFormed, rankedScore, setScore, stageOneReward, stageTwoReward } from '#core/agent/reward.ts';
import type { Task } from '#core/agent/task.ts';
import { packChoices, type SearchEpisode } from '#core/policy/episode.ts';
import { learnedPolicy, logProbOf, optionLogits, type Scorer, type SeenDecision } from '#core/policy/learnedPolicy.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { rangesOverlap } from '#core/search/span.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { replayEpisode, type ReplayTask } from '#node/training/replayEpisode.ts';
import type { RolloutJob } from '#node/training/rolloutMessages.ts';
import type { Player } from '#node/training/serveRollouts.ts';
import { openTaskWorld, type TaskWorld } from '#node/worlds/taskWorld.ts';

/** What decides how episodes are played and paid. */
export type PlaySettings = Pick<
  TrainingConfig,
  'stage' | 'worlds' | 'reward' | 'beta' | 'callCost' | 'turns' | 'without'
>;

export interface SearchPlayerSetup {
  readonly settings: PlaySettings;
  /** [P] of the policy that the stage began with. */
  readonly reference: Float32Array;
  /** Worlds that are kept open for their next turn, at some 10 MB each; `KEPT_WORLDS` by default. */
  readonly keptWorlds?: number;
}

const KEPT_WORLDS = 48;
const SHARED_STATES = 128;

export async function createSearchPlayer({
  settings,
  reference,
  keptWorlds = KEPT_WORLDS,
}: SearchPlayerSetup): Promise<Player<Task, SearchEpisode>> {
  const network = await openPlayingNetwork();
  const refScore = rememberedScorer(network(reference));
  const worlds = new Map<string, TaskWorld>();
  let current: { parameters: Float32Array; score: Scorer } | undefined;
  return {
    async play(parameters, job) {
      if (current?.parameters !== parameters) current = { parameters, score: network(parameters) };
      const world = openWorld(worlds, keptWorlds, settings, job.task);
      if ('forced' in job.task) return [await replayed(world, job.task as ReplayTask, settings, current.score)];
      return playGroup(world, job, settings, current.score, refScore);
    },
  };
}

function openWorld(worlds: Map<string, TaskWorld>, keptWorlds: number, settings: PlaySettings, task: Task): TaskWorld {
  const known = worlds.get(task.id);
  worlds.delete(task.id);
  const world = known ?? openTaskWorld(settings.worlds, task, SHARED_STATES);
  worlds.set(task.id, world);
  if (worlds.size > keptWorlds) worlds.delete(worlds.keys().next().value!);
  return world;
}

async function playGroup(
  world: TaskWorld,
  { task, seed, count }: RolloutJob<Task>,
  settings: PlaySettings,
  score: Scorer,
  refScore: Scorer,
): Promise<SearchEpisode[]> {
  const seen: SeenDecision[] = [];
  const policy = learnedPolicy(score, { greedy: false, onDecision: (decision) => seen.push(decision) });
  const episodes: SearchEpisode[] = [];
  for (let place = 0; place < count; place++) {
    seen.length = 0;
    const environment = openEnvironment(world, settings);
    const trajectory = await rollout(environment, policy, createRng(deriveSeed(seed, place)));
    episodes.push(await finished(task, trajectory, [...seen], settings, refScore));
  }
  return episodes;
}

/** Its reward, its likelihood under the reference and its measures are not asked for. */
async function replayed(
  world: TaskWorld,
  task: ReplayTask,
  settings: PlaySettings,
  score: Scorer,
): Promise<SearchEpisode> {
  const { decisions, mask, seen } = await replayEpisode(openEnvironment(world, settings), task.forced, score);
  const logProbs = Float64Array.from(decisions, ({ logProb }) => logProb);
  return { task: task.id, reward: 0, logProbs, refLogProbs: logProbs, mask, measures: {}, choices: packChoices(seen) };
}

/** An episode over recorded tools. */
export function openEnvironment(
  { tools, question, shared }: Pick<TaskWorld, 'tools' | 'question' | 'shared'>,
  { turns, without }: Pick<PlaySettings, 'turns' | 'without'>,
): SearchEnvironment {
  return new SearchEnvironment({
    question,
    tools,
    shared,
    budget: { ...DEFAULT_BUDGET, turns, timeMs: Number.MAX_SAFE_INTEGER },
    clock: { nowMs: () => performance.now() },
    signal: new AbortController().signal,
    without,
  });
}

async function finished(
  task: Task,
  { steps, outcome }: Trajectory<Observation, Action, EpisodeOutcome>,
  seen: readonly SeenDecision[],
  settings: PlaySettings,
  refScore: Scorer,
): Promise<SearchEpisode> {
  const references = new Map<SeenDecision['encoded'], Awaited<ReturnType<Scorer>>>();
  for (const { encoded } of seen) if (!references.has(encoded)) references.set(encoded, await refScore(encoded));
  let next = 0;
  const refLogProb = (mask: 0 | 1): number => {
    if (mask === 0) return 0;
    const decision = seen[next++]!;
    return logProbOf(optionLogits(references.get(decision.encoded)!, decision), decision.chosen);
  };
  return {
    task: task.id,
    reward: rewardOf(task, outcome, settings),
    logProbs: Float64Array.from(steps, ({ decision }) => decision.logProb),
    refLogProbs: Float64Array.from(steps, ({ mask }) => refLogProb(mask)),
    mask: Uint8Array.from(steps, ({ mask }) => mask),
    measures: measuresOf(task, outcome),
    choices: packChoices(seen),
  };
}

function rewardOf(task: Task, outcome: EpisodeOutcome, { stage, reward, beta, callCost }: PlaySettings): number {
  if (stage === 1) return stageOneReward(outcome, task);
  const score = reward === 'exact' ? exactMatch : reward === 'f' ? setScore(beta) : rankedScore(beta);
  return stageTwoReward(outcome, task, { score, callCost });
}

function measuresOf({ goldFiles, goldSpans }: Task, outcome: EpisodeOutcome): Record<string, number> {
  const { citations, trail, stopReason } = outcome;
  const cited = [...new Set(citations.map(({ path }) => path))];
  const answered = stopReason !== 'not-found';
  const isMet = (path: string, start: number, end: number): boolean =>
    citations.some((one) => one.path === path && rangesOverlap(one, { start, end }));
  const met = goldSpans.filter(({ path, start, end }) => isMet(path, start, end)).length;
  return {
    solved: Number(answered && cited[0] !== undefined && goldFiles.includes(cited[0])),
    recall: answered && goldSpans.length ? met / goldSpans.length : 0,
    searches: trail.reduce((sum, { calls }) => sum + calls.length, 0),
    turns: trail.length,
    citations: answered ? citations.length : 0,
    unanswered: Number(!isWellFormed(outcome)),
  };
}

/** States are shared by the episodes of a group; the reference looks at each once. */
function rememberedScorer(score: Scorer): Scorer {
  const known = new WeakMap<object, ReturnType<Scorer>>();
  return (state) => {
    let scores = known.get(state);
    if (!scores) known.set(state, (scores = score(state)));
    return scores;
  };
}
