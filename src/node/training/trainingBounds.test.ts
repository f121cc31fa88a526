/** How a run that learns from use trains otherwise: by time, near to another policy, by weights, with rests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { parseConfig, type TrainingConfig } from '#node/training/config.ts';
import { createRunFolder, openRunFolder, readConfig } from '#node/training/runFolder.ts';
import { runTraining, type RunEnd, type TrainingRun } from '#node/training/trainingRun.ts';
import { TOY_ANSWERS, toyPolicy, toyTasks, type ToyEpisode } from '../../../test/fakes/toyPolicy.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-bounds-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Given = Partial<TrainingRun<ToyEpisode>>;

interface Trained {
  readonly end: RunEnd;
  readonly metrics: readonly IterationMetrics[];
  readonly model: string;
}

async function train(given: Given = {}, config: Partial<TrainingConfig> = {}): Promise<Trained> {
  const directory = mkdtempSync(join(base, 'run-'));
  const shared = { stage: 2, tasks: 'tasks.jsonl', worlds: 'worlds', grades: 'none', processes: 1, alarms: 'tell' };
  const sizes = { iterations: 5, tasksPerIteration: 4, groupSize: 6, learningRate: 0.1 };
  createRunFolder(directory, parseConfig({ ...shared, ...sizes, ...config }, base));
  return trainIn(directory, given);
}

async function trainIn(directory: string, given: Given): Promise<Trained> {
  const quiet = (): void => undefined;
  const end = await runTraining<ToyEpisode>({
    folder: openRunFolder(directory),
    config: readConfig(directory),
    tasks: toyTasks(),
    policy: toyPolicy(),
    hasWorld: () => true,
    isReachable: () => Promise.resolve(true),
    watch: { note: quiet, grading: quiet, begins: quiet, played: quiet, iteration: quiet },
    nowMs: () => 0,
    signal: new AbortController().signal,
    onStop: quiet,
    ...given,
  });
  const textOf = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const lines = textOf('metrics.jsonl').trimEnd().split('\n');
  return { end, metrics: lines.map((line) => JSON.parse(line) as IterationMetrics), model: textOf('policy.onnx') };
}

describe('a training run', () => {
  test('that is over ends as finished, with what it has learned by then', async () => {
    const { end, metrics, model } = await train({ isOver: (iteration) => iteration >= 2 });
    expect(end).toEqual({ kind: 'finished', iteration: 2 });
    expect(metrics).toHaveLength(2);
    expect(model).toBe((await train({}, { iterations: 2 })).model);
  });

  test('keeps near to the policy that it is given instead of its start', async () => {
    // It likes one of the answers of each task.
    const reference = toyPolicy()
      .untrained(1)
      .map((score, i) => score + (i % TOY_ANSWERS === 1 ? 3 : 0));
    const [own, others] = [await train(), await train({ reference })];
    expect(own.metrics[0]!.klReference).toBeCloseTo(0, 9);
    expect(others.metrics[0]!.klReference).toBeGreaterThan(0.05);
    const [far, near] = await Promise.all(
      [0, 0.5].map((klWeight) => train({ reference }, { iterations: 15, klWeight })),
    );
    expect(near!.metrics.at(-1)!.klReference).toBeLessThan(far!.metrics.at(-1)!.klReference - 0.1);
  });

  test('draws from what it is told to', async () => {
    const { metrics } = await train({ drawnFrom: (chosen) => chosen.filter((id) => id === 'task-0') });
    expect(new Set(metrics.map(({ measures }) => measures['solved']))).toEqual(new Set([1]));
  });

  test('waits before each task that is played and each step that is learned, and comes to the same', async () => {
    let passed = 0;
    const gate = async (): Promise<void> => {
      passed++;
      await new Promise((resolve) => setImmediate(resolve));
    };
    const [held, free] = [await train({ gate }), await train()];
    expect(held.model).toBe(free.model);
    const steps = free.metrics.reduce((sum, { updates }) => sum + updates, 0);
    expect(passed).toBeGreaterThanOrEqual(5 * 4 + steps);
  });
});
