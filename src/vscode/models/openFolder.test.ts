import { beforeEach, expect, test } from 'vitest';
import type { ChatModel } from '#core/llm/chatModel.ts';
import { openFolder, type OpenFolder } from './openFolder.ts';

interface Opening {
  readonly folder: string;
  readonly done: (model: ChatModel) => void;
  readonly fail: (error: Error) => void;
  isClosed: boolean;
}

let openings: Opening[];
let folders: OpenFolder;
const modelOf = (name: string): ChatModel => ({ name, chat: () => Promise.reject(new Error('unused')) });
beforeEach(() => {
  openings = [];
  folders = openFolder(async (folder) => {
    const { promise, resolve, reject } = Promise.withResolvers<ChatModel>();
    const opening: Opening = { folder, done: resolve, fail: reject, isClosed: false };
    openings.push(opening);
    return { model: (await promise) as never, close: () => Promise.resolve(void (opening.isClosed = true)) };
  });
});

async function opened(folder: string): Promise<Opening> {
  const model = folders.open(folder);
  await expect.poll(() => openings.at(-1)?.folder).toBe(folder);
  openings.at(-1)!.done(modelOf(folder));
  expect((await model).name).toBe(folder);
  return openings.at(-1)!;
}

test('a folder is opened once', async () => {
  await opened('/a');
  expect((await folders.open('/a')).name).toBe('/a');
  expect(openings).toHaveLength(1);
});

test('another one closes it, and so does leaving it', async () => {
  const a = await opened('/a');
  const b = await opened('/b');
  expect([a.isClosed, b.isClosed]).toEqual([true, false]);
  await folders.leaveFor('/b');
  expect(b.isClosed).toBe(false);
  await folders.leaveFor(undefined);
  expect(b.isClosed).toBe(true);
});

test('what could not be opened is tried again', async () => {
  const first = folders.open('/a');
  openings[0]!.fail(new Error('no config.json'));
  await expect(first).rejects.toThrow('no config.json');
  await opened('/a');
});

test('a failure that comes late leaves the folder alone that was chosen meanwhile', async () => {
  const first = folders.open('/a');
  const left = folders.leaveFor('/b');
  const second = folders.open('/b');
  openings[1]!.done(modelOf('/b'));
  openings[0]!.fail(new Error('too late'));
  await expect(first).rejects.toThrow('too late');
  await Promise.all([left, second]);
  await folders.open('/b');
  expect(openings).toHaveLength(2);
  await folders.close();
  expect(openings[1]!.isClosed).toBe(true);
});

test('of two that are chosen at once one stays open, and the other is closed', async () => {
  await opened('/a');
  const both = [folders.open('/b'), folders.open('/c')];
  await expect.poll(() => openings.length).toBe(2);
  openings[1]!.done(modelOf(openings[1]!.folder));
  await expect.poll(() => openings.length).toBe(3);
  openings[2]!.done(modelOf(openings[2]!.folder));
  await Promise.all(both);
  expect(openings.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
});
