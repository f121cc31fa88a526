import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Conversation } from '#core/answer/conversation.ts';
import { addPlace, giveVerdict, renameConversation, startExchange } from '#core/answer/conversationChanges.ts';
import { conversationOf } from '../../../test/fakes/conversationScene.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createConversationStore, type ConversationStore } from './conversationStore.ts';

let tree = '';
let told: string[] = [];
beforeEach(() => {
  tree = makeTree({ 'one/app/a.ts': '', 'two/app/b.ts': '', 'lib/c.ts': '' });
  told = [];
});
afterAll(removeTrees);

const kept = (): string => join(tree, 'kept');
const uri = (path: string): string => pathToFileURL(join(tree, path)).href;
const open = (...folders: readonly string[]): ConversationStore =>
  createConversationStore({
    directory: kept(),
    folders: folders.map(uri),
    tell: (sentence) => void told.push(sentence),
  });
const ids = async (store: ConversationStore): Promise<string[]> => (await store.list()).map(({ id }) => id);
const fileOf = (id: string): string => join(kept(), `${id}.jsonl`);
const citedPath = (conversation: Conversation | undefined): string | undefined =>
  conversation?.exchanges[0]?.answer?.citations[0]?.path;

describe('a conversation', () => {
  test('comes back as it was saved', async () => {
    const conversation = giveVerdict(conversationOf('c-1', ['where is it?']), 'x0', 'accepted', 9);
    expect(await open('one/app').save(conversation)).toEqual(conversation);
    expect(await open('one/app').load('c-1')).toEqual(conversation);
  });

  test('may come before anything else, and of no folder', async () => {
    expect(await open().list()).toEqual([]);
    expect(await open().load('c-1')).toBeUndefined();
    await open().save(conversationOf('c-1', []));
    expect(await ids(open())).toEqual(['c-1']);
    expect(await ids(open('lib'))).toEqual([]);
  });

  test('is listed, the latest first, without being read whole', async () => {
    const store = open('lib');
    await store.save(conversationOf('old', ['first?'], [], 10));
    await store.save(conversationOf('new', ['second?', 'third?'], [], 20));
    expect(await store.list()).toEqual([
      { id: 'new', title: 'second?', updatedMs: 21, exchanges: 2 },
      { id: 'old', title: 'first?', updatedMs: 10, exchanges: 1 },
    ]);
    const [head] = readFileSync(fileOf('old'), 'utf8').split('\n');
    writeFileSync(fileOf('old'), `${head}\n{"not": "whole`);
    expect(await ids(store)).toEqual(['new', 'old']);
  });

  test('with a long list of folders is listed as well', async () => {
    const many = Array.from({ length: 200 }, (_, i) => `lib/${'deep'.repeat(12)}${i}`);
    await open(...many).save(conversationOf('c-1', ['where?']));
    expect(await ids(open(many[7]!))).toEqual(['c-1']);
  });

  test.each([
    ['upload RETRY', ['b', 'a']],
    ['readme', ['b']],
    ['net/queue', ['a']],
    ['uploads nowhere', []],
    ['  ', ['b', 'a']],
  ])('is found by %j', async (text, expected) => {
    const store = open('lib');
    await store.save(conversationOf('a', ['Where do we retry an upload?'], ['src/net/queue.ts'], 1));
    await store.save(conversationOf('b', ['retry', 'which uploads?'], ['readme.md'], 2));
    expect((await store.search(text)).map(({ id }) => id)).toEqual(expected);
  });

  test('is renamed, and what a window has of it keeps the new name', async () => {
    const store = open('lib');
    const shown = await store.save(conversationOf('c-1', ['where?']));
    await store.rename('c-1', 'Uploads', 50);
    expect(await store.list()).toMatchObject([{ title: 'Uploads', updatedMs: 50 }]);
    const later = startExchange(shown, { id: 'later', question: 'and?', scope: [] }, 60);
    expect((await store.save(later)).title).toBe('Uploads');
    const own = renameConversation(later, 'Mine', 70);
    expect((await store.save(own)).title).toBe('Mine');
  });

  test('is deleted, and stays so when its question comes to an end later', async () => {
    const store = open('lib');
    const conversation = conversationOf('c-1', ['where?']);
    await store.save(conversation);
    await store.save(conversationOf('c-2', ['what?']));
    await store.delete('c-1');
    await store.save(conversation);
    expect(await ids(store)).toEqual(['c-2']);
    expect(readdirSync(kept())).toEqual(['c-2.jsonl', 'folders']);
  });

  test.each(['../c-1', 'a/b', '', 'x'.repeat(65)])('is not named by %j', async (id) => {
    const sentence = 'There is no such conversation. Open the history and choose another one.';
    await expect(open('lib').load(id)).rejects.toThrow(sentence);
    await expect(open('lib').delete(id)).rejects.toThrow(sentence);
  });
});

