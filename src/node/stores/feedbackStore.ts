/**
 * Feedback on disk: one file of JSON lines for each workspace, to which events are added and in which nothing is
 * changed. Every event is on the disk before its call is over. A line that a crash left half-written is closed off by
 * the next event and left out when reading. Nothing of it leaves the machine.
 */
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countReasons, type CountedReason } from '#core/feedback/countReasons.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { newFeedback } from '#core/feedback/newFeedback.ts';
import { localFeedback, shareFeedback } from '#core/feedback/shareFeedback.ts';
import { withFileLock } from './fileLock.ts';
import { folderKey } from './folderNames.ts';
import { folderPlaces } from './folderPlaces.ts';
import { readFeedback, type StoredFeedback } from './readFeedback.ts';
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
  /**
   * Calls take effect in their order. What is said about an answer that was given while other folders were open is added
   * to their file, where the answer is.
   */
  append(event: FeedbackEvent): Promise<void>;
  readAll(): Promise<StoredFeedback>;
  /**
   * Writes the feedback to a file, which is replaced, in the form that teams share: each answer once, with paths of its
   * repository. Names that fit one of the patterns `leaveOut` are left out of what was asked. Returns the number of lines.
   */
  exportTo(file: string, options?: { readonly leaveOut?: readonly string[] }): Promise<number>;
  /**
   * Adds what a file has and this workspace has not. What is left out is counted. A process that is killed has added
   * some of it; the same call adds the rest.
   */
  importFrom(file: string): Promise<ImportedFeedback>;
  deleteAll(): Promise<void>;
}

export interface ImportedFeedback {
  /** Lines that were added, and the answers among them. */
  readonly lines: number;
  readonly answers: number;
  /** The most frequent reason first; lines that cannot be read are among them. */
  readonly leftOut: readonly CountedReason[];
  /** Lines that could not be read, and what was not read of a long file: a sentence each. */
  readonly notes: readonly string[];
}

export function createFeedbackStore({ directory, folders }: FeedbackStoreOptions): FeedbackStore {
  const file = join(directory, `${folderKey([...folders].sort().join('\n'))}.jsonl`);
  /** Ids of answers that are known to be in the file. */
  const answers = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(what: string, action: () => Promise<T>): Promise<T> => {
    const run = last.then(action).catch((error: unknown) => {
      throw storeError(`The feedback could not be ${what}`, error);
    });
    last = run.catch(() => {});
    return run;
  };
  const fileFor = async ({ type, id }: FeedbackEvent): Promise<string> => {
    if (type === 'answered' || answers.has(id)) return file;
    const others = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
    for (const one of new Set([file, ...others.map((name) => join(directory, name))]))
      if (await hasAnswer(one, id)) {
        if (one === file) answers.add(id);
        return one;
      }
    return file;
  };
  return {
    file,
    append: (event) =>
      inOrder('saved', async () => {
        await mkdir(directory, { recursive: true });
        await appendLine(await fileFor(event), JSON.stringify(event));
        if (event.type === 'answered') answers.add(event.id);
      }),
    readAll: () => inOrder('read', () => readStored(file)),
    exportTo: (target, { leaveOut = [] } = {}) =>
      inOrder('exported', async () => {
        const { events } = await readStored(file);
        const sharing = { folders: folderPlaces(folders.map(pathOf)), leaveOut };
        const shared = shareFeedback(events, sharing, countReasons());
        await writeWhole(target, shared.map((event) => `${JSON.stringify(event)}\n`).join(''));
        return shared.length;
      }),
    importFrom: (source) =>
      inOrder('imported', async () => {
        const read = await readFeedback(source);
        await mkdir(directory, { recursive: true });
        return withFileLock(`${file}.lock`, () => addNew(file, read, folders));
      }),
    deleteAll: () => inOrder('deleted', () => rm(file, { force: true })),
  };
}

async function addNew(file: string, read: StoredFeedback, folders: readonly string[]): Promise<ImportedFeedback> {
  const counter = countReasons();
  counter.add('lines that cannot be read', read.unreadable.length);
  const local = localFeedback(read.events, folderPlaces(folders.map(pathOf)), counter);
  const added = newFeedback((await readStored(file)).events, local, counter);
  for (const some of chunksOf(added.map((event) => JSON.stringify(event)))) await appendLine(file, some);
  return {
    lines: added.length,
    answers: added.filter(({ type }) => type === 'answered').length,
    leftOut: counter.counts(),
    notes: [...read.unreadable, ...(read.partial === undefined ? [] : [read.partial])],
  };
}

/** Lines joined to pieces that one call writes. */
function* chunksOf(lines: readonly string[]): Iterable<string> {
  let from = 0;
  let length = 0;
  for (const [i, line] of lines.entries()) {
    if (i > from && length + line.length > CHUNK_LENGTH) {
      yield lines.slice(from, i).join('\n');
      from = i;
      length = 0;
    }
    length += line.length;
  }
  if (from < lines.length) yield lines.slice(from).join('\n');
}

const CHUNK_LENGTH = 1 << 18;

/** Whether the file can be read and has the answer of this id. It is not parsed: the answers of a year are long. */
async function hasAnswer(file: string, id: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return false;
  const key = `"id":${JSON.stringify(id)}`;
  // Its lines are read to the end or to the answer; the handle is closed by either.
  for await (const line of handle.readLines())
    if (line.includes(key) && line.includes('"type":"answered"')) return true;
  return false;
}

/** Adds a line, or several with line ends between them. */
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

/** No feedback where there is no file yet. */
async function readStored(file: string): Promise<StoredFeedback> {
  try {
    return await readFeedback(file, Infinity);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { events: [], unreadable: [] };
    throw error;
  }
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}
