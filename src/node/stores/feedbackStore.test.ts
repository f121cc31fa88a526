import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createFeedbackStore, type FeedbackStore } from './feedbackStore.ts';

let directory = '';
beforeEach(() => void (directory = join(makeTree({ x: '' }), 'feedback')));
afterAll(removeTrees);

const FOLDER = 'file:///home/me/project';
const open = (...folders: readonly string[]): FeedbackStore =>
  createFeedbackStore({ directory, folders: folders.length ? folders : [FOLDER] });
const verdict = (id: string): FeedbackEvent => ({ version: 1, id, timeMs: 1, type: 'verdict', verdict: 'accepted' });
const file = (): string => join(directory, readdirSync(directory)[0]!);
const ids = async (store = open()): Promise<string[]> => (await store.readAll()).events.map(({ id }) => id);

test('events come back in the order in which they were added', async () => {
  expect(await open().readAll()).toEqual({ events: [], unreadable: [] });
  const store = open();
  await Promise.all(['a', 'b', 'c'].map((id) => store.append(verdict(id))));
  await open().append(verdict('d'));
  expect(await open().readAll()).toEqual({ events: ['a', 'b', 'c', 'd'].map(verdict), unreadable: [] });
});

test('workspaces are kept apart, whatever the order of their folders', async () => {
  await open('file:///a', 'file:///b').append(verdict('both'));
  await open('file:///a').append(verdict('one'));
  expect(await ids(open('file:///b', 'file:///a'))).toEqual(['both']);
  expect(await ids(open('file:///a'))).toEqual(['one']);
  expect(await ids(open('file:///b'))).toEqual([]);
});

test('a line that was cut off is closed off by the next event, and left out', async () => {
  const store = open();
  for (const id of ['a', 'b']) await store.append(verdict(id));
  truncateSync(file(), statSync(file()).size - 9);
  expect(await store.readAll()).toEqual({
    events: [verdict('a')],
    unreadable: ['Line 2: This line is not whole JSON.'],
  });
  await open().append(verdict('c'));
  expect(await store.readAll()).toEqual({
    events: [verdict('a'), verdict('c')],
    unreadable: ['Line 2: This line is not whole JSON.'],
  });
});

test('a whole line without its end is kept', async () => {
  const store = open();
  await store.append(verdict('a'));
  truncateSync(file(), statSync(file()).size - 1);
  await store.append(verdict('b'));
  expect(await ids()).toEqual(['a', 'b']);
});

test('an export has all that can be read, and takes the place of what was there', async () => {
  const store = open();
  await store.append(verdict('a'));
  appendFileSync(file(), 'rubbish\n\n');
  await store.append(verdict('b'));
  const target = join(directory, '..', 'export.jsonl');
  writeFileSync(target, 'older');
  expect(await store.exportTo(target)).toBe(2);
  expect(readFileSync(target, 'utf8')).toBe(`${JSON.stringify(verdict('a'))}\n${JSON.stringify(verdict('b'))}\n`);
});

test('all of it can be deleted', async () => {
  const store = open();
  await store.append(verdict('a'));
  await open('file:///other').append(verdict('other'));
  await store.deleteAll();
  expect(await ids()).toEqual([]);
  expect(await ids(open('file:///other'))).toEqual(['other']);
  await store.deleteAll();
  await store.append(verdict('b'));
  expect(await ids()).toEqual(['b']);
});

test('what the disk refuses is said, and what follows is tried', async () => {
  writeFileSync(directory, 'a file where the folder should be');
  const store = open();
  await expect(store.append(verdict('a'))).rejects.toThrow(/^The feedback could not be saved\. .+\.$/);
  await expect(store.exportTo(join(directory, 'x', 'y'))).rejects.toThrow(
    /^The feedback could not be (?:read|exported)/,
  );
});

describe('processes', () => {
  const WRITER = fileURLToPath(new URL('../../../test/fakes/appendFeedback.ts', import.meta.url));

  async function appendUntilKilled(prefix: string, kill: number, most = 100_000): Promise<number> {
    const child = spawn(process.execPath, [WRITER, directory, FOLDER, prefix, String(most)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    let last = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (last === kill) child.kill('SIGKILL');
    }
    await closed;
    return last;
  }

  test('that are killed lose nothing that was told to be saved', async () => {
    for (const kill of [0, 3, 11, 20]) {
      const prefix = `run${kill}`;
      const last = await appendUntilKilled(prefix, kill);
      const count = (await ids()).filter((id) => id.startsWith(`${prefix}-`)).length;
      expect([last + 1, last + 2]).toContain(count);
      await open().append(verdict(`after-${kill}`));
      expect((await ids()).at(-1)).toBe(`after-${kill}`);
    }
    // At most one line a kill was cut off.
    expect((await open().readAll()).unreadable.length).toBeLessThanOrEqual(4);
  });

  test('that add at the same time lose nothing', async () => {
    await Promise.all(['a', 'b', 'c'].map((prefix) => appendUntilKilled(prefix, -1, 40)));
    const { events, unreadable } = await open().readAll();
    expect(unreadable).toEqual([]);
    for (const prefix of ['a', 'b', 'c'])
      expect(events.filter(({ id }) => id.startsWith(`${prefix}-`)).map(({ id }) => id)).toEqual(
        Array.from({ length: 40 }, (_, n) => `${prefix}-${n}`),
      );
  });
});