describe('folders', () => {
  test('show their conversations whatever is open beside them', async () => {
    await open('one/app').save(conversationOf('of-one', ['?'], ['a.ts'], 1));
    await open('lib').save(conversationOf('of-lib', ['?'], ['c.ts'], 2));
    await open('one/app', 'lib').save(conversationOf('of-both', ['?'], ['app/a.ts', 'lib/c.ts'], 3));
    expect(await ids(open('one/app'))).toEqual(['of-both', 'of-one']);
    expect(await ids(open('lib', 'one/app'))).toEqual(['of-both', 'of-lib', 'of-one']);
    expect(await ids(open('two/app'))).toEqual([]);
  });

  test('give paths that mean the same file, whatever is open', async () => {
    const single = addPlace(conversationOf('c-1', ['?'], ['a.ts', '~docs/x/y.md']), 'x0', place('a.ts'), 5);
    await open('one/app').save(single);
    const several = await open('one/app', 'lib').load('c-1');
    expect(several!.exchanges[0]).toMatchObject({
      answer: { files: ['app/a.ts', '~docs/x/y.md'] },
      feedback: { places: [{ path: 'app/a.ts' }] },
    });
    expect(several!.exchanges[0]!.trail[0]!.calls[1]).toMatchObject({
      what: ['app/a.ts:1-40'],
      read: { path: 'app/a.ts', start: 1, end: 40 },
    });
    expect(citedPath(await open('two/app', 'one/app').load('c-1'))).toBe('app-2/a.ts');
    expect(await open('one/app').load('c-1')).toEqual(single);
  });

  test('that are not open give paths that lead nowhere, and come back', async () => {
    const both = conversationOf('c-1', ['?'], ['app/a.ts', 'lib/c.ts']);
    await open('one/app', 'lib').save(both);
    const alone = open('one/app');
    const shown = (await alone.load('c-1'))!;
    expect(shown.exchanges[0]!.answer!.files).toEqual(['a.ts', '../lib/c.ts']);
    await alone.save(startExchange(shown, { id: 'more', question: 'more?', scope: ['src'] }, 2_000));
    const back = (await open('lib', 'one/app').load('c-1'))!;
    expect(back.exchanges[0]).toEqual(both.exchanges[0]);
    expect(back.exchanges[1]!.scope).toEqual(['app/src']);
  });

  test('of the same name are told apart after one was closed', async () => {
    await open('one/app', 'two/app').save(conversationOf('c-1', ['?'], ['app/a.ts', 'app-2/b.ts']));
    const second = open('two/app');
    const shown = (await second.load('c-1'))!;
    expect(shown.exchanges[0]!.answer!.files).toEqual(['../app/a.ts', 'b.ts']);
    await second.save(giveVerdict(shown, 'x0', 'accepted', 9));
    expect((await open('two/app', 'one/app').load('c-1'))!.exchanges[0]!.answer!.files).toEqual([
      'app-2/a.ts',
      'app/b.ts',
    ]);
  });

  test('delete all that is theirs, damaged files too, and nothing else', async () => {
    await open('lib').save(conversationOf('of-lib', ['?']));
    await open('one/app').save(conversationOf('bad', ['?']));
    await open('one/app', 'two/app').save(conversationOf('of-apps', ['?']));
    writeFileSync(fileOf('bad'), 'x');
    expect(await ids(open('one/app'))).toEqual(['of-apps']);
    expect(await open('one/app').deleteAll()).toBe(2);
    expect(readdirSync(kept())).toEqual(['folders', 'of-lib.jsonl']);
    expect(await ids(open('two/app'))).toEqual([]);
    expect(await ids(open('lib'))).toEqual(['of-lib']);
  });

  const place = (path: string) => ({ path, start: 1, end: 2 });
});

