/** The recipe of the shipped model stops where a step has nothing to go on with, and says so. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatTaskLine } from '#core/agent/taskLine.ts';
import { toyTasks } from '../fakes/toyPolicy.ts';

let base = '';

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs']);
  base = mkdtempSync(join(tmpdir(), 'spoor-model-'));
  mkdirSync(join(base, 'repos'));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

const makeModel = (...argv: readonly string[]): { status: number | null; stderr: string } =>
  spawnSync(process.execPath, ['scripts/trainModel.ts', ...argv], { encoding: 'utf8' });

/** A work folder with the tasks of two repositories that are not there, and the paths of both. */
function workFolder(...done: readonly string[]): { work: string; places: readonly string[] } {
  const work = mkdtempSync(join(base, 'work-'));
  const tasks = toyTasks().map((task, i) => ({ ...task, repo: `toy/${i % 2}` }));
  writeFileSync(join(work, 'tasks.jsonl'), tasks.map((task) => `${formatTaskLine(task)}\n`).join(''));
  for (const name of done) writeFileSync(join(work, name), '');
  return { work, places: ['--repos', join(base, 'repos'), '--work', work] };
}

test.each([
  [['--repos', 'nowhere/at/all'], /^There is no folder .*nowhere.at.all\. Name the one/],
  [['--repos', '.', '--processes', '0'], /^--processes takes a whole number from 1 on, not "0"\.\n$/],
  [['--repos', '.', '--processes', 'two'], /^--processes takes a whole number from 1 on, not "two"\.\n$/],
  [['--repos', '.', '--skip', 'stage1,worlds'], /^--skip takes recognition and stage1, not "worlds"\.\n$/],
])('refuses %j, and makes no folder', (argv, sentence) => {
  const work = join(base, 'refused');
  const { status, stderr } = makeModel(...argv, '--work', work);
  expect(stderr).toMatch(sentence);
  expect(status).toBe(2);
  expect(existsSync(work)).toBe(false);
});

test('stops where no world could be recorded, and says why of each task', () => {
  const seeds = ['1', '2'].map((seed) => {
    const { work, places } = workFolder();
    const { status, stderr } = makeModel(...places, '--seed', seed);
    expect(stderr).toContain('task-0: There is no git repository');
    expect(stderr).toMatch(/\nNo world could be recorded; it is said above why\. Put the clones into .*\n$/);
    expect(status).toBe(2);
    expect(existsSync(join(work, 'worlds.done'))).toBe(false);
    return readFileSync(join(work, 'wrong.jsonl'), 'utf8');
  });
  // Worlds are recorded of these too, and are the same for all seeds.
  expect(seeds[0]).not.toBe('');
  expect(seeds[1]).toBe(seeds[0]);
});

test('learns no recognition from nothing, or where it is skipped', () => {
  const { work, places } = workFolder('wrong.jsonl', 'worlds.done');
  const learned = makeModel(...places);
  expect(learned.stderr).toMatch(/^There are no worlds of the tasks in .*\. Delete .*worlds\.done to record them\.\n$/);
  expect(learned.status).toBe(2);
  const skipped = makeModel(...places, '--skip', 'recognition');
  expect(skipped.status).not.toBe(0);
  expect(existsSync(join(work, 'base-1.onnx'))).toBe(false);
  expect(JSON.parse(readFileSync(join(work, '1-stage-1.json'), 'utf8'))).toMatchObject({ start: 'untrained' });
});
