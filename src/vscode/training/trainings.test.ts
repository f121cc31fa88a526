/** The run of a window with a real process; what it works on is a run that counts. */
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { createLearningClient, type LearningClient } from '#node/learning/learningClient.ts';
import type { LearningPlan } from '#node/learning/learningPlan.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { createTrainings, type Trainings, type TrainingState } from './trainings.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-trainings-')));
const ENDLESS = 1e9;
const clients: LearningClient[] = [];
afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.dispose()))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Opened {
  readonly trainings: Trainings;
  /** All that was told, in order; undefined at the end of a run. */
  readonly told: (TrainingState | undefined)[];
}

function open(): Opened {
  const client = createLearningClient({
    modulePath: fileURLToPath(new URL('../../../test/fakes/countingLearning.ts', import.meta.url)),
    log: () => undefined,
  });
  clients.push(client);
  const trainings = createTrainings(client);
  const told: (TrainingState | undefined)[] = [];
  trainings.onChange((state) => told.push(state));
  return { trainings, told };
}

let runs = 0;
const plan = (given: Partial<LearningPlan> = {}): LearningPlan => learningPlan(join(base, `run-${++runs}`), given);
const done = ({ trainings }: Opened): number => trainings.state()?.progress?.done ?? 0;
const reached = (opened: Opened, least: number): Promise<void> =>
  vi.waitFor(() => expect(done(opened)).toBeGreaterThanOrEqual(least), { timeout: 20_000 });

test('a run is told from its beginning to its end, and nothing is left of it', async () => {
  const opened = open();
  const asked = plan({ historyTasks: 4 });
  expect(await opened.trainings.start(asked)).toMatchObject({ kind: 'too-little' });
  expect(opened.told[0]).toMatchObject({ plan: asked, activity: 'running', share: 0, metrics: [] });
  expect(opened.told.at(-2)).toMatchObject({ progress: { phase: 'train', done: 4, total: 4 } });
  expect(opened.told.at(-1)).toBeUndefined();
  expect(opened.trainings.state()).toBeUndefined();
});

test('it holds and goes on; stopping keeps what was done', async () => {
  const opened = open();
  const { trainings } = opened;
  const end = trainings.start(plan({ historyTasks: ENDLESS }));
  await reached(opened, 2);
  trainings.pause();
  expect(trainings.state()?.activity).toBe('paused');
  trainings.pause();
  trainings.resume();
  expect(trainings.state()?.activity).toBe('running');
  await reached(opened, done(opened) + 2);
  trainings.stop();
  expect(trainings.state()?.activity).toBe('stopping');
  trainings.resume();
  expect(trainings.state()?.activity).toBe('stopping');
  expect(await end).toEqual({ kind: 'stopped' });
});

test('a second run waits for no first one: it is refused, and the first goes on', async () => {
  const opened = open();
  const end = opened.trainings.start(plan({ historyTasks: ENDLESS }));
  await expect(opened.trainings.start(plan())).rejects.toThrow('A run is under way');
  await reached(opened, 2);
  opened.trainings.stop();
  expect(await end).toEqual({ kind: 'stopped' });
});

test('a run that fails says why, and the next one can begin', async () => {
  const { trainings } = open();
  await expect(trainings.start(plan({ startName: 'failing' }))).rejects.toThrow('The disk is full');
  expect(trainings.state()).toBeUndefined();
  expect(await trainings.start(plan({ historyTasks: 2 }))).toMatchObject({ kind: 'too-little' });
});

test('what is given up tells of no end, and nothing writes to its folder any more', async () => {
  const opened = open();
  const asked = plan({ historyTasks: ENDLESS });
  const end = opened.trainings.start(asked);
  await reached(opened, 2);
  await opened.trainings.end();
  rmSync(asked.directory, { recursive: true });
  expect(await end).toBeUndefined();
  expect(existsSync(asked.directory)).toBe(false);
  await opened.trainings.end();
  expect(await opened.trainings.start(plan({ historyTasks: 2 }))).toMatchObject({ kind: 'too-little' });
});

test('who listens no more is told nothing', async () => {
  const { trainings } = open();
  const listener = vi.fn<() => void>();
  trainings.onChange(listener)();
  await trainings.start(plan({ historyTasks: 1 }));
  expect(listener).not.toHaveBeenCalled();
});
