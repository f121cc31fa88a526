/** The searcher policy learns on recorded worlds of a real repository, in real rollout processes. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchEpisode } from '#core/policy/episode.ts';
import { parametersOfFile, policyLayout, untrainedParameters } from '#core/policy/policyModel.ts';
import { countChoices } from '#core/rl/episode.ts';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { readCheckpoint } from '#node/training/checkpoints.ts';
import { parseConfig, type TrainingConfig } from '#node/training/config.ts';
import { createRunFolder, openRunFolder, readConfig } from '#node/training/runFolder.ts';
import { createSearchPlayer } from '#node/training/searchPlayer.ts';
import { createSearchTrainable } from '#node/training/searchTrainable.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';
import { runTraining, type RunEnd, type TrainingRun } from '#node/training/trainingRun.ts';
import { playScene, shakenParameters } from '../../../test/fakes/policyScene.ts';
import { recordParcel, type RecordedParcel } from '../../../test/fakes/recordedParcel.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-searcher-training-')));
let parcel: RecordedParcel;
let trainable: Trainable<SearchEpisode>;
let whole: string;

beforeAll(async () => {
  parcel = await recordParcel(base);
  trainable = await createSearchTrainable(configOf());
  whole = newRun(configOf());
  expect(await train(whole)).toEqual({ kind: 'finished', iteration: 2 });
});
afterAll(async () => {
  await trainable.policy.close();
  rmSync(base, { recursive: true, force: true });
});

const configOf = (given: Partial<TrainingConfig> = {}): TrainingConfig =>
  parseConfig(
    {
      stage: 2,
      tasks: 'tasks.jsonl',
      worlds: 'worlds',
      iterations: 2,
      tasksPerIteration: 3,
      groupSize: 4,
      learningRate: 0.01,
      processes: 1,
      checkpointEvery: 1,
      grades: 'none',
      alarms: 'tell',
      ...given,
    },
    base,
  );

function newRun(config: TrainingConfig): string {
  const directory = mkdtempSync(join(base, 'run-'));
  createRunFolder(directory, config);
  return directory;
}

const quiet: TrainingRun['watch'] = {
  note: () => undefined,
  grading: () => undefined,
  begins: () => undefined,
  played: () => undefined,
  iteration: () => undefined,
};

function train(directory: string, given: Partial<TrainingRun<SearchEpisode>> = {}): Promise<RunEnd> {
  return runTraining({
    ...trainable,
    folder: openRunFolder(directory),
    config: readConfig(directory),
    tasks: parcel.tasks,
    watch: quiet,
    nowMs: () => 0,
    signal: new AbortController().signal,
    onStop: () => undefined,
    ...given,
  });
}

/** Files that may not hang on how the run was made. */
const results = (directory: string): string[] =>
  ['metrics.jsonl', 'policy.onnx', 'checkpoint/00000002.checkpoint'].map((file) =>
    readFileSync(join(directory, file)).toString('base64'),
  );

const modelIn = (directory: string): Uint8Array => readFileSync(join(directory, 'policy.onnx'));

