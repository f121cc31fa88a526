/** That the algorithms learn, on a world whose best policy is known, by the real network in ONNX Runtime. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_TRAINING_SETTINGS, startTraining, trainIteration } from '#core/rl/iteration.ts';
import type { LearningPorts, TrainingSettings } from '#core/rl/iteration.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';
import { openKeyWorld, type KeyEpisode, type KeyWorld } from '../../../test/fakes/keyWorld.ts';

const SEEDS = [1, 2, 3, 4, 5];
/** The slowest seed has learned all of it after 14. */
const ITERATIONS = 18;
const GROUP = 16;

let world: KeyWorld;
beforeAll(async () => {
  world = await openKeyWorld();
});

interface Experiment extends Pick<TrainingSettings, 'algorithm'> {
  readonly without?: 'mask' | 'baseline';
}

/** For each seed, the success of a policy on episodes that it never saw, after as much training. */
async function train({ algorithm, without }: Experiment): Promise<number[]> {
  const found: number[] = [];
  for (const seed of SEEDS) {
    let state = startTraining(world.firstParameters(seed), seed);
    const ports = world.ports(state.parameters, without === 'mask' ? 'mask' : undefined);
    for (let iteration = 0; iteration < ITERATIONS; iteration++)
      ({ state } =
        without === 'baseline'
          ? await trainIteration(state, amongStrangers(ports), { ...settings(algorithm), ...ONE_GROUP })
          : await trainIteration(state, ports, settings(algorithm)));
    found.push(await world.success(state.parameters));
  }
  return found;
}

const settings = (algorithm: TrainingSettings['algorithm']): TrainingSettings => ({
  ...DEFAULT_TRAINING_SETTINGS,
  algorithm,
  tasks: world.tasks,
  tasksPerIteration: world.tasks.length,
  groupSize: GROUP,
  minibatches: 2,
  learningRate: 0.02,
});

/** All tasks in one group: the mean of all takes the place of each one's own, as if there were no groups. */
const ONE_GROUP = { tasks: ['all'], tasksPerIteration: 1 };

const amongStrangers = (ports: LearningPorts<KeyEpisode>): LearningPorts<KeyEpisode> => ({
  ...ports,
  async play(parameters, jobs) {
    const { seed, count } = jobs[0]!;
    const each = world.tasks.map((task, place) => ({ task, seed: deriveSeed(seed, place), count }));
    return [(await ports.play(parameters, each)).flat()];
  },
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(['reinforce++', 'grpo'] as const)('%s', (algorithm) => {
  let found: Promise<number[]> | undefined;
  const learned = (): Promise<number[]> => (found ??= train({ algorithm }));

  test('reaches the best policy with every seed, where chance solves a quarter', async () => {
    for (const seed of SEEDS) expect(await world.success(world.firstParameters(seed))).toBeLessThan(0.4);
    for (const success of await learned()) expect(success).toBeGreaterThanOrEqual(0.95);
  });

  test('learns far less without the mask', async () => {
    expect(mean(await train({ algorithm, without: 'mask' }))).toBeLessThan(mean(await learned()) - 0.15);
  });

  test('hardly learns without the baseline', async () => {
    expect(mean(await train({ algorithm, without: 'baseline' }))).toBeLessThan(mean(await learned()) - 0.3);
  });
});
