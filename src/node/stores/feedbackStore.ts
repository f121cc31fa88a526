/**
 * Feedback on disk: one file of JSON lines for each workspace, to which events are added and in which nothing is
 * changed. Every event is on the disk before its call is over. A line that a crash left half-written is closed off by
 * the next event and left out when reading. Nothing of it leaves the machine.
 */
import { mkdir, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { parseFeedbackLine } from '#core/feedback/parseFeedbackLine.ts';
import { folderKey } from './folderNames.ts';
import { storeError } from './storeError.ts';
import { codeOf, writeWhole } from './writeWhole.ts';

export interface FeedbackStoreOptions {
  /** Folder for the feedback of all workspaces. */
  readonly directory: string;
  /** URIs of the workspace's folders; their order does not count. */
  readonly folders: readonly string[];
}

/** All calls reject with a `StoreError`, a sentence for people, when the disk does not do its part. */
export interface FeedbackStore {
  /** Full path of the workspace's file, which may not be there yet. */
  readonly file: string;
  /** Calls take effect in their order. */
  append(event: FeedbackEvent): Promise<void>;
  readAll(): Promise<StoredFeedback>;
  /** Writes the lines that can be read to a file, which is replaced; returns how many there are. */
  exportTo(file: string): Promise<number>;
  deleteAll(): Promise<void>;
}

export interface StoredFeedback {
  /** In the order in which they were added. */
  readonly events: readonly FeedbackEvent[];
  /** Lines that could not be read, a sentence each, with their numbers. */
  readonly unreadable: readonly string[];
}

export function createFeedbackStore({ directory, folders }: FeedbackStoreOptions): FeedbackStore {
  const file = join(directory, `${folderKey([...folders].sort().join('\n'))}.jsonl`);
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(what: string, action: () => Promise<T>): Promise<T> => {
    const run = last.then(action).catch((error: unknown) => {
      throw storeError(`The feedback could not be ${what}`, error);
    });
    last = run.catch(() => {});
    return run;
  };
  return {
    file,
    append: (event) =>
      inOrder('saved', async () => {
        await mkdir(directory, { recursive: true });
        await appendLine(file, JSON.stringify(event));
      }),
    readAll: () => inOrder('read', () => readEvents(file)),
    exportTo: (target) =>
      inOrder('exported', async () => {
        const { events } = await readEvents(file);
        await writeWhole(target, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        return events.length;
      }),
    deleteAll: () => inOrder('deleted', () => rm(file, { force: true })),
  };
}

async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a+');
  try {
    const isTorn = !(await endsLine(handle));
    // One call: what other windows add at the same time stands before it or after it.
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${line}\n`);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether the file is empty or ends with a line end. */
async function endsLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 10;
}

async function readEvents(file: string): Promise<StoredFeedback> {
  const events: FeedbackEvent[] = [];
  const unreadable: string[] = [];
  for (const [i, line] of (await textOf(file)).split('\n').entries()) {
    if (line === '') continue;
    const parsed = parseFeedbackLine(line);
    if (parsed.ok) events.push(parsed.event);
    else unreadable.push(`Line ${i + 1}: ${parsed.message}`);
  }
  return { events, unreadable };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
