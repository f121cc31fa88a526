/** Runs of a toy policy in real processes: what is learned hangs neither on their number nor on how often they are killed. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { readCheckpoint, readNewest } from '#node/training/checkpoints.ts';
import { parseConfig, type TrainingConfig } from '#node/training/config.ts';
import { createRunFolder, openRunFolder, readConfig } from '#node/training/runFolder.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { runTraining, type RunEnd, type TrainingRun } from '#node/training/trainingRun.ts';
import { toyPolicy, toyTasks, type ToyEpisode } from '../../../test/fakes/toyPolicy.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-training-'));
const program = fileURLToPath(new URL('../../../test/fakes/toyTraining.ts', import.meta.url));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const configOf = (given: Partial<TrainingConfig> = {}): TrainingConfig =>
  parseConfig(
    {
      stage: 2,
      tasks: 'tasks.jsonl',
      worlds: 'worlds',
      iterations: 6,
      tasksPerIteration: 4,
      groupSize: 8,
      mediumFrom: 3,
      mediumTo: 6,
      learningRate: 0.1,
      processes: 1,
      checkpointEvery: 2,
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

function train(directory: string, given: Partial<TrainingRun<ToyEpisode>> = {}): Promise<RunEnd> {
  return runTraining({
    folder: openRunFolder(directory),
    config: readConfig(directory),
    tasks: toyTasks(),
    policy: toyPolicy(),
    hasWorld: () => true,
    isReachable: ({ id }) => Promise.resolve(id !== 'task-5'),
    watch: quiet,
    nowMs: () => 0,
    signal: new AbortController().signal,
    onStop: () => undefined,
    ...given,
  });
}

const textIn = (directory: string, file: string): string => readFileSync(join(directory, file), 'utf8');

/** Files that may not hang on how the run was made. */
const results = (directory: string): string[] =>
  ['metrics.jsonl', 'grades.jsonl', 'policy.onnx', 'checkpoint/00000006.checkpoint'].map((file) =>
    readFileSync(join(directory, file)).toString('base64'),
  );