describe('damage', () => {
  const HEAD = '{"version":1,"id":"c-1","title":"","createdMs":1,"updatedMs":1,"exchanges":1,"folders":[]}';
  const LATER = '{"version":2}\n{}\n';

  test.each([
    ['is empty', ''],
    ['is no JSON', 'x'],
    ['lacks fields', '{"version":1}\n{}\n'],
    ['holds something else', `${HEAD}\n[]\n`],
    ['has fewer exchanges than it says', `${HEAD}\n`],
    ['was cut', 'half'],
    ['has an answer of another form', 'form'],
  ])('is put aside and told where a file %s', async (_, content) => {
    const store = open('lib');
    await store.save(conversationOf('c-1', ['where?']));
    await store.save(conversationOf('c-2', ['what?']));
    const whole = readFileSync(fileOf('c-1'), 'utf8');
    const damaged =
      content === 'half'
        ? whole.slice(0, -9)
        : content === 'form'
          ? whole.replace('"citations":[{', '"citations":[[],{')
          : content;
    writeFileSync(fileOf('c-1'), damaged);
    expect(await open('lib').load('c-1')).toBeUndefined();
    expect(told).toEqual([`A conversation could not be read. Its file is kept as ${fileOf('c-1')}.bad.`]);
    expect(readFileSync(`${fileOf('c-1')}.bad`, 'utf8')).toBe(damaged);
    expect(await ids(open('lib'))).toEqual(['c-2']);
  });

  test('that comes again is kept beside the first', async () => {
    for (const content of ['first', 'second']) {
      await open('lib').save(conversationOf('c-1', ['where?']));
      writeFileSync(fileOf('c-1'), content);
      expect(await open('lib').list()).toEqual([]);
    }
    expect(readFileSync(`${fileOf('c-1')}.bad-2`, 'utf8')).toBe('second');
  });

  test('is not what a newer version has written', async () => {
    await open('lib').save(conversationOf('c-1', ['where?']));
    writeFileSync(fileOf('c-1'), LATER);
    expect(await open('lib').list()).toEqual([]);
    expect(told).toEqual([`${fileOf('c-1')} was written by a newer version of Spoor and is left as it is.`]);
    expect(readFileSync(fileOf('c-1'), 'utf8')).toBe(LATER);
  });

  test('does not hide the others where a file cannot be read for now', async () => {
    for (const id of ['c-1', 'c-2']) await open('lib').save(conversationOf(id, ['where?']));
    renameSync(fileOf('c-1'), join(tree, 'away'));
    mkdirSync(fileOf('c-1'));
    const store = open('lib');
    for (let i = 0; i < 2; i++) expect(await ids(store)).toEqual(['c-2']);
    expect(told).toEqual([expect.stringMatching(/^The conversation c-1 cannot be read and is left out\. .+\.$/)]);
    await expect(store.load('c-1')).rejects.toThrow('The conversation could not be read');
    rmdirSync(fileOf('c-1'));
    renameSync(join(tree, 'away'), fileOf('c-1'));
    expect(await ids(store)).toEqual(['c-1', 'c-2']);
  });

  test('that cannot be put aside does not hide what a search finds in the others', async () => {
    for (const id of ['c-1', 'c-2']) await open('lib').save(conversationOf(id, ['where?']));
    writeFileSync(fileOf('c-1'), readFileSync(fileOf('c-1'), 'utf8').slice(0, -9));
    symlinkSync(`${fileOf('c-1')}.bad`, `${fileOf('c-1')}.bad`);
    const found = await open('lib').search('where');
    expect(found.map(({ id }) => id)).toEqual(['c-2']);
    expect(told).toEqual([expect.stringMatching(/^The conversation c-1 cannot be read and is left out\. /)]);
  });

  test('of the disk is told in a sentence', async () => {
    rmSync(kept(), { recursive: true, force: true });
    writeFileSync(kept(), 'a file where the folder should be');
    await expect(open('lib').save(conversationOf('c-1', ['?']))).rejects.toThrow(
      /^The conversation could not be saved\. .+\.$/,
    );
  });
});

