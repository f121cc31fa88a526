import { describe, expect, test } from 'vitest';
import { startAdam } from '#core/nn/adam.ts';
import type { PlayedEpisode } from '#core/rl/episode.ts';
import type { GradientReport } from '#core/rl/innerEpochs.ts';
import { DEFAULT_TRAINING_SETTINGS, startTraining, trainIteration } from '#core/rl/iteration.ts';
import type { LearningPorts, PlayJob, TrainingSettings, TrainingState } from '#core/rl/iteration.ts';
import { openKeyWorld } from '../../../test/fakes/keyWorld.ts';

const settings: TrainingSettings = {
  ...DEFAULT_TRAINING_SETTINGS,
  tasks: ['a', 'b', 'c', 'd', 'e'],
  tasksPerIteration: 4,
  groupSize: 3,
  innerEpochs: 3,
  minibatches: 2,
};

/** Ports that keep account: episodes of one choice, better the later in their group; a gradient that is always 1. */
function scene(report: (calls: number) => Partial<GradientReport> = () => ({}), rewardOf = (place: number) => place) {
  const jobs: PlayJob[] = [];
  const batches: PlayedEpisode[][] = [];
  const entropyWeights: number[] = [];
  const ports: LearningPorts<PlayedEpisode> = {
    play(_parameters, asked) {
      jobs.push(...asked);
      return Promise.resolve(
        asked.map(({ task, count }) =>
          Array.from({ length: count }, (_, place) => ({
            task,
            reward: rewardOf(place),
            logProbs: Float64Array.of(-1),
            refLogProbs: Float64Array.of(-1),
            mask: Uint8Array.of(1),
            measures: { searches: place },
          })),
        ),
      );
    },
    gradient(parameters, batch, { entropyWeight }) {
      batches.push(batch.map(({ episode }) => episode));
      entropyWeights.push(entropyWeight);
      const gradient = new Float32Array(parameters.length).fill(1);
      const usual = { gradient, loss: 0.5, kl: 0, entropy: 1, meanRatio: 1, clippedShare: 0 };
      return Promise.resolve({ ...usual, ...report(batches.length) });
    },
  };
  return { ports, jobs, batches, entropyWeights };
}

const start = (): TrainingState => startTraining(Float32Array.of(1, 2, 3), 7);

async function iterate(ports: LearningPorts<PlayedEpisode>, count: number, state = start(), of = settings) {
  for (let done = 0; done < count; done++) ({ state } = await trainIteration(state, ports, of));
  return state;
}

describe('what is played', () => {
  test('each task once before any comes again, in an order of its own each time', async () => {
    const { ports, jobs } = scene();
    await iterate(ports, 5);
    const rounds = [0, 5, 10, 15].map((from) => jobs.slice(from, from + 5).map(({ task }) => task));
    for (const round of rounds) expect(round.toSorted()).toEqual(settings.tasks);
    expect(new Set(rounds.map((round) => round.join(''))).size).toBeGreaterThan(1);
  });

  test('every job has a seed of its own, and as many episodes as a group has', async () => {
    const { ports, jobs } = scene();
    await iterate(ports, 5);
    expect(new Set(jobs.map(({ seed }) => seed)).size).toBe(20);
    expect(new Set(jobs.map(({ count }) => count))).toEqual(new Set([3]));
  });

  test('no tasks, and groups that were lost, are refused', async () => {
    const { ports } = scene();
    await expect(trainIteration(start(), ports, { ...settings, tasks: [] })).rejects.toThrow(/no tasks to learn from/);
    const lossy = { ...ports, play: async (p: Float32Array, jobs: readonly PlayJob[]) => ports.play(p, jobs.slice(1)) };
    await expect(trainIteration(start(), lossy, settings)).rejects.toThrow(/4 tasks were to be played, and 3 were/);
  });
});

