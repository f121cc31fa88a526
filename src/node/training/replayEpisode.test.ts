/** Episodes of another policy, looked at again in their recorded world, and what a run makes of them. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FeedbackStep } from '#core/feedback/feedbackEvent.ts';
import type { SearchEpisode } from '#core/policy/episode.ts';
import { learnedPolicy, type Scorer } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { SearchEnvironment } from '#core/agent/environment.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { parseConfig } from '#node/training/config.ts';
import { replayEpisode, type Replayed, type ReplayTask } from '#node/training/replayEpisode.ts';
import { createRunFolder, openRunFolder } from '#node/training/runFolder.ts';
import { openEnvironment } from '#node/training/searchPlayer.ts';
import { createSearchTrainable } from '#node/training/searchTrainable.ts';
import { runTraining } from '#node/training/trainingRun.ts';
import { openTaskWorld } from '#node/worlds/taskWorld.ts';
import { shakenParameters } from '../../../test/fakes/policyScene.ts';
import { recordParcel, type RecordedParcel } from '../../../test/fakes/recordedParcel.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-replay-')));
let parcel: RecordedParcel;
let network: (parameters: Float32Array) => Scorer;
const acted = shakenParameters(3);

beforeAll(async () => {
  parcel = await recordParcel(base);
  network = await openPlayingNetwork();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function environment(task: number): SearchEnvironment {
  return openEnvironment(openTaskWorld(parcel.worlds, parcel.tasks[task]!, 8), { turns: 4, without: [] });
}

/** What the policy that acted did, as it stands in feedback. */
async function play(task: number): Promise<FeedbackStep[]> {
  const policy = learnedPolicy(network(acted), { greedy: false });
  const { steps } = await rollout(environment(task), policy, createRng(7 + task));
  // Written down and read again.
  return JSON.parse(
    JSON.stringify(
      steps.map(({ decision, legal }) => ({
        ...{ action: legal[decision.index], logProb: decision.logProb, legal: legal.length },
      })),
    ),
  ) as FeedbackStep[];
}

const sumOf = ({ decisions, mask }: Replayed): number =>
  decisions.reduce((sum, { logProb }, step) => sum + (mask[step] ? logProb : 0), 0);

describe('a replay', () => {
  test('by the policy that acted finds its likelihoods, of the places that were cited among others', async () => {
    const forced = await play(0);
    const replayed = await replayEpisode(environment(0), forced, network(acted));
    expect(replayed.decisions).toHaveLength(forced.length);
    const cited = forced.map(({ action, legal }) => Number(action.kind === 'cite' && legal > 1));
    expect([...replayed.mask]).toEqual(cited);
    expect(replayed.seen).toHaveLength(cited.reduce((sum, one) => sum + one, 0));
    expect(replayed.seen.length).toBeGreaterThan(0);
    for (const [step, mask] of replayed.mask.entries())
      if (mask) expect(replayed.decisions[step]!.logProb).toBeCloseTo(forced[step]!.logProb, 4);
  });

  test('by another policy finds other likelihoods', async () => {
    const forced = await play(0);
    const own = sumOf(await replayEpisode(environment(0), forced, network(acted)));
    const other = sumOf(await replayEpisode(environment(0), forced, network(shakenParameters(4))));
    expect(Math.abs(own - other)).toBeGreaterThan(0.02);
  });

  test('ends where what was done is not possible any more', async () => {
    const forced = await play(0);
    const first = forced.findIndex(({ action }) => action.kind === 'cite');
    const gone = { kind: 'cite', span: { path: 'src/gone.ts', start: 1, end: 5 }, candidate: 0 } as const;
    const changed = forced.toSpliced(first, 1, { ...forced[first]!, action: gone });
    const replayed = await replayEpisode(environment(0), changed, network(acted));
    expect(replayed.decisions).toHaveLength(first);
    expect(replayed.seen).toEqual([]);
    // Another question's steps, and steps beyond the end.
    expect((await replayEpisode(environment(1), forced, network(acted))).decisions.length).toBeLessThan(forced.length);
    const twice = [...forced, ...forced];
    expect((await replayEpisode(environment(0), twice, network(acted))).decisions).toHaveLength(forced.length);
  });
});

describe('a run with rejected answers', () => {
  /** Trains from the policy that acted, and gives the likelihood of what it cited then. */
  async function likelihoodAfter(rejected: readonly ReplayTask[]): Promise<{ likelihood: number; model: string }> {
    const directory = mkdtempSync(join(base, 'run-'));
    const trainable = await createSearchTrainable(parseConfig({ ...shared }, base));
    const config = parseConfig({ ...shared, start: 'start.onnx' }, base);
    createRunFolder(directory, config);
    const quiet = (): void => undefined;
    const start = trainable.policy.exportModel(acted);
    const folder = openRunFolder(directory);
    writeFileSync(join(base, 'start.onnx'), start);
    await runTraining<SearchEpisode>({
      ...trainable,
      folder,
      config,
      tasks: parcel.tasks.slice(1),
      ...(rejected.length && { rejected: { tasks: rejected, anIteration: 4, reward: -2 } }),
      watch: { note: quiet, grading: quiet, begins: quiet, played: quiet, iteration: quiet },
      nowMs: () => 0,
      signal: new AbortController().signal,
      onStop: quiet,
    });
    await trainable.policy.close();
    const learned = parametersOfFile(readFileSync(folder.model));
    const forced = await play(0);
    const model = readFileSync(folder.model).toString('base64');
    return { likelihood: sumOf(await replayEpisode(environment(0), forced, network(learned))), model };
  }
  const shared = {
    ...{ stage: 2, tasks: 'tasks.jsonl', worlds: 'worlds', grades: 'none', alarms: 'tell' },
    ...{ iterations: 4, tasksPerIteration: 4, groupSize: 4, learningRate: 0.003, processes: 2 },
  };

  test('makes what was cited less likely than it becomes without them, the same way each time', async () => {
    const [first] = parcel.tasks;
    const rejected: ReplayTask = { ...first!, goldFiles: [], goldSpans: [], forced: await play(0) };
    const [without, once, again] = [
      await likelihoodAfter([]),
      await likelihoodAfter([rejected]),
      await likelihoodAfter([rejected]),
    ];
    expect(once.likelihood).toBeLessThan(without.likelihood - 0.5);
    expect(again.model).toBe(once.model);
  });
});
