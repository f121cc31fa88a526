import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CallContext, HistoryResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { SCHEMA } from '#node/history/commitStore.ts';
import type { HistoryLimits } from '#node/history/headView.ts';
import { createHistoryTool, type HistoryIndex } from '#node/history/historyTool.ts';
import { openDatabase } from '#node/sqlite.ts';
import { Workspace } from '#node/workspace.ts';
import { gitInOrder } from '../../../test/fakes/scratchRepository.ts';

const COMMITS = 1_500;
let directory = '';
let tools: HistoryIndex[] = [];
let head = '';

/** A history of `COMMITS` commits: each changes a file of its own and one of ten that they share. */
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-filling-')));
  mkdirSync(join(directory, 'w'));
  gitInOrder(join(directory, 'w'), ['init', '--quiet']);
  const commit = (i: number): string => {
    const message = `Change number${i} of the uploader`;
    return [
      'commit refs/heads/main',
      `committer C <c@example.org> ${1_600_000_000 + i * 60} +0000`,
      `data ${message.length}\n${message}`,
      `M 644 inline own/f${i}.ts\ndata 1\nx`,
      `M 644 inline shared/g${i % 10}.ts\ndata ${String(i).length}\n${i}\n`,
    ].join('\n');
  };
  const marks = join(directory, 'stream');
  writeFileSync(marks, Array.from({ length: COMMITS }, (_, i) => commit(i)).join('\n'));
  gitInOrder(join(directory, 'w'), ['-c', `alias.load=!git fast-import --quiet < '${marks}'`, 'load']);
  head = gitInOrder(join(directory, 'w'), ['rev-parse', 'HEAD']).trim();
});
afterEach(async () => {
  await Promise.all(tools.map((tool) => tool.close()));
  tools = [];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function openTool(storage: string, limits: Partial<HistoryLimits> = {}): HistoryIndex {
  const workspace = Workspace.open([join(directory, 'w')]);
  const tool = createHistoryTool({ workspace, storageDirectory: join(directory, storage), limits });
  tools.push(tool);
  return tool;
}

const context: CallContext = { signal: new AbortController().signal, timeoutMs: 20_000 };

async function search(tool: HistoryIndex, word = 'uploader'): Promise<HistoryResult & { partial: string | undefined }> {
  const result = await tool.search({ terms: [termOf(word)!], limit: 3 }, context);
  if (!result.ok) throw new Error(result.message);
  return { ...result.value, partial: result.partial };
}

/** The cache's file, or undefined while it is not there. */
function databaseIn(storage: string): string | undefined {
  const folder = join(directory, storage, 'history');
  const name = existsSync(folder) ? readdirSync(folder).find((entry) => entry.endsWith('.db')) : undefined;
  return name === undefined ? undefined : join(folder, name);
}

const fileIn = (storage: string): string => databaseIn(storage)!;

async function checkDatabase(storage: string): Promise<{ commits: number; integrity: unknown }> {
  const database = await openDatabase(fileIn(storage), SCHEMA);
  const commits = Number(database.prepare('SELECT count(*) AS n FROM commits').get()?.['n']);
  const integrity = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  database.close();
  return { commits, integrity };
}

const complete = { state: { commits: COMMITS, complete: true }, partial: undefined };

describe('filling a cold cache', () => {
  it('lets the first question see the newest commits, and the next ones all', async () => {
    const tool = openTool('cold');
    const first = await search(tool);
    expect(first.state.complete).toBe(false);
    expect(first.state.commits).toBeLessThanOrEqual(128);
    expect(first.partial).toMatch(/^The history is still being read: \d+ commits so far\.$/);
    await tool.ready();
    expect(await search(tool)).toMatchObject(complete);
    expect((await search(tool, 'number7')).commits[0]?.commit.files).toEqual(['own/f7.ts', 'shared/g7.ts']);
  });

  it('is not needed again by the next process', async () => {
    const tool = openTool('cold');
    expect(await search(tool)).toMatchObject(complete);
  });

  it('can be done by two at once, without doubles', async () => {
    const [one, two] = [openTool('both'), openTool('both')];
    await Promise.all([one.ready(), two.ready()]);
    expect(await search(one)).toMatchObject(complete);
    expect(await search(two)).toEqual(await search(one));
    await Promise.all([one.close(), two.close()]);
    expect(await checkDatabase('both')).toEqual({ commits: COMMITS, integrity: 'ok' });
  });

  it('stops when it is closed, and goes on from there', async () => {
    const tool = openTool('closed');
    await search(tool);
    await tool.close();
    const { commits } = await checkDatabase('closed');
    expect(commits).toBeLessThan(COMMITS);
    const next = openTool('closed');
    await next.ready();
    expect(await search(next)).toMatchObject(complete);
  });

  it('survives a kill in the middle of a write', async () => {
    // On a slow machine the process may be done before it is killed: then that was no test.
    for (let attempt = 0; ; attempt++) {
      const storage = `killed-${attempt}`;
      await killWhileFilling(storage);
      const left = await checkDatabase(storage);
      expect(left.integrity).toBe('ok');
      expect(left.commits).toBeGreaterThanOrEqual(128);
      const tool = openTool(storage);
      await tool.ready();
      expect(await search(tool)).toMatchObject(complete);
      if (left.commits < COMMITS || attempt === 4) return expect(left.commits).toBeLessThan(COMMITS);
    }
  });
});

/** Fills a cache from another process, and kills that when some of the commits are kept. */
async function killWhileFilling(storage: string): Promise<void> {
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { createHistoryTool } = await import(${url('./historyTool.ts')});
    const { Workspace } = await import(${url('../workspace.ts')});
    const workspace = Workspace.open([${JSON.stringify(join(directory, 'w'))}]);
    await createHistoryTool({ workspace, storageDirectory: ${JSON.stringify(join(directory, storage))} }).ready();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  const gone = once(child, 'exit');
  while (child.exitCode === null && (await countSegments(storage)) < 3) await sleep(1);
  child.kill('SIGKILL');
  await gone;
}

async function countSegments(storage: string): Promise<number> {
  const file = databaseIn(storage);
  if (file === undefined) return 0;
  const database = await openDatabase(file, SCHEMA);
  const row = database.prepare('SELECT count(*) AS n FROM segment').get();
  database.close();
  return Number(row?.['n']);
}

describe('a cache that cannot be used', () => {
  it('is made anew when it is damaged', async () => {
    const tool = openTool('damaged');
    await tool.ready();
    await tool.close();
    const size = statSync(fileIn('damaged')).size;
    const file = openSync(fileIn('damaged'), 'r+');
    writeSync(file, Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
    closeSync(file);
    const next = openTool('damaged');
    await search(next);
    await next.ready();
    expect(await search(next)).toMatchObject(complete);
    await next.close();
    expect(await checkDatabase('damaged')).toEqual({ commits: COMMITS, integrity: 'ok' });
  });

  it('is replaced by memory, with a note, where nothing can be written', async () => {
    writeFileSync(join(directory, 'no-folder'), '');
    const tool = openTool('no-folder');
    await tool.ready();
    const { state, partial } = await search(tool);
    expect(state).toEqual({ commits: COMMITS, complete: true });
    expect(partial).toMatch(/^Nothing is kept between runs/);
  });
});

describe('limits', () => {
  it('leave out the oldest commits, and say so each time', async () => {
    for (const commits of [500, 500, 100]) {
      const tool = openTool('few', { commits });
      await tool.ready();
      expect(await search(tool)).toMatchObject({
        state: { commits, complete: true },
        partial: `Only the newest ${commits} commits are searched.`,
      });
      await tool.close();
    }
  });

  it('end the filling of a file, which begins anew when most of it is out of reach', async () => {
    const limits = { storeBytes: 200_000 };
    const tool = openTool('small', limits);
    await tool.ready();
    const { state, partial } = await search(tool);
    expect(state.commits).toBeGreaterThanOrEqual(128);
    expect(state.commits).toBeLessThan(COMMITS);
    expect(partial).toMatch(/^The kept history has reached \d+ MiB: \d+ older commits are left out\.$/);
    gitInOrder(join(directory, 'w'), ['update-ref', 'HEAD', `main~${state.commits + 100}`]);
    try {
      await tool.ready();
      const moved = await search(tool);
      expect(moved.state.complete).toBe(true);
      expect(moved.state.commits).toBeGreaterThanOrEqual(128);
    } finally {
      gitInOrder(join(directory, 'w'), ['update-ref', 'HEAD', head]);
    }
  });
});

it('weighs what changed together over all commits', async () => {
  const tool = openTool('cold');
  const result = await tool.coChanges({ paths: ['own/f15.ts'], limit: 5 }, context);
  // Nothing of this history is checked out, so no file is there to be named.
  expect(result).toEqual({ ok: true, value: [] });
  mkdirSync(join(directory, 'w', 'shared'), { recursive: true });
  writeFileSync(join(directory, 'w', 'shared', 'g5.ts'), '');
  expect(await tool.coChanges({ paths: ['own/f15.ts'], limit: 5 }, context)).toEqual({
    ok: true,
    value: [{ path: 'shared/g5.ts', weight: 1 }],
  });
});