describe('the inner epochs', () => {
  test('go through every episode once each, in minibatches', async () => {
    const { ports, batches } = scene();
    const { metrics } = await trainIteration(start(), ports, settings);
    expect(batches.map((batch) => batch.length)).toEqual([6, 6, 6, 6, 6, 6]);
    for (const epoch of [0, 2, 4]) expect(new Set([...batches[epoch]!, ...batches[epoch + 1]!]).size).toBe(12);
    expect(metrics).toMatchObject({ updates: 6, innerEpochs: 3, brokenGradients: 0 });
  });

  test('end before a step when the policy has moved too far', async () => {
    const { ports } = scene((calls) => ({ kl: calls === 4 ? 0.021 : 0.019 }));
    const { state, metrics } = await trainIteration(start(), ports, settings);
    expect(metrics).toMatchObject({ updates: 3, innerEpochs: 2, klOld: 0.021 });
    expect(state.adam.step).toBe(3);
  });

  test('end at a gradient that is not finite, which is not followed', async () => {
    const { ports } = scene((calls) => (calls === 3 ? { gradient: Float32Array.of(1, NaN, 1), loss: NaN } : {}));
    const { state, metrics } = await trainIteration(start(), ports, settings);
    expect(metrics).toMatchObject({ updates: 2, brokenGradients: 1, loss: 0.5 });
    for (const value of state.parameters) expect(Number.isFinite(value)).toBe(true);
  });

  test('follow gradients no longer than they may be', async () => {
    const long = scene(() => ({ gradient: Float32Array.of(300, 400, 0) }));
    const { state, metrics } = await trainIteration(start(), long.ports, { ...settings, maxGradientNorm: 1 });
    expect(metrics.gradientNorm).toBeCloseTo(500, 6);
    const short = scene(() => ({ gradient: Float32Array.of(0.6, 0.8, 0) }));
    const other = await trainIteration(start(), short.ports, { ...settings, maxGradientNorm: 1 });
    expect(state.adam.mean[0]).toBeCloseTo(other.state.adam.mean[0]!, 6);
  });

  test('do not begin where every group is equal: nothing changes', async () => {
    const { ports, batches } = scene(undefined, () => 0.5);
    const { state, metrics } = await trainIteration(start(), ports, settings);
    expect(batches).toEqual([]);
    expect(state.parameters).toEqual(start().parameters);
    expect(state.adam).toEqual(startAdam(3));
    expect(metrics).toMatchObject({ equalGroups: 1, updates: 0, meanRatio: 1 });
  });
});

test('the metrics of an iteration describe its play', async () => {
  const { ports } = scene();
  const { metrics, state } = await trainIteration(start(), ports, settings);
  expect(metrics).toMatchObject({ iteration: 1, episodes: 12, choices: 12, reward: 1, equalGroups: 0 });
  expect(metrics).toMatchObject({
    klReference: 0,
    positiveLogProb: -1,
    measures: { searches: 1 },
    entropyWeight: 0.01,
  });
  expect(state.history).toEqual([metrics]);
  expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
});

test('the entropy weight is halved after its half-life', async () => {
  const { ports, entropyWeights } = scene();
  await iterate(ports, 3, start(), { ...settings, entropyHalfLife: 2 });
  expect(entropyWeights[0]).toBeCloseTo(0.01, 12);
  expect(entropyWeights.at(-1)).toBeCloseTo(0.005, 12);
});

test('a state given is never changed, also where a port rejects', async () => {
  const state = await iterate(scene().ports, 2);
  const before = structuredClone(state);
  await trainIteration(state, scene().ports, settings);
  const failing = scene((calls) => {
    if (calls > 2) throw new Error('The process that learns ended.');
    return {};
  });
  await expect(trainIteration(state, failing.ports, settings)).rejects.toThrow(/ended/);
  expect(state).toEqual(before);
});

test('a run taken up from a saved state goes on to the last bit, with the real network', async () => {
  const world = await openKeyWorld();
  const first = world.firstParameters(3);
  const of = { ...settings, tasks: world.tasks, groupSize: 8, learningRate: 0.02 };
  const run = async (state: TrainingState, count: number): Promise<TrainingState> => {
    const ports = world.ports(first);
    for (let done = 0; done < count; done++) ({ state } = await trainIteration(state, ports, of));
    return state;
  };
  const whole = await run(startTraining(first, 5), 6);
  const half = await run(startTraining(first, 5), 3);
  const resumed = await run(structuredClone(half), 3);
  expect(resumed).toEqual(whole);
  expect(await run(startTraining(first, 6), 3)).not.toEqual(half);
});
