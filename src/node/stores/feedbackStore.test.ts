import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { answered, linesOf, placeOf } from '../../../test/fakes/feedbackEvents.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createFeedbackStore, type FeedbackStore } from './feedbackStore.ts';
import { readFeedback } from './readFeedback.ts';

let directory = '';
beforeEach(() => void (directory = join(makeTree({ x: '' }), 'feedback')));
afterAll(removeTrees);

const FOLDER = 'file:///home/me/project';
const open = (...folders: readonly string[]): FeedbackStore =>
  createFeedbackStore({ directory, folders: folders.length ? folders : [FOLDER] });
const verdict = (id: string): FeedbackEvent => ({ version: 1, id, timeMs: 1, type: 'verdict', verdict: 'accepted' });
const file = (): string =>
  join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.jsonl'))!,
  );
const ask = (id: string, path = 'src/a.ts') => answered(id, 0, [placeOf(path, 3, 'retry();')]);
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

test('what is said about an answer stands with it, whatever other folders are open by then', async () => {
  const alone = open('file:///a');
  await alone.append(ask('old'));
  const both = open('file:///a', 'file:///b');
  await both.append(ask('new'));
  for (const id of ['old', 'new', 'nowhere']) await both.append(verdict(id));
  expect(await ids(alone)).toEqual(['old', 'old']);
  expect(await ids(both)).toEqual(['new', 'new', 'nowhere']);
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
  await store.append(ask('a'));
  appendFileSync(file(), 'rubbish\n\n');
  await store.append(verdict('a'));
  await store.append(verdict('a'));
  const target = join(directory, '..', 'export.jsonl');
  writeFileSync(target, 'older');
  expect(await store.exportTo(target)).toBe(2);
  const shared = { ...ask('a'), folders: [{ name: '', repository: 'project' }] };
  expect(readFileSync(target, 'utf8')).toBe(linesOf([shared, verdict('a')]));
});

describe('feedback of a team', () => {
  const repository = (name: string): string => {
    const top = join(makeTree({ [`${name}/.git/HEAD`]: '', [`${name}/packages/app/src/a.ts`]: '' }), name);
    return pathToFileURL(top).href;
  };
  const at = (folder: string, ...inside: readonly string[]): FeedbackStore =>
    createFeedbackStore({ directory, folders: [[folder, ...inside].join('/')] });
  const exported = async (store: FeedbackStore, leaveOut?: string[]): Promise<string> => {
    const target = join(directory, '..', `${Math.random()}.jsonl`);
    await store.exportTo(target, leaveOut && { leaveOut });
    return target;
  };

  test('goes from one clone to another, of which another folder is open', async () => {
    const mine = at(repository('web'), 'packages', 'app');
    await mine.append(ask('a', 'src/a.ts'));
    await mine.append(verdict('a'));
    const target = await exported(mine);
    expect(readFileSync(target, 'utf8')).toContain('"path":"packages/app/src/a.ts"');
    const theirs = at(repository('clone'));
    await theirs.append(verdict('other'));
    expect(await theirs.importFrom(target)).toEqual({ lines: 2, answers: 1, leftOut: [], notes: [] });
    expect((await theirs.readAll()).events).toEqual([
      verdict('other'),
      { ...ask('a', 'packages/app/src/a.ts'), folders: [{ name: '' }] },
      verdict('a'),
    ]);
    // And back: all of it is there, under the paths of the other folder.
    expect(await mine.importFrom(await exported(theirs))).toEqual({
      lines: 0,
      answers: 0,
      leftOut: [{ reason: 'answers that are there already', count: 1 }],
      notes: [],
    });
  });

  test('leaves names out', async () => {
    const mine = at(repository('web'));
    await mine.append(ask('acmeSecret'));
    expect(readFileSync(await exported(mine), 'utf8')).toContain('"question":"where is retry acmeSecret?"');
    const without = readFileSync(await exported(mine, ['acme*']), 'utf8');
    expect(without).toContain('"question":"where is retry …?","searchedFor":"where is retry …?"');
  });

  test('is taken as far as it can be read, and what is left out is said', async () => {
    const source = join(directory, '..', 'from-others.jsonl');
    const lines = [`{"version":2}\n`, linesOf([ask('a')]), 'rub', 'bish\n', linesOf([verdict('a'), verdict('x')])];
    writeFileSync(source, `${lines.join('')}{"version":1,"id":"a","ti`);
    const store = open();
    expect(await store.importFrom(source)).toEqual({
      lines: 2,
      answers: 1,
      leftOut: [
        { reason: 'lines that cannot be read', count: 3 },
        { reason: 'lines about answers that are not there', count: 1 },
      ],
      notes: [
        'Line 1: This line is of version 2: a newer Spoor has written it.',
        'Line 3: This line is not whole JSON.',
        'Line 6: This line is not whole JSON.',
      ],
    });
    expect((await store.readAll()).events).toEqual([ask('a'), verdict('a')]);
  });

  test('that cannot be opened is said', async () => {
    await expect(open().importFrom(join(directory, 'none'))).rejects.toThrow(
      /^The feedback could not be imported\. ENOENT/,
    );
    await expect(open().importFrom(join(directory, '..'))).rejects.toThrow(
      /^The feedback could not be imported\. .* is no file\.$/,
    );
  });

  test('of a long file is its newest', async () => {
    const source = join(directory, '..', 'long.jsonl');
    writeFileSync(source, linesOf(['a', 'b', 'c'].map((id) => ask(id))));
    const read = await readFeedback(source, linesOf([ask('c')]).length + 20);
    expect(read.events.map(({ id }) => id)).toEqual(['c']);
    expect(read.partial).toMatch(/^Only the last .* were read, which are the newest\.$/);
  });
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

  test('that are killed while they import have added whole lines, and the next one adds the rest', async () => {
    const source = join(directory, '..', 'team.jsonl');
    const lines = Array.from({ length: 60 }, (_, i) => `${i} ${'text of a line '.repeat(20)}`);
    const events = Array.from({ length: 300 }, (_, i) => [
      answered(`a${i}`, 0, [placeOf('a.ts', 1, ...lines)]),
      verdict(`a${i}`),
    ]).flat();
    writeFileSync(source, linesOf(events));
    for (const kill of [1, 5, 9]) {
      const child = spawn(process.execPath, [WRITER, directory, FOLDER, source, 'import'], { stdio: 'ignore' });
      const closed = once(child, 'close');
      while (child.exitCode === null && sizeNow() < kill * 300_000)
        await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await closed;
    }
    const store = open();
    const before = (await store.readAll()).events.length;
    expect((await store.importFrom(source)).lines).toBe(events.length - before);
    const { events: all, unreadable } = await store.readAll();
    expect([...all].sort(byAnswer)).toEqual([...events].sort(byAnswer));
    expect(unreadable.length).toBeLessThanOrEqual(3);
  });

  const sizeNow = (): number =>
    existsSync(directory) && readdirSync(directory).some((name) => name.endsWith('.jsonl')) ? statSync(file()).size : 0;
  const byAnswer = (a: FeedbackEvent, b: FeedbackEvent): number =>
    a.id < b.id ? -1 : a.id > b.id ? 1 : a.timeMs - b.timeMs;

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
