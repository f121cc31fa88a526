/** The process that trains, as the editor holds it; what it works on is a run that counts. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createLearningClient, type LearningClient, type LearningRun } from '#node/learning/learningClient.ts';
import type { LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { openRuns } from '#node/learning/openRuns.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-learning-')));
const countingLearning = fileURLToPath(new URL('../../../test/fakes/countingLearning.ts', import.meta.url));
const learningHost = fileURLToPath(new URL('../../../test/fakes/learningHost.ts', import.meta.url));
const ENDLESS = 1e9;

const clients: LearningClient[] = [];
afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.dispose()))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Started {
  readonly client: LearningClient;
  readonly run: LearningRun;
  readonly child: ChildProcess;
  readonly events: LearningEvent[];
  readonly logged: string[];
  readonly directory: string;
}

let runs = 0;
const newFolder = (): string => join(base, 'runs', `run-${++runs}`);

function start(given: Partial<LearningPlan> = {}): Started {
  const [events, logged, children]: [LearningEvent[], string[], ChildProcess[]] = [[], [], []];
  const client = createLearningClient({
    modulePath: countingLearning,
    log: (text) => logged.push(text),
    fork: ((...args: Parameters<typeof fork>) => {
      children.push(fork(...args));
      return children.at(-1)!;
    }) as typeof fork,
  });
  clients.push(client);
  const plan = learningPlan(newFolder(), given);
  const run = client.start(plan, (event) => events.push(event));
  return { client, run, child: children[0]!, events, logged, directory: plan.directory };
}

const counted = (directory: string): number => {
  const file = join(directory, 'counted');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
};
const hasCounted = ({ directory }: Started, least = 1): Promise<void> =>
  vi.waitFor(() => expect(counted(directory)).toBeGreaterThanOrEqual(least), { timeout: 20_000 });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
const isGone = (pid: number): Promise<void> => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });

describe('a run', () => {
  test('tells what happens and ends with its process; what is not needed any more is taken away', async () => {
    const { run, events, child, directory, client } = start();
    expect(client.running).toBe(run);
    expect(await run.end).toEqual({
      kind: 'too-little',
      sentence: 'There are 2 answers; 8 more are needed.',
      missing: 8,
    });
    expect(run.state).toBe('ended');
    expect(isAlive(child.pid!)).toBe(false);
    expect(client.running).toBeUndefined();
    expect(events.map((event) => event.type === 'progress' && event.done)).toEqual([1, 2, 3]);
    expect(readdirSync(directory).sort()).toEqual(['end.json', 'plan.json']);
  });

  test('has the lowest priority, in all its threads', async () => {
    const started = start({ historyTasks: ENDLESS });
    await hasCounted(started);
    const pid = started.child.pid!;
    expect(getPriority(pid)).toBe(constants.priority.PRIORITY_LOW);
    if (process.platform !== 'linux') return;
    const threads = readdirSync(`/proc/${pid}/task`).map(Number);
    expect(threads.map((thread) => getPriority(thread))).toEqual(threads.map(() => constants.priority.PRIORITY_LOW));
  });

  test('holds when it is told to, and goes on', async () => {
    const started = start({ historyTasks: ENDLESS });
    const { run, directory } = started;
    await hasCounted(started);
    run.pause();
    expect(run.state).toBe('pausing');
    await vi.waitFor(() => expect(run.state).toBe('paused'));
    const units = counted(directory);
    // Many units would be done in this time.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(counted(directory)).toBe(units);
    run.resume();
    expect(run.state).toBe('running');
    await hasCounted(started, units + 1);
  });

  test('is stopped, also while it is paused, and taken up where it was', async () => {
    const started = start({ historyTasks: ENDLESS });
    const { client, run, directory, events } = started;
    await hasCounted(started, 3);
    run.pause();
    await vi.waitFor(() => expect(run.state).toBe('paused'));
    run.stop();
    expect(run.state).toBe('stopping');
    expect(await run.end).toEqual({ kind: 'stopped' });
    const before = counted(directory);
    const found = (await openRuns(join(base, 'runs'))).find(({ plan }) => plan.directory === directory)!;
    expect(found).toMatchObject({ state: 'stopped', plan: run.plan, sentence: 'The run was stopped. It can go on.' });

    events.length = 0;
    const again = client.start({ ...found.plan, historyTasks: before + 2 }, (event) => events.push(event));
    expect(await again.end).toMatchObject({ kind: 'too-little' });
    expect(progressOf(events).map(({ done }) => done)).toEqual([before + 1, before + 2]);
    expect(events[0]).toEqual({
      type: 'note',
      sentence: 'This run was stopped before. It goes on with all that was kept.',
    });
  });

  test('that does not listen is stopped by force', { timeout: 20_000 }, async () => {
    const started = start({ historyTasks: ENDLESS, startName: 'deaf' });
    await hasCounted(started);
    started.run.stop();
    expect(await started.run.end).toEqual({ kind: 'stopped' });
    expect(isAlive(started.child.pid!)).toBe(false);
  });

  test('is the only one of its client', async () => {
    const started = start({ historyTasks: ENDLESS });
    await hasCounted(started);
    expect(() => started.client.start(learningPlan(newFolder()), () => undefined)).toThrow('A run is under way.');
    await started.client.dispose();
    expect(() => started.client.start(learningPlan(newFolder()), () => undefined)).toThrow('Spoor was stopped.');
  });

  test('says when it cannot go on, and why, and can be taken up', async () => {
    const { run, directory } = start({ startName: 'failing' });
    await expect(run.end).rejects.toThrow('The disk is full: make room and try again.');
    const found = (await openRuns(join(base, 'runs'))).find(({ plan }) => plan.directory === directory);
    expect(found).toMatchObject({ state: 'failed', sentence: 'The disk is full: make room and try again.' });
  });

  test('that meets a fault of the program says no more of it than the log does', async () => {
    const { run, directory, logged } = start({ startName: 'mistaken' });
    const sentence = 'The training could not go on. The log says why. The policy in use is as it was.';
    await expect(run.end).rejects.toThrow(sentence);
    expect(logged.join('\n')).toContain('TypeError: ');
    const found = (await openRuns(join(base, 'runs'))).find(({ plan }) => plan.directory === directory);
    expect(found).toMatchObject({ state: 'failed', sentence });
  });

  test('whose process dies says so, is found again and goes on', async () => {
    const started = start({ historyTasks: ENDLESS });
    await hasCounted(started, 2);
    started.child.kill('SIGKILL');
    await expect(started.run.end).rejects.toThrow(
      'The training process was killed by SIGKILL. What it had done is kept and the policy in use is as it was: ' +
        'the run can be taken up.',
    );
    const { directory, client, events } = started;
    const before = counted(directory);
    const found = (await openRuns(join(base, 'runs'))).find(({ plan }) => plan.directory === directory)!;
    expect(found.state).toBe('cut-off');
    expect(found.sentence).toMatch(/^The run was cut off in the middle\. .* the run can go on\.$/);
    const again = client.start({ ...found.plan, historyTasks: before + 1 }, (event) => events.push(event));
    expect(await again.end).toMatchObject({ kind: 'too-little' });
    expect(events).toContainEqual({
      type: 'note',
      sentence: 'This run was cut off in the middle. It goes on with all that was kept.',
    });
  });

  test('whose program has a fault ends with what it printed in the log', async () => {
    const { run, logged } = start({ startName: 'faulty' });
    await expect(run.end).rejects.toThrow('The training process ended with code 1.');
    expect(logged.join('\n')).toContain('a fault of the program');
  });

  test('does not run twice at once', async () => {
    const first = start({ historyTasks: ENDLESS });
    await hasCounted(first);
    const second = start({ directory: first.directory });
    await expect(second.run.end).rejects.toThrow(
      `Process ${first.child.pid} is at this run already. Wait for its end, or stop it there.`,
    );
    const found = (await openRuns(join(base, 'runs'))).find(({ plan }) => plan.directory === first.directory);
    expect(found?.state).toBe('running');
  });

  test('passes over what it does not understand, and refuses what is no message', async () => {
    const { run, logged, child } = start({ startName: 'babbling' });
    expect(await run.end).toMatchObject({ kind: 'too-little' });
    expect(logged).toContain('The training process said something that is not understood.');
    const other = start({ historyTasks: ENDLESS });
    await hasCounted(other);
    other.child.send({ kind: 'dance' });
    await expect(other.run.end).rejects.toThrow('was told something that it does not know');
    expect(isAlive(child.pid!)).toBe(false);
  });

  test('does not touch a folder that holds something else', async () => {
    const directory = mkdtempSync(join(base, 'foreign-'));
    writeFileSync(join(directory, 'thesis.tex'), 'mine');
    const { run } = start({ directory });
    await expect(run.end).rejects.toThrow('holds something else than a run. Choose another folder for it.');
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
  });
});

test('a process ends with its editor, and its own processes with it', async () => {
  const host = spawn(process.execPath, [learningHost, newFolder()], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of host.stdout.setEncoding('utf8')) {
    said += chunk as string;
    if (said.split('\n').length > 2) break;
  }
  const pids = said.trim().split('\n').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  host.kill('SIGKILL');
  await Promise.all(pids.map(isGone));
});

type Progress = Extract<LearningEvent, { type: 'progress' }>;
const progressOf = (events: readonly LearningEvent[]): Progress[] =>
  events.filter(({ type }) => type === 'progress') as Progress[];
