import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '#node/processIdentity.ts';
import { MARKER, withTempFolder } from '#cli/tempFolder.ts';

const { TMPDIR } = process.env;
const children: ChildProcess[] = [];
let base = '';

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(TMPDIR ?? tmpdir(), 'spoor-temp-test-')));
  process.env['TMPDIR'] = base;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  rmSync(base, { recursive: true, force: true });
});

const HOLDER = `
  import { writeFileSync } from 'node:fs';
  import { withTempFolder } from ${JSON.stringify(join(import.meta.dirname, 'tempFolder.ts'))};
  await withTempFolder(async (folder) => {
    writeFileSync(folder + '/work', 'x');
    process.stdout.write(folder);
    await new Promise(() => setInterval(() => {}, 1_000));
  });`;

/** A process that works in a temporary folder until it is killed. */
async function holdFolder(): Promise<{ child: ChildProcess; folder: string }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', HOLDER], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, folder: String(chunk) };
}

async function leaveFolder(): Promise<string> {
  const { child, folder } = await holdFolder();
  child.kill('SIGKILL');
  await once(child, 'close');
  return folder;
}

const sweep = (): Promise<void> => withTempFolder(() => Promise.resolve());

describe.skipIf(process.platform === 'win32')('a temporary folder', () => {
  it('is removed after its use, also when that fails', async () => {
    const failing = withTempFolder((folder) => {
      writeFileSync(join(folder, 'work'), 'x');
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(readdirSync(base)).toEqual([]);
  });

  it('of a killed process is removed by the next one, that of a living process is not', async () => {
    const left = await leaveFolder();
    expect(existsSync(join(left, 'work'))).toBe(true);
    const { folder } = await holdFolder();
    expect(existsSync(left)).toBe(false);
    await sweep();
    expect(existsSync(join(folder, 'work'))).toBe(true);
  });

  it.skipIf(processStart(process.pid) === undefined)(
    'is known although its process number was given again',
    async () => {
      const left = await leaveFolder();
      const renumbered = join(base, `spoor-${process.pid}-1-abcdef`);
      const owner = JSON.parse(readFileSync(join(left, MARKER), 'utf8')) as object;
      writeFileSync(join(left, MARKER), JSON.stringify({ ...owner, pid: process.pid, start: '1' }));
      renameSync(left, renumbered);
      await sweep();
      expect(readdirSync(base)).toEqual([]);
    },
  );

  const spared: readonly [name: string, change: (folder: string) => string][] = [
    ['without a marker', (folder) => (rmSync(join(folder, MARKER)), folder)],
    ['whose marker is a folder', (folder) => (rmSync(join(folder, MARKER)), mkdirSync(join(folder, MARKER)), folder)],
    ['whose marker is no JSON', (folder) => (writeFileSync(join(folder, MARKER), 'x'), folder)],
    ['whose marker names another process', (folder) => moved(folder, `${folder.replace(/-\d+-/, '-1-')}`)],
    ['of another name', (folder) => moved(folder, join(base, 'spoor-mine'))],
    ['of another machine', (folder) => changedOwner(folder, { machine: 'elsewhere' })],
  ];
  it.each(spared)('%s is left alone', async (_, change) => {
    const folder = change(await leaveFolder());
    await sweep();
    expect(existsSync(join(folder, 'work'))).toBe(true);
  });

  it('behind a link is left alone', async () => {
    const folder = await leaveFolder();
    mkdirSync(join(base, 'elsewhere'));
    const target = moved(folder, join(base, 'elsewhere/kept'));
    symlinkSync(target, folder);
    await sweep();
    expect(existsSync(join(target, 'work'))).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user is left alone', async () => {
    const folder = await leaveFolder();
    chownSync(folder, 12_345, 12_345);
    await sweep();
    expect(existsSync(join(folder, 'work'))).toBe(true);
  });
});

function moved(from: string, to: string): string {
  renameSync(from, to);
  return to;
}

function changedOwner(folder: string, change: object): string {
  const owner = JSON.parse(readFileSync(join(folder, MARKER), 'utf8')) as object;
  writeFileSync(join(folder, MARKER), JSON.stringify({ ...owner, ...change }));
  return folder;
}
