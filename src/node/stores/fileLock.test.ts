import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { withFileLock } from './fileLock.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-lock-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let directory = '';
let count = 0;
beforeEach(() => mkdirSync((directory = join(base, String(count++)))));

const lockFile = (): string => join(directory, 'a.lock');
const LONG_AGO = new Date(Date.now() - 60_000);

/** The number of a process that was there and is gone. */
const { pid: goneProcess } = spawnSync(process.execPath, ['--version']);

/** Has many take the lock at once, and returns how many had it together at most. */
async function mostInside(takers: number): Promise<number> {
  let [inside, most] = [0, 0];
  const action = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    for (let n = 0; n < 100; n++) await turn();
    inside--;
  };
  await Promise.all(Array.from({ length: takers }, () => withFileLock(lockFile(), action)));
  return most;
}

test('one at a time has it, and nothing is left of it', async () => {
  expect(await mostInside(10)).toBe(1);
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['of a process that is gone', String(goneProcess), new Date()],
  ['that is old', '', LONG_AGO],
])('a lock %s is taken over by one, also when two find it at the same moment', async (_, content, date) => {
  // Without care for it, a few rounds in a hundred go wrong.
  for (let round = 0; round < 150; round++) {
    writeFileSync(lockFile(), content);
    utimesSync(lockFile(), date, date);
    expect(await mostInside(2)).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('it is taken over from one who died while taking it over', async () => {
  for (const name of ['a.lock', 'a.lock.left']) writeFileSync(join(directory, name), String(goneProcess));
  expect(await mostInside(5)).toBe(1);
  expect(readdirSync(directory)).toEqual([]);
});

test('who has it for so long that another takes it over does not take it away from that one', async () => {
  const [isTaken, isOver] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let other = Promise.resolve();
  await withFileLock(lockFile(), async () => {
    utimesSync(lockFile(), LONG_AGO, LONG_AGO);
    other = withFileLock(lockFile(), async () => {
      isTaken.resolve();
      await isOver.promise;
    });
    await isTaken.promise;
  });
  expect(existsSync(lockFile())).toBe(true);
  isOver.resolve();
  await other;
  expect(readdirSync(directory)).toEqual([]);
});
