import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepUnfinished, writeWhole } from './writeWhole.ts';
import { sweepUnfinishedSync, writeWholeSync } from './writeWholeSync.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-whole-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let directory = '';
let count = 0;
beforeEach(() => mkdirSync((directory = join(base, String(count++)))));

const FORMS = [
  ['writeWhole', writeWhole, sweepUnfinished],
  [
    'writeWholeSync',
    async (...given: Parameters<typeof writeWholeSync>) => writeWholeSync(...given),
    sweepUnfinishedSync,
  ],
] as const;

describe.each(FORMS)('%s', (name, write, sweep) => {
  const file = (): string => join(directory, 'a.json');

  test('replaces a file and leaves nothing else', async () => {
    await write(file(), 'one');
    expect(readFileSync(file(), 'utf8')).toBe('one');
    await write(file(), Buffer.from('two'));
    expect(readFileSync(file(), 'utf8')).toBe('two');
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('says as the file system does why it could not, and leaves nothing', async () => {
    mkdirSync(join(file(), 'within'), { recursive: true });
    await expect(write(file(), 'one')).rejects.toMatchObject({ syscall: 'rename' });
    expect(readdirSync(directory)).toEqual(['a.json']);
    await expect(write(join(directory, 'none/a.json'), 'one')).rejects.toMatchObject({ code: 'ENOENT' });
    writeFileSync(join(directory, 'b'), '');
    await expect(write(join(directory, 'b/a.json'), 'one')).rejects.toMatchObject({ syscall: 'open' });
  });

  test('writes side by side into one file: the last to end has it, whole', async () => {
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000 + 1_000 * i));
    await Promise.all(contents.map((content) => write(file(), content)));
    expect(contents).toContain(readFileSync(file(), 'utf8'));
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('leaves the old file or the new one when its process is killed, and what else is left is swept', async () => {
    const module = new URL(`./${name}.ts`, import.meta.url).href;
    const program = `
      import { ${name} } from ${JSON.stringify(module)};
      for (let n = 0; ; n++) await ${name}(process.argv[1], String(n % 10).repeat(3_000_000));`;
    for (let kill = 0; kill < 5; kill++) {
      rmSync(file(), { force: true });
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file()], { stdio: 'ignore' });
      while (!existsSync(file())) await pause(5);
      await pause(7 * kill);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(readFileSync(file(), 'utf8')).toMatch(/^(\d)\1{2999999}$/);
    }
    writeFileSync(`${file()}.1.${process.pid}.new`, 'still at it');
    await sweep(directory);
    expect(readdirSync(directory)).toEqual(['a.json', `a.json.1.${process.pid}.new`]);
  });
});

test('what is left in folders within is swept too where a process does nothing else', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  mkdirSync(join(directory, 'worlds/web'), { recursive: true });
  for (const name of ['a.world', `a.world.3.${pid}.new`]) writeFileSync(join(directory, 'worlds/web', name), '');
  sweepUnfinishedSync(directory);
  expect(readdirSync(join(directory, 'worlds/web'))).toEqual(['a.world']);
  sweepUnfinishedSync(join(directory, 'none'));
});