describe('a training run of the searcher', () => {
  test('learns by what it played, from ratios near 1', () => {
    const lines = readFileSync(join(whole, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const metrics = lines.map((line) => JSON.parse(line) as IterationMetrics);
    expect(metrics.map(({ iteration }) => iteration)).toEqual([1, 2]);
    for (const one of metrics) {
      // What is not a finite number becomes null in JSON.
      expect(JSON.stringify(one)).not.toContain('null');
      expect(one).toMatchObject({ brokenGradients: 0, episodes: 12 });
      expect(one.updates).toBeGreaterThan(0);
      expect(one.gradientNorm).toBeGreaterThan(0);
      expect(one.entropy).toBeGreaterThan(0);
      expect(Math.abs(one.meanRatio - 1)).toBeLessThan(0.2);
    }
  });

  test('leaves the policy of its last checkpoint, which can search', async () => {
    const learned = parametersOfFile(modelIn(whole));
    const { state } = readCheckpoint(join(whole, 'checkpoint/00000002.checkpoint'));
    expect(learned).toEqual(state.parameters);
    expect(learned).not.toEqual(untrainedParameters(configOf().seed));
    for (const { name, offset, size } of policyLayout().entries.filter(({ name }) => !name.startsWith('confidence')))
      expect(learned.subarray(offset, offset + size), name).not.toEqual(
        untrainedParameters(configOf().seed).subarray(offset, offset + size),
      );
    const { policy, close } = await openPolicy(join(whole, 'policy.onnx'));
    expect((await playScene(policy, { seed: 1 })).steps.length).toBeGreaterThan(0);
    await close();
  });

  test('is the same in two processes', async () => {
    const directory = newRun(configOf({ processes: 2 }));
    await train(directory);
    expect(results(directory)).toEqual(results(whole));
  });

  test('is the same when it is taken up again', async () => {
    const directory = newRun(configOf({ iterations: 1 }));
    expect(await train(directory)).toEqual({ kind: 'finished', iteration: 1 });
    expect(parametersOfFile(modelIn(directory))).not.toEqual(parametersOfFile(modelIn(whole)));
    expect(await train(directory, { config: configOf() })).toEqual({ kind: 'finished', iteration: 2 });
    expect(results(directory)).toEqual(results(whole));
  });

  test('begins with the parameters of a policy file', async () => {
    const directory = newRun(configOf({ start: join(whole, 'policy.onnx'), iterations: 0 }));
    await train(directory);
    expect(modelIn(directory)).toEqual(modelIn(whole));
  });

  test('says that it cannot begin with what is no policy', async () => {
    const start = join(base, 'text.onnx');
    writeFileSync(start, 'no model');
    const directory = newRun(configOf({ start }));
    const message = expect.stringMatching(/text\.onnx cannot be started with: This is no model.*\. Correct "start"\.$/);
    await expect(train(directory)).rejects.toMatchObject({ name: 'TrainingError', message: message as string });
  });

  test('says which world is missing', async () => {
    cpSync(parcel.worlds, join(base, 'fewer'), { recursive: true });
    rmSync(join(base, 'fewer/parcel+service/retry.world'));
    const directory = newRun(configOf({ tasksPerIteration: 6, worlds: join(base, 'fewer') }));
    const some = await createSearchTrainable(readConfig(directory));
    const play = train(directory, { ...some, hasWorld: () => true, isReachable: () => Promise.resolve(true) });
    const message = expect.stringMatching(/^There is no world .*retry\.world\. Record the worlds/) as string;
    await expect(play).rejects.toMatchObject({ name: 'TrainingError', message });
    expect(parcel.tasks.map(some.hasWorld)).toEqual([false, true, true, true, true, true]);
    await some.policy.close();
  });
});

describe('a task', () => {
  test('is within reach where the hand-written searcher comes to what answers it', async () => {
    const { isReachable } = trainable;
    const [task] = parcel.tasks;
    expect(await isReachable(task!)).toBe(true);
    expect(await isReachable({ ...task!, goldFiles: [...task!.goldFiles, 'src/absent.ts'] })).toBe(false);
    expect(await isReachable({ ...task!, goldSpans: [{ path: task!.goldFiles[0]!, start: 9_000, end: 9_001 }] })).toBe(
      false,
    );
  });
});

describe('the episodes of a job', () => {
  const parameters = shakenParameters(8);
  const jobOf = (i: number, count = 3) => ({ task: parcel.tasks[i]!, world: parcel.tasks[i]!.id, seed: 5, count });
  const openPlayer = (reference = parameters) => createSearchPlayer({ settings: configOf(), reference });

  test('hang on the parameters and the job alone', async () => {
    const fresh = await (await openPlayer()).play(parameters, jobOf(0));
    const player = await openPlayer();
    for (const i of [0, 1, 2]) await player.play(shakenParameters(3), jobOf(i, 5));
    await player.play(parameters, { ...jobOf(0), seed: 9 });
    expect(await player.play(parameters, jobOf(0))).toEqual(fresh);
  });

  test('are as likely under the reference as it makes them', async () => {
    const own = await (await openPlayer()).play(parameters, jobOf(1));
    for (const { logProbs, refLogProbs } of own) expect(refLogProbs).toEqual(logProbs);
    const other = await (await openPlayer(untrainedParameters(1))).play(parameters, jobOf(1));
    for (const [i, { logProbs, refLogProbs, mask }] of other.entries()) {
      expect(logProbs).toEqual(own[i]!.logProbs);
      expect(refLogProbs).not.toEqual(logProbs);
      for (const [step, counts] of mask.entries()) if (!counts) expect(refLogProbs[step]).toBe(0);
    }
  });

  test('are paid, measured, and have a row for each choice', async () => {
    for (const stage of [1, 2] as const) {
      const player = await createSearchPlayer({ settings: configOf({ stage }), reference: parameters });
      for (const episode of await player.play(parameters, jobOf(2, 6))) {
        expect(Number.isFinite(episode.reward)).toBe(true);
        expect(Object.values(episode.measures).every(Number.isFinite)).toBe(true);
        expect(episode.measures).toMatchObject({ searches: expect.any(Number), unanswered: expect.any(Number) });
        expect(episode.choices.counts).toHaveLength(countChoices(episode));
      }
    }
  });
});