const metricsIn = (directory: string): IterationMetrics[] =>
  textIn(directory, 'metrics.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as IterationMetrics);

/** Runs the program until it says `moment` and is killed at it, or to its end. All lines that it said. */
async function runProgram(directory: string, pids: string, ...moment: readonly string[]): Promise<string[]> {
  const child = spawn(process.execPath, [program, directory, pids, ...moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await text(child.stdout);
  return said.trimEnd().split('\n');
}

/** A process that ended but was not waited for is gone too. */
function isGone(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return process.platform === 'linux' && /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

describe('a training run', () => {
  const whole = newRun(configOf());
  const ran = train(whole);

  it('learns, and leaves what it learned', async () => {
    expect(await ran).toEqual({ kind: 'finished', iteration: 6 });
    const metrics = metricsIn(whole);
    expect(metrics.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(metrics.at(-1)!.reward).toBeGreaterThan(metrics[0]!.reward + 0.1);
    expect(readdirSync(join(whole, 'checkpoint')).sort()).toEqual([
      '00000004.checkpoint',
      '00000006.checkpoint',
      'start.checkpoint',
    ]);
    const { state } = readCheckpoint(join(whole, 'checkpoint/00000006.checkpoint'));
    expect(readFileSync(join(whole, 'policy.onnx')).equals(new Uint8Array(state.parameters.buffer))).toBe(true);
    expect(textIn(whole, 'log')).toMatch(/Iteration 6: reward .*Finished after iteration 6\.\n$/s);
  });

  it('leaves out what is easy or out of reach', async () => {
    await ran;
    const grades = textIn(whole, 'grades.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { task: string; grade: string });
    expect(grades.map(({ task }) => task)).toEqual(toyTasks().map(({ id }) => id));
    expect(grades.slice(0, 3).map(({ grade }) => grade)).toEqual(['easy', 'easy', 'easy']);
    expect(grades[5]!.grade).toBe('unreachable');
    const hard = grades.filter(({ grade }) => grade === 'medium' || grade === 'hard');
    expect(hard.length).toBeGreaterThan(4);
  });

  it('gives no grade to a task without a world, and looks again when it goes on', async () => {
    for (const grades of ['play', 'none']) {
      const directory = newRun(configOf({ grades, iterations: 0 }));
      const notes: string[] = [];
      const watch = { ...quiet, note: (sentence: string) => notes.push(sentence) };
      const graded = (): number => textIn(directory, 'grades.jsonl').trimEnd().split('\n').length;
      await expect(train(directory, { hasWorld: () => false })).rejects.toThrow(
        `There are no recorded worlds of these tasks in ${join(base, 'worlds')}. Correct "worlds", or record them.`,
      );
      expect(existsSync(join(directory, 'grades.jsonl'))).toBe(false);
      await train(directory, { watch, hasWorld: ({ id }) => id !== 'task-7' && id !== 'task-8' });
      expect(notes[0]).toMatch(/ 1 unreachable, 2 without a world in .*worlds\.$/);
      expect(graded()).toBe(10);
      await train(directory);
      expect(graded()).toBe(12);
    }
  });

  it('is the same in two processes', async () => {
    await ran;
    const directory = newRun(configOf({ processes: 2 }));
    await train(directory);
    expect(results(directory)).toEqual(results(whole));
  });

  it('is the same when it is killed again and again', async () => {
    await ran;
    const directory = newRun(configOf({ processes: 2 }));
    const pids = mkdtempSync(join(base, 'pids-'));
    const moments = ['graded 0', 'graded 12', 'played 16', 'iteration 1', 'iteration 3', 'gradient 5', 'export'];
    for (const moment of moments) expect((await runProgram(directory, pids, moment)).at(-1)).toBe(moment);
    const last = await runProgram(directory, pids);
    expect(last.at(-1)).toBe('finished 6');
    expect(results(directory)).toEqual(results(whole));
    const started = readdirSync(pids);
    expect(started.length).toBeGreaterThan(moments.length);
    await vi.waitFor(() => expect(started.filter((pid) => !isGone(pid))).toEqual([]), { timeout: 20_000 });
  });

  it('goes on with the checkpoint before a damaged one, and says so', async () => {
    await ran;
    const directory = newRun(configOf());
    await train(directory);
    const newest = join(directory, 'checkpoint/00000006.checkpoint');
    writeFileSync(newest, readFileSync(newest).fill(7, 2_000, 2_010));
    rmSync(join(directory, 'policy.onnx'));
    const notes: string[] = [];
    const iterations: number[] = [];
    const watch = {
      ...quiet,
      note: (text: string) => notes.push(text),
      iteration: (m: IterationMetrics) => iterations.push(m.iteration),
    };
    await train(directory, { watch });
    expect(notes[0]).toMatch(/00000006\.checkpoint is damaged and was passed over/);
    expect(iterations).toEqual([5, 6]);
    expect(results(directory)).toEqual(results(whole));
  });

  it('writes a checkpoint when it is stopped', async () => {
    await ran;
    const directory = newRun(configOf());
    const stopping = new AbortController();
    const watch = {
      ...quiet,
      iteration: ({ iteration }: IterationMetrics) => void (iteration === 3 && stopping.abort()),
    };
    expect(await train(directory, { watch, signal: stopping.signal })).toEqual({ kind: 'interrupted', iteration: 3 });
    expect(readNewest(join(directory, 'checkpoint')).checkpoint.state.iteration).toBe(3);
    expect(existsSync(join(directory, 'policy.onnx'))).toBe(false);
    expect(await train(directory)).toEqual({ kind: 'finished', iteration: 6 });
    expect(results(directory)).toEqual(results(whole));
  });

  it('can be made longer', async () => {
    await ran;
    const directory = newRun(configOf({ iterations: 4 }));
    await train(directory);
    await train(directory, { config: configOf() });
    expect(results(directory)).toEqual(results(whole));
  });

  it('refuses the checkpoints of another configuration or another policy', async () => {
    const directory = newRun(configOf({ iterations: 1, grades: 'none' }));
    await train(directory);
    await expect(train(directory, { config: configOf({ clip: 0.1 }) })).rejects.toThrow(
      'was begun with another configuration',
    );
    const policy = toyPolicy();
    const identity = { ...policy.identity, features: ['task', 'turn'] };
    await expect(train(directory, { policy: { ...policy, identity } })).rejects.toThrow(
      /made by another version of the policy: it has no feature turn\. Go on with the version that made it/,
    );
  });

  it('starts with the parameters of another run', async () => {
    await ran;
    const starts = ['policy.onnx', 'checkpoint/00000006.checkpoint'].map((file) => join(whole, file));
    for (const start of starts) {
      const directory = newRun(configOf({ start, iterations: 0, grades: join(whole, 'grades.jsonl') }));
      await train(directory);
      expect(textIn(directory, 'policy.onnx')).toBe(textIn(whole, 'policy.onnx'));
      expect(textIn(directory, 'grades.jsonl')).toBe(textIn(whole, 'grades.jsonl'));
    }
  });

  it('ends with the alarms that stop it', async () => {
    // Without a learning rate nothing is learned; the tasks that are always solved make all groups equal.
    const tasks = toyTasks(3);
    const given = { tasks, config: configOf({ iterations: 20, grades: 'none', learningRate: 0, alarms: 'stop' }) };
    const directory = newRun(given.config);
    const end = await train(directory, given);
    expect(end.kind === 'alarmed' && end.alarms.map(({ name }) => name)).toEqual(['equal groups']);
    expect(readNewest(join(directory, 'checkpoint')).checkpoint.state.iteration).toBe(end.iteration);
    expect(existsSync(join(directory, 'policy.onnx'))).toBe(false);
  });

  it('says which process died, or what could not be played', async () => {
    const config = configOf({ grades: 'none', processes: 2 });
    const dying = { config, policy: toyPolicy({ deadly: 'task-4' }) };
    await expect(train(newRun(config), dying)).rejects.toThrow(
      'A rollout process ended with code 7. It said: no memory left Resume the run to go on.',
    );
    const failing = { config, policy: toyPolicy({ failing: 'task-4' }) };
    // What nobody expected keeps being told as a fault of the program.
    await expect(train(newRun(config), failing)).rejects.toMatchObject({
      name: 'Error',
      message: 'The world is damaged.',
    });
  });

  it('does not begin in a folder that holds something', () => {
    mkdirSync(join(base, 'full/sub'), { recursive: true });
    expect(() => createRunFolder(join(base, 'full'), configOf())).toThrow(/is not empty\. Take up the run in it/);
  });

  it('does not begin at a file or under one', () => {
    writeFileSync(join(base, 'a file'), '');
    for (const directory of [join(base, 'a file'), join(base, 'a file/run')]) {
      const making = (): unknown => createRunFolder(directory, configOf());
      expect(making).toThrow(TrainingError);
      expect(making).toThrow(`The folder ${directory} cannot be used: `);
    }
  });
});
