/** `spoor train`, with the toy policy in real rollout processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatTaskLine } from '#core/agent/taskLine.ts';
import { parseConfig } from '#node/training/config.ts';
import { lockRun } from '#node/training/runLock.ts';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { toyPolicy, toyTasks } from '../../test/fakes/toyPolicy.ts';

const program = fileURLToPath(new URL('../../test/fakes/slowCli.ts', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'spoor-train-'));
const settings = {
  stage: 2,
  tasks: 'tasks.jsonl',
  worlds: '.',
  iterations: 3,
  tasksPerIteration: 4,
  groupSize: 4,
  learningRate: 0.1,
  processes: 1,
};
const write = (name: string, content: unknown): void =>
  writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
const lines = (file: string): number => readFileSync(join(cwd, file), 'utf8').trimEnd().split('\n').length;
const train = (...argv: readonly string[]): Promise<CliRun> => runInMemory(['train', ...argv], { cwd });

beforeAll(() => {
  write(
    'tasks.jsonl',
    toyTasks()
      .map((task) => `${formatTaskLine(task)}\n`)
      .join(''),
  );
  write('config.json', settings);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('spoor train', () => {
  it('trains in a new folder and goes on in it', async () => {
    const first = await train('--config', 'config.json', '--out', 'runs/a', '--iterations', '2');
    expect(first.stdout).toBe('The run is finished. Its policy is runs/a/policy.onnx.\n');
    expect(first.code).toBe(0);
    const [grades, ...iterations] = first.stderr.trimEnd().split('\n');
    expect(grades).toMatch(/^Of 12 tasks, these are: \d+ easy, .* hard\.$/);
    expect(iterations).toEqual([
      expect.stringMatching(/^1 of 2 · reward \d\.\d{3} · recall \d\.\d{3} · KL 0\.0000 · entropy .* left$/),
      expect.stringMatching(/^2 of 2 · reward .* · searches 1\.0 · \S+ episodes a second$/),
    ]);
    const second = await train('--resume', 'runs/a', '--iterations', '4');
    expect(second.stderr).toMatch(/^Of 12 tasks.*\n3 of 4 .*\n4 of 4 .*\n$/);
    expect(lines('runs/a/metrics.jsonl')).toBe(4);
  });

  it('shows one changing line on a terminal, without what does not fit', async () => {
    const stderr = memorySink({ isTTY: true, columns: 80 });
    const argv = ['train', '--config', 'config.json', '--out', 'runs/terminal'];
    expect((await runInMemory(argv, { cwd, stderr })).code).toBe(0);
    const drawn = stderr.written.filter((text) => text.startsWith('\r'));
    expect(drawn).toContainEqual(expect.stringMatching(/░ grading tasks · 0 of 12/));
    expect(drawn).toContainEqual(expect.stringMatching(/█░{14} 1 of 3 · playing 16 of 16 · reward \d/));
    const width = Math.max(...drawn.map((text) => [...text.replace('\r\x1b[K', '')].length));
    expect(width).toBeLessThan(80);
    expect(stderr.written.at(-1)).toBe('\r\x1b[K');
  });

  it('keeps what it has when it is stopped, and says how to go on', async () => {
    const stopping = new AbortController();
    const stderr = memorySink();
    const cleanups: (() => void)[] = [];
    const write = stderr.write.bind(stderr);
    const watched = {
      ...stderr,
      write: (text: string) => {
        write(text);
        // As at Ctrl-C: the signal first, then what has to be done before the end.
        if (!text.startsWith('1 of 3')) return;
        stopping.abort();
        for (const cleanup of cleanups) cleanup();
      },
    };
    const run = await runInMemory(['train', '--config', 'config.json', '--out', 'runs/stopped'], {
      cwd,
      stderr: watched,
      signal: stopping.signal,
      onStop: (cleanup) => cleanups.push(cleanup),
    });
    expect(run.code).toBe(130);
    expect(stderr.written.join('')).toMatch(
      /Kept after iteration 1 of 3\. Go on with: spoor train --resume runs\/stopped\n$/,
    );
    const resumed = await train('--resume', 'runs/stopped');
    expect(resumed.stderr).toMatch(/^Of 12.*\n2 of 3 .*\n3 of 3 .*\n$/);
  });

  it.skipIf(process.platform === 'win32')('ends at once by a signal, with a checkpoint', async () => {
    const argv = ['train', '--config', 'config.json', '--out', 'runs/signal', '--iterations', '100000'];
    const child = spawn(process.execPath, [program, ...argv], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    const closed = once(child, 'close');
    let said = '';
    for await (const chunk of child.stderr.setEncoding('utf8')) {
      if (!said.includes('\n3 of ') && `${said}${chunk}`.includes('\n3 of ')) child.kill('SIGINT');
      said += chunk;
    }
    expect(await closed).toEqual([130, null]);
    const kept = Number(
      /Kept after iteration (\d+) of 100000\. Go on with: spoor train --resume runs\/signal\n/.exec(said)?.[1],
    );
    expect(kept).toBeGreaterThan(2);
    const more = await train('--resume', 'runs/signal', '--iterations', String(kept + 1));
    expect(more.stderr).toContain(`\n${kept + 1} of ${kept + 1} `);
    expect(lines('runs/signal/metrics.jsonl')).toBe(kept + 1);
  });

  it('says which alarm ended the run, and goes on if told to', async () => {
    write('stuck.json', { ...settings, iterations: 12, learningRate: 0, grades: 'none' });
    write(
      'easy.jsonl',
      toyTasks(3)
        .map((task) => `${formatTaskLine(task)}\n`)
        .join(''),
    );
    const run = await train('--config', 'stuck.json', '--out', 'runs/stuck', '--set', 'tasks=easy.jsonl');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /In 100 % of the groups all episodes earned the same.*\nspoor: The run was stopped after/,
    );
    const command = /spoor (train .*)\n$/.exec(run.stderr)![1]!;
    expect((await runInMemory(command.split(' '), { cwd })).code).toBe(0);
    expect(lines('runs/stuck/metrics.jsonl')).toBe(12);
  });

  it.each([
    [['--out', 'x'], '--config FILE to train from tasks'],
    [['--config', 'config.json'], 'needs --out DIR'],
    [['--config', 'none.json', '--out', 'x'], 'The configuration cannot be read: ENOENT'],
    [['--config', 'tasks.jsonl', '--out', 'x'], 'is not JSON'],
    [['--config', 'config.json', '--out', 'x', '--set', 'clip'], '--set takes NAME=VALUE, not "clip".'],
    [['--config', 'config.json', '--out', 'x', '--set', 'clip=2'], '"clip" must be a number from 0 to 1, not 2.'],
    [['--config', 'config.json', '--out', 'x', '--set', 'tasks=no.jsonl'], 'The file of tasks cannot be read: ENOENT'],
    [['--config', 'config.json', '--out', 'tasks.jsonl/run'], 'tasks.jsonl/run cannot be used: ENOTDIR'],
    [['--config', 'config.json', '--out', 'runs/a'], 'is not empty. Take up the run in it by --resume'],
    [['--resume', 'runs/a', '--out', 'x'], '--out cannot be given with --resume'],
    [['--resume', 'runs/a', '--seed', '9'], 'only iterations, processes, checkpointEvery, alarms can be changed'],
    [['--resume', 'nowhere'], 'There is no training run in'],
    [['runs/a'], 'takes options only, not "runs/a"'],
  ])('refuses %j', async (argv, sentence) => {
    const run = await train(...argv);
    expect(run.stderr).toContain(sentence);
    expect(run.stderr).not.toContain('fault of spoor');
    expect(run.code).toBeGreaterThan(0);
  });

  it.each([
    ['start=none.onnx', 'There is no file '],
    ['start=odd.onnx', 'odd.onnx cannot be started with: '],
    ['start=tasks.jsonl', 'is damaged or no checkpoint of Spoor'],
    ['grades=none.jsonl', 'The file of grades cannot be read: ENOENT'],
    ['grades=strange.jsonl', 'strange.jsonl has a grade for none of the tasks in '],
  ])('makes no folder of a run that cannot begin: %s', async (setting, sentence) => {
    write('odd.onnx', 'odd');
    write('strange.jsonl', '{"task": "strange", "grade": "hard"}\n');
    const run = await train('--config', 'config.json', '--out', 'runs/wrong', '--set', setting);
    expect(run.stderr).toContain(sentence);
    expect(run.stderr).not.toContain('fault of spoor');
    expect(existsSync(join(cwd, 'runs/wrong'))).toBe(false);
  });

  it('makes no folder of a run without worlds', async () => {
    const policy = toyPolicy();
    const run = await runInMemory(['train', '--config', 'config.json', '--out', 'runs/wrong'], {
      cwd,
      createTrainable: () =>
        Promise.resolve({ policy, hasWorld: () => false, isReachable: () => Promise.reject(new Error('No world.')) }),
    });
    expect(run.stderr).toContain('spoor: There are no recorded worlds of these tasks in ');
    expect(existsSync(join(cwd, 'runs/wrong'))).toBe(false);
  });

  it('does not train twice at once in a folder', async () => {
    const release = lockRun(join(cwd, 'runs/a'));
    const config = readFileSync(join(cwd, 'runs/a/config.json'), 'utf8');
    expect((await train('--resume', 'runs/a', '--iterations', '77')).code).toBe(1);
    expect(readFileSync(join(cwd, 'runs/a/config.json'), 'utf8')).toBe(config);
    expect((await train('--resume', 'runs/a')).stderr).toContain(`Process ${process.pid} is training in`);
    release();
    expect((await train('--resume', 'runs/a')).code).toBe(0);
    // Left by a process that is gone.
    const left = JSON.parse(readOwner()) as { start: string };
    write('runs/a/running', { ...left, start: '1' });
    expect((await train('--resume', 'runs/a')).code).toBe(process.platform === 'linux' ? 0 : 1);
  });
});

function readOwner(): string {
  const release = lockRun(join(cwd, 'runs/a'));
  const text = readFileSync(join(cwd, 'runs/a/running'), 'utf8');
  release();
  return text;
}

describe('the configuration', () => {
  const good = { stage: 1, tasks: 't', worlds: 'w', iterations: 1 };
  it.each([
    [[], 'must be one JSON object'],
    [{ ...good, stage: 3 }, 'field "stage" must be 1 or 2, not 3.'],
    [{ ...good, learnRate: 1 }, 'has a field "learnRate", which is none. There are stage, '],
    [{ stage: 1, worlds: 'w', iterations: 1 }, 'lacks the field "tasks": the path of a file of tasks.'],
    [{ ...good, groupSize: 1 }, '"groupSize" must be a whole number from 2 to 1000, not 1.'],
    [{ ...good, klWeight: '0' }, '"klWeight" must be a number from 0 to 100, not "0".'],
    [{ ...good, without: ['docs', 'sleep'] }, '"without" must be a list of some of "docs", '],
    [{ ...good, tasks: '' }, '"tasks" must be the path of a file of tasks, not "".'],
    [{ ...good, mediumFrom: 30 }, '"mediumFrom" must not be larger than "mediumTo"'],
    [{ ...good, seed: null }, 'field "seed" must be a whole number'],
  ])('%j', (given, sentence) => expect(() => parseConfig(given, '/runs')).toThrow(sentence));

  it('takes paths from its own folder, and words as they are', () => {
    expect(parseConfig({ ...good, start: '../a.onnx' }, '/runs/b')).toMatchObject({
      tasks: '/runs/b/t',
      start: '/runs/a.onnx',
      grades: 'play',
    });
  });
});
