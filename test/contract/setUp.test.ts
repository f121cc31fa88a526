/** The set-up with the real npm: once, one at a time, and nothing half done is trusted. */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeClone, placePinnedNode, start, writeJson, type Clone } from '../fakes/clone.ts';

const stampOf = (clone: Clone): string => clone.path('node_modules', '.spoor-installed');
const lockOf = (clone: Clone): string => clone.path('.setup-lock');

/** How often npm was asked to install: each run of npm leaves a log. */
function installs(clone: Clone): number {
  const logs = join(clone.npmCache, '_logs');
  if (!existsSync(logs)) return 0;
  return readdirSync(logs).filter((name) => readFileSync(join(logs, name), 'utf8').includes('argv "ci"')).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Ids of the set-up and of its npm, once both run. */
async function holdersOf(clone: Clone): Promise<number[]> {
  const read = (): number[] =>
    (existsSync(lockOf(clone)) ? readFileSync(lockOf(clone), 'utf8') : '').split(' ').map(Number);
  await until(() => read().length === 2);
  return read();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('the first start sets up and says so, the second does not', async () => {
  const clone = makeClone();
  const first = await start(clone, ['x']).ended;
  expect(first.stderr).toMatch(/^Setting up Spoor, only this once …\nSetting up .*: done after \d+ s\.\n$/);
  expect(JSON.parse(first.stdout)).toMatchObject({ args: ['x'] });
  const second = await start(clone, ['x']).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(installs(clone)).toBe(1);
  expect(existsSync(lockOf(clone))).toBe(false);
});

test('another package-lock.json, or another platform, asks for a new set-up', async () => {
  const clone = makeClone();
  await start(clone, ['x']).ended;
  const lock = readFileSync(clone.path('package-lock.json'), 'utf8');
  writeFileSync(clone.path('package-lock.json'), `${lock}\n`);
  await start(clone, ['x']).ended;
  expect(installs(clone)).toBe(2);
  writeFileSync(stampOf(clone), `sunos-sparc\n${lock}\n`);
  await start(clone, ['x']).ended;
  expect(installs(clone)).toBe(3);
});

test('two first starts at once set up once', async () => {
  const clone = makeClone();
  const both = await Promise.all([start(clone, ['x']).ended, start(clone, ['y']).ended]);
  expect(both.map(({ code, stdout }) => [code, (JSON.parse(stdout) as { args: string[] }).args])).toEqual([
    [0, ['x']],
    [0, ['y']],
  ]);
  expect(installs(clone)).toBe(1);
});

test('a set-up that was killed is done again, after its npm has ended', async () => {
  const clone = makeClone();
  const killed = start(clone, ['x']);
  const [, npm] = await holdersOf(clone);
  killed.child.kill('SIGKILL');
  await killed.ended.catch(() => undefined);
  expect(existsSync(stampOf(clone))).toBe(false);
  const next = await start(clone, ['x']).ended;
  expect(next).toMatchObject({ code: 0 });
  expect(isAlive(npm!)).toBe(false);
  expect(existsSync(stampOf(clone))).toBe(true);
  expect(existsSync(lockOf(clone))).toBe(false);
});

test('a set-up that is told to stop leaves no npm, no lock and no stamp', async () => {
  const clone = makeClone();
  const stopped = start(clone, ['x']);
  const [, npm] = await holdersOf(clone);
  stopped.child.kill('SIGTERM');
  expect(await stopped.ended).toMatchObject({ code: 143, stdout: '' });
  await until(() => !isAlive(npm!));
  expect([existsSync(lockOf(clone)), existsSync(stampOf(clone))]).toEqual([false, false]);
});

test("npm's words and what to do are told when it fails", async () => {
  const clone = makeClone();
  const manifest = JSON.parse(readFileSync(clone.path('package.json'), 'utf8')) as Record<string, unknown>;
  writeJson(clone.path('package.json'), { ...manifest, dependencies: { 'not-in-the-lock': 'file:stand-in/missing' } });
  const { code, stderr, stdout } = await start(clone, ['x']).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('not-in-the-lock');
  expect(stderr).toContain('Check the connection to the npm registry');
  expect([existsSync(lockOf(clone)), existsSync(stampOf(clone))]).toEqual([false, false]);
});

test('a pinned Node that cannot run here is told, and does not stand in the way afterwards', async () => {
  const clone = makeClone();
  const binary = clone.path('stand-in', 'node', 'bin', 'node');
  rmSync(binary);
  writeFileSync(binary, 'not a program', { mode: 0o755 });
  const { code, stderr } = await start(clone, ['x']).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`for ${process.platform}-${process.arch} does not run here`);
  expect(existsSync(clone.path('node_modules', '.bin', 'node'))).toBe(false);
});

test('the pinned Node can set up again while it is what runs', async () => {
  const clone = makeClone();
  const pinned = placePinnedNode(clone);
  const { code, stdout } = await start(clone, ['x'], { node: pinned }).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ args: ['x'] });
  expect(existsSync(stampOf(clone))).toBe(true);
});
