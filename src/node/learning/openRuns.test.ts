/** What is found of runs in their folder, whatever state it is in. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { takeFolder } from '#node/folderOwner.ts';
import { keepRun } from '#node/learning/keptRun.ts';
import type { LearningEnd, LearningEvent, RunLearning } from '#node/learning/learningPlan.ts';
import { discardRun, openRuns, sweepRuns } from '#node/learning/openRuns.ts';
import { endFile, planFile } from '#node/learning/runFiles.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-open-runs-'));
let runs = '';
let folders = 0;
beforeEach(() => (runs = join(base, String(++folders))));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const directoryOf = (name: string): string => join(runs, name);

/** Does what the test says in the run's folder, after something that takes room. */
function keep(name: string, run: () => Promise<LearningEnd>, notes: string[] = []): Promise<LearningEnd> {
  const directory = directoryOf(name);
  const working: RunLearning = () => {
    mkdirSync(join(directory, 'worlds'), { recursive: true });
    writeFileSync(join(directory, 'worlds', '1'), 'recorded');
    return run();
  };
  const emit = (event: LearningEvent): void => void (event.type === 'note' && notes.push(event.sentence));
  return keepRun(
    learningPlan(directory),
    { emit, signal: new AbortController().signal, nowMs: () => performance.now() },
    working,
  );
}
const stopped = (): Promise<LearningEnd> => Promise.resolve({ kind: 'stopped' });
const tooLittle = (): Promise<LearningEnd> =>
  Promise.resolve({ kind: 'too-little', sentence: 'There are 2 answers.', missing: 8 });
const statesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await openRuns(runs)).map(({ plan, state }) => [plan.directory.slice(runs.length + 1), state]));

describe('open runs', () => {
  test('are none where there is no folder', async () => {
    expect(await openRuns(runs)).toEqual([]);
    await sweepRuns(runs, Date.now());
  });

  test('are those that can be taken up, the latest first', async () => {
    await keep('stopped', stopped);
    await keep('ended', tooLittle);
    await expect(keep('failed', () => Promise.reject(new Error('The disk is full.')))).rejects.toThrow();
    await keep('cut', stopped);
    rmSync(endFile(directoryOf('cut')));
    expect(await statesOf()).toEqual({ stopped: 'stopped', failed: 'failed', cut: 'cut-off' });
    const times = (await openRuns(runs)).map(({ beganMs }) => beganMs);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  test('have their work, and those at their end only what is told of them', async () => {
    await keep('stopped', stopped);
    await keep('ended', tooLittle);
    expect(existsSync(join(directoryOf('stopped'), 'worlds', '1'))).toBe(true);
    expect(readdirSync(directoryOf('ended')).sort()).toEqual(['end.json', 'plan.json']);
  });

  test('are running while a process has them, and are not taken twice', async () => {
    await keep('one', stopped);
    const release = takeFolder(directoryOf('one'));
    expect(await statesOf()).toEqual({ one: 'running' });
    await expect(keep('one', stopped)).rejects.toThrow(`Process ${process.pid} is at this run already.`);
    await discardRun(directoryOf('one'));
    expect(existsSync(planFile(directoryOf('one')))).toBe(true);
    release();
    expect(await statesOf()).toEqual({ one: 'stopped' });
  });

  test('are told by their beginning why they were not at their end', async () => {
    const notes: string[] = [];
    await expect(keep('one', () => Promise.reject(new Error('The disk is full.')), notes)).rejects.toThrow();
    await keep('one', stopped, notes);
    await keep('one', stopped, notes);
    rmSync(endFile(directoryOf('one')));
    await keep('one', tooLittle, notes);
    expect(notes).toEqual([
      'This run ended early: The disk is full. It goes on with all that was kept.',
      'This run was stopped before. It goes on with all that was kept.',
      'This run was cut off in the middle. It goes on with all that was kept.',
    ]);
  });

  test('keep when they were begun, and follow their folder', async () => {
    await keep('one', stopped);
    const [first] = await openRuns(runs);
    await keep('one', stopped);
    expect(await openRuns(runs)).toEqual([first]);
    const moved = directoryOf('two');
    cpSync(directoryOf('one'), moved, { recursive: true });
    expect((await openRuns(runs)).map(({ plan }) => plan.directory).sort()).toEqual([directoryOf('one'), moved]);
  });

  test.each([
    ['nothing', ''],
    ['the first half', '{"version":1,"beganMs":17'],
    ['another version', JSON.stringify({ version: 2, beganMs: 1, plan: learningPlan('/x') })],
    ['another shape', JSON.stringify({ version: 1, beganMs: 1, plan: { directory: '/x' } })],
    ['no object', '[]'],
  ])('are not those whose plan holds %s; they are swept', async (_, text) => {
    mkdirSync(directoryOf('bad'), { recursive: true });
    writeFileSync(planFile(directoryOf('bad')), text);
    expect(await openRuns(runs)).toEqual([]);
    await sweepRuns(runs, Date.now());
    expect(readdirSync(runs)).toEqual([]);
  });

  test('stay when the rest is swept, until nobody has wanted them for a month', async () => {
    await keep('stopped', stopped);
    await keep('old', stopped);
    await keep('ended', tooLittle);
    const old = new Date(Date.now() - 31 * 24 * 3_600_000);
    utimesSync(planFile(directoryOf('old')), old, old);
    await sweepRuns(runs, Date.now());
    expect(readdirSync(runs)).toEqual(['stopped']);
  });

  test('begin again where a kill left half a plan', async () => {
    const directory = directoryOf('early');
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${planFile(directory)}.1.999999999.new`, '{"version"');
    writeFileSync(join(directory, 'running'), JSON.stringify({ pid: 999_999_999, start: '1', machine: 'gone' }));
    await expect(keep('early', stopped)).rejects.toThrow('Process 999999999 is at this run already.');
    // One that cannot be asked after is taken to be gone when it has been silent for minutes.
    const silent = new Date(Date.now() - 400_000);
    utimesSync(join(directory, 'running'), silent, silent);
    expect(await keep('early', stopped)).toEqual({ kind: 'stopped' });
  });

  test('cannot be begun where nothing can be written, and it is said', async () => {
    mkdirSync(runs, { recursive: true });
    writeFileSync(directoryOf('file'), '');
    await expect(keep('file/run', stopped)).rejects.toThrow(/^The run could not begin\. /);
  });
});
