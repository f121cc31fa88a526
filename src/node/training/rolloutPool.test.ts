/** The pool with real processes of the toy policy. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Task } from '#core/agent/task.ts';
import type { RolloutJob } from '#node/training/rolloutMessages.ts';
import { openRolloutPool, type RolloutPool } from '#node/training/rolloutPool.ts';
import { playToy, toyPolicy, toyTasks, type ToyEpisode } from '../../../test/fakes/toyPolicy.ts';

const tasks = toyTasks();
const jobs = Array.from({ length: 40 }, (_, index): RolloutJob<Task> => {
  const task = tasks[(index * 5) % tasks.length]!;
  return { task, world: task.id, seed: index, count: 1 + (index % 3) };
});

const pools: RolloutPool<Task, ToyEpisode>[] = [];
function open(processes: number, reference: Float32Array): RolloutPool<Task, ToyEpisode> {
  const policy = toyPolicy();
  const setup = policy.workerSetup(reference);
  const pool = openRolloutPool<Task, ToyEpisode>({ workerFile: policy.workerFile, processes, setup });
  pools.push(pool);
  return pool;
}
afterEach(() => pools.splice(0).forEach((pool) => pool.close()));

describe('the rollout pool', () => {
  it('returns what each job plays, in the order of the jobs', async () => {
    const reference = toyPolicy().untrained(1);
    const pool = open(3, reference);
    for (const seed of [2, 3]) {
      const parameters = toyPolicy().untrained(seed);
      pool.setParameters(parameters);
      let told = 0;
      const groups = await pool.play(jobs, (episodes) => (told += episodes.length));
      expect(groups).toStrictEqual(jobs.map((job) => playToy(parameters, reference, job)));
      expect(told).toBe(groups.flat().length);
    }
  });

  it('plays nothing of no jobs, and fewer jobs than processes', async () => {
    const parameters = toyPolicy().untrained(1);
    const pool = open(3, parameters);
    pool.setParameters(parameters);
    expect(await pool.play([])).toEqual([]);
    expect(await pool.play(jobs.slice(0, 1))).toHaveLength(1);
  });

  it('refuses what is under way and what comes after, once it is closed', async () => {
    const parameters = toyPolicy().untrained(1);
    const pool = open(1, parameters);
    pool.setParameters(parameters);
    const playing = pool.play(jobs);
    pool.close();
    await expect(playing).rejects.toThrow('The rollouts were stopped.');
    await expect(pool.play(jobs)).rejects.toThrow('The rollouts were stopped.');
  });

  it('says so if a module cannot be run', async () => {
    const workerFile = new URL('./none.ts', import.meta.url);
    const pool = openRolloutPool<Task, ToyEpisode>({ workerFile, processes: 1, setup: {} });
    pools.push(pool);
    await expect(pool.play(jobs)).rejects.toThrow(/A rollout process ended with code 1\. It said: .*none\.ts/s);
  });
});