describe('several windows', () => {
  test('add to one conversation, and nothing is lost', async () => {
    const [one, two] = [open('lib'), open('lib')];
    const began = await one.save(conversationOf('c-1', ['where?']));
    const seen = (await two.load('c-1'))!;
    await one.save(startExchange(began, { id: 'one', question: 'one?', scope: [] }, 5_000));
    const added = startExchange(
      giveVerdict(seen, 'x0', 'accepted', 9),
      { id: 'two', question: 'two?', scope: [] },
      6_000,
    );
    const merged = await two.save(added);
    expect(merged.exchanges.map(({ id }) => id)).toEqual(['x0', 'one', 'two']);
    expect((await open('lib').load('c-1'))!.exchanges[0]!.feedback.verdict).toBe('accepted');
  });

  test('save at once', async () => {
    const stores = Array.from({ length: 5 }, () => open('lib'));
    const began = conversationOf('c-1', ['where?']);
    await Promise.all(
      stores.map((store, i) => store.save(startExchange(began, { id: `y${i}`, question: '?', scope: [] }, 5_000 + i))),
    );
    const all = (await open('lib').load('c-1'))!;
    expect(all.exchanges.map(({ id }) => id)).toEqual(['x0', 'y0', 'y1', 'y2', 'y3', 'y4']);
  });
});

describe('processes', () => {
  const SAVER = fileURLToPath(new URL('../../../test/fakes/saveConversations.ts', import.meta.url));
  const children: ChildProcess[] = [];

  /** Saves under a prefix until it is killed after so many saves; returns the last save that it has told. */
  async function saveUntilKilled(prefix: string, saves: number, most = 1_000): Promise<number> {
    const child = spawn(process.execPath, [SAVER, kept(), uri('lib'), 'c-1', prefix, String(most)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const closed = once(child, 'close');
    let last = -1;
    for await (const line of createInterface({ input: child.stdout! })) {
      last = Number(line);
      if (last + 1 === saves) killAfter(child, saves * 0.4);
    }
    await closed;
    return last;
  }
  afterAll(() => void children.map((child) => child.kill('SIGKILL')));

  /** Somewhere in the next save, each time at another point of it. */
  function killAfter(child: ChildProcess, ms: number): void {
    const beganMs = performance.now();
    while (performance.now() - beganMs < ms);
    child.kill('SIGKILL');
  }

  test('that are killed while they save leave the old state or the new one, and whole', async () => {
    mkdirSync(kept());
    const told: Record<string, number> = {};
    for (const saves of [1, 2, 3, 5, 8, 13]) {
      const prefix = `run${saves}`;
      told[prefix] = await saveUntilKilled(prefix, saves);
      const conversation = (await open('lib').load('c-1'))!;
      for (const [name, last] of Object.entries(told)) {
        const numbers = conversation.exchanges.filter(({ id }) => id.startsWith(`${name}-`)).length;
        expect([last + 1, last + 2]).toContain(numbers);
      }
    }
    expect((await open('lib').list())[0]?.exchanges).toBe((await open('lib').load('c-1'))!.exchanges.length);
    expect(existsSync(`${fileOf('c-1')}.bad`)).toBe(false);
    expect(readdirSync(kept()).filter((name) => name.endsWith('.new'))).toEqual([]);
    const after = await open('lib').save(conversationOf('c-1', ['after the kills?']));
    expect(after.exchanges.map(({ id }) => id)).toContain('x0');
  });

  test('save side by side, and nothing is lost', async () => {
    mkdirSync(kept());
    await Promise.all(['one', 'two', 'three'].map((prefix) => saveUntilKilled(prefix, Infinity, 20)));
    const conversation = (await open('lib').load('c-1'))!;
    expect(conversation.exchanges).toHaveLength(60);
    expect(told).toEqual([]);
  });
});
