/**
 * Conversations on disk, one file each: `ID.jsonl`, with an empty file `folders/KEY/ID` for each folder of the workspace
 * that it was held in. So a folder shows its conversations whatever other folders are open beside it.
 *
 * A file is replaced whole. Several windows may go on with the same conversation: what is saved is merged with what is
 * there. A damaged file is put aside as `ID.jsonl.bad`.
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversation, Exchange } from '#core/answer/conversation.ts';
import { renameConversation } from '#core/answer/conversationChanges.ts';
import { mapPaths } from '#core/answer/conversationPaths.ts';
import { mergeConversations } from '#core/answer/mergeConversations.ts';
import {
  conversationLines,
  parseConversation,
  readHead,
  type ConversationFile,
  type ConversationHead,
  type Trouble,
} from './conversationFile.ts';
import { withFileLock } from './fileLock.ts';
import { folderKey, folderTable, keptPath, openFolders, shownPath, type OpenFolders } from './folderNames.ts';
import { StoreError, storeError } from './storeError.ts';
import { codeOf, namesIn, sweepUnfinished, writeWhole } from './writeWhole.ts';

export interface ConversationStoreOptions {
  /**
   * Folder for the conversations of all workspaces. It must stay the same when a workspace gets a second folder: the
   * extension's global storage, not that of the workspace.
   */
  readonly directory: string;
  /** URIs of the open folders. When they change, make a new store and load from it: paths of several begin with names. */
  readonly folders: readonly string[];
  /** Is told in a sentence when a file could not be read. */
  readonly tell: (sentence: string) => void;
}

/** All calls reject with a `StoreError`, a sentence for people, when the disk does not do its part. */
export interface ConversationStore {
  /** Of the open folders, the latest first. */
  list(): Promise<readonly ConversationHead[]>;
  /** Those in whose title, questions, answers or cited paths every word occurs, the latest first; all without a word. */
  search(text: string): Promise<readonly ConversationHead[]>;
  /** As it was saved, with paths of the open workspace. Undefined if there is none that can be read. */
  load(id: string): Promise<Conversation | undefined>;
  /**
   * Returns what was saved: other windows may have added to it. One that was deleted here is not saved any more. Calls
   * for one conversation take effect in their order.
   */
  save(conversation: Conversation): Promise<Conversation>;
  rename(id: string, title: string, nowMs: number): Promise<void>;
  delete(id: string): Promise<void>;
  /** Deletes all conversations of the open folders, damaged ones too; returns how many. */
  deleteAll(): Promise<number>;
}

export function createConversationStore({ directory, folders, tell }: ConversationStoreOptions): ConversationStore {
  const state: State = {
    directory,
    keys: folders.length ? folders.map(folderKey) : [NO_FOLDER],
    open: openFolders(folders),
    tell,
    bases: new Map(),
    lines: new WeakMap(),
    deleted: new Set(),
    last: new Map(),
    swept: undefined,
    told: new Set(),
  };
  return {
    list: () => saying('read', () => list(state)),
    search: (text) => saying('read', () => search(state, text)),
    load: (id) => saying('read', () => load(state, id)),
    save: (conversation) => saying('saved', () => change(state, conversation.id, () => save(state, conversation))),
    rename: (id, title, nowMs) => saying('saved', () => change(state, id, () => giveTitle(state, id, title, nowMs))),
    delete: (id) => saying('deleted', () => remove(state, id)),
    deleteAll: () => saying('deleted', () => removeAll(state)),
  };
}

interface State {
  readonly directory: string;
  readonly keys: readonly string[];
  readonly open: OpenFolders;
  readonly tell: (sentence: string) => void;
  /** Files as the caller knows them, by id: what changed since can be told by them. */
  readonly bases: Map<string, KnownFile>;
  /** Exchanges as they were written, under which table of folders: most of a conversation stays as it is. */
  readonly lines: WeakMap<Exchange, { readonly table: string; readonly line: string }>;
  readonly deleted: Set<string>;
  /** The latest change of each id, so that changes come one after another. */
  readonly last: Map<string, Promise<unknown>>;
  swept: Promise<void> | undefined;
  /** Lists are asked for again and again; what they say of a file is told once. */
  readonly told: Set<string>;
}

interface KnownFile extends ConversationFile {
  /** Tells whether the file on disk is still this one; a file that was read has none. */
  readonly stamp?: string;
}

const NO_FOLDER = 'none';

async function list(state: State): Promise<ConversationHead[]> {
  // What cannot be swept does no harm, and is swept another time.
  await (state.swept ??= sweepUnfinished(state.directory).catch(() => undefined));
  const heads: ConversationHead[] = [];
  for (const id of await idsOf(state)) {
    const head = await unlessUnreadable(state, id, () => readOrAside(state, id, readHead));
    if (head) heads.push(head);
  }
  return heads.sort((a, b) => b.updatedMs - a.updatedMs || (a.id < b.id ? -1 : 1));
}

async function search(state: State, text: string): Promise<ConversationHead[]> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const heads = await list(state);
  if (!words.length) return heads;
  const found: ConversationHead[] = [];
  for (const head of heads) {
    const file = await unlessUnreadable(state, head.id, () => read(state, head.id));
    const said = file && saidIn(file.conversation).toLowerCase();
    if (said && words.every((word) => said.includes(word))) found.push(head);
  }
  return found;
}

const saidIn = ({ title, exchanges }: Conversation): string =>
  [
    title,
    ...exchanges.flatMap(({ question, prose, answer }) => [
      question,
      ...(prose?.sentences.map((sentence) => sentence.text) ?? []),
      ...(answer?.sentences.map((sentence) => sentence.text) ?? []),
      ...(answer?.citations.map(({ path }) => path) ?? []),
    ]),
  ].join('\n');

async function load(state: State, id: string): Promise<Conversation | undefined> {
  const file = await read(state, id);
  if (file) state.bases.set(id, file);
  return file?.conversation;
}

async function save(state: State, conversation: Conversation): Promise<Conversation> {
  const { id } = conversation;
  if (state.deleted.has(id)) return conversation;
  const base = state.bases.get(id);
  // In a long conversation reading it again would take longer than writing it.
  const isUnchanged = base?.stamp !== undefined && base.stamp === (await stampOf(fileOf(state, id)));
  const there = isUnchanged ? undefined : await read(state, id, true);
  const saved = there ? mergeConversations(base?.conversation, conversation, there.conversation) : conversation;
  const file = await write(state, saved, [...(base?.folders ?? []), ...(there?.folders ?? [])]);
  const stamp = await stampOf(fileOf(state, id));
  state.bases.set(id, { ...file, ...(stamp !== undefined && { stamp }) });
  return saved;
}

/** What the caller has of the conversation keeps its old title, so the base does: the new one counts as theirs. */
async function giveTitle(state: State, id: string, title: string, nowMs: number): Promise<void> {
  const there = await read(state, id, true);
  if (there) await write(state, renameConversation(there.conversation, title, nowMs), there.folders);
}

/** The folders know of a conversation before it is there: a kill in between leaves no conversation that nobody knows. */
async function write(
  state: State,
  conversation: Conversation,
  earlier: ConversationFile['folders'],
): Promise<ConversationFile> {
  const { open, directory, keys } = state;
  const folders = folderTable(open, earlier);
  for (const key of keys) {
    await mkdir(join(directory, 'folders', key), { recursive: true });
    await writeFile(join(directory, 'folders', key, conversation.id), '');
  }
  const table = JSON.stringify([folders, earlier]);
  const lineOf = (exchange: Exchange): string => {
    const known = state.lines.get(exchange);
    if (known?.table === table) return known.line;
    const line = JSON.stringify(mapPaths(exchange, (path) => keptPath(path, folders, open, earlier)));
    state.lines.set(exchange, { table, line });
    return line;
  };
  await writeWhole(fileOf(state, conversation.id), conversationLines({ folders, conversation }, lineOf));
  return { folders, conversation };
}

/** With paths of the open workspace. */
async function read(state: State, id: string, isLocked = false): Promise<ConversationFile | undefined> {
  const file = await readOrAside(state, id, async (name) => parseConversation(await readFile(name, 'utf8')), isLocked);
  if (!file) return undefined;
  const shown = (path: string): string => shownPath(path, file.folders, state.open);
  const exchanges = file.conversation.exchanges.map((exchange) => mapPaths(exchange, shown));
  return { folders: file.folders, conversation: { ...file.conversation, exchanges } };
}

/** Puts a damaged file aside, unless another window has just replaced it. */
async function readOrAside<T extends object>(
  state: State,
  id: string,
  reader: (file: string) => Promise<T | Trouble>,
  isLocked = false,
): Promise<T | undefined> {
  const file = fileOf(state, id);
  const value = await unlessMissing(() => reader(file));
  if (typeof value === 'object') return value;
  if (value === 'newer') tellOnce(state, `${file} was written by a newer version of Spoor and is left as it is.`);
  if (value !== 'damaged') return undefined;
  if (!isLocked) return withFileLock(lockOf(state, id), () => readOrAside(state, id, reader, true));
  const aside = await freeName(`${file}.bad`);
  await rename(file, aside);
  state.tell(`A conversation could not be read. Its file is kept as ${aside}.`);
  return undefined;
}

/** Another one whenever the file is replaced; undefined where there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  const stats = await unlessMissing(() => stat(file, { bigint: true }));
  return stats && `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
}

async function freeName(file: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? file : `${file}-${n}`;
    if (!(await unlessMissing(() => stat(name)))) return name;
  }
}

async function remove(state: State, id: string): Promise<void> {
  state.deleted.add(id);
  state.bases.delete(id);
  await change(state, id, () => removeFiles(state, id));
}

async function removeFiles(state: State, id: string): Promise<void> {
  const folders = (await read(state, id, true))?.folders ?? [];
  for (const name of await namesIn(state.directory))
    if (name === `${id}.jsonl` || name.startsWith(`${id}.jsonl.`))
      await rm(join(state.directory, name), { force: true });
  for (const key of new Set([...state.keys, ...folders.map(({ uri }) => folderKey(uri))]))
    await rm(join(state.directory, 'folders', key, id), { force: true });
}

async function removeAll(state: State): Promise<number> {
  const ids = await idsOf(state);
  for (const id of ids) await remove(state, id);
  return ids.length;
}

/** Ids that the open folders know of. */
async function idsOf({ directory, keys }: State): Promise<string[]> {
  const ids = new Set<string>();
  for (const key of keys)
    for (const id of await namesIn(join(directory, 'folders', key))) if (IS_ID.test(id)) ids.add(id);
  return [...ids].sort();
}

/** Runs `action` after earlier changes of this store, while no other window changes the conversation. */
async function change<T>(state: State, id: string, action: () => Promise<T>): Promise<T> {
  const lock = lockOf(state, id);
  const before = state.last.get(id) ?? Promise.resolve();
  const run = before.then(async () => {
    await mkdir(state.directory, { recursive: true });
    return withFileLock(lock, action);
  });
  const ended = run.catch(() => {});
  state.last.set(id, ended);
  void ended.then(() => state.last.get(id) === ended && state.last.delete(id));
  return run;
}

const IS_ID = /^[A-Za-z0-9-]{1,64}$/;

const fileOf = (state: State, id: string): string => join(state.directory, `${checked(id)}.jsonl`);
const lockOf = (state: State, id: string): string => join(state.directory, `${checked(id)}.lock`);

/** An id names files, and a message of the panel may bring any. */
function checked(id: string): string {
  if (!IS_ID.test(id)) throw new StoreError('There is no such conversation. Open the history and choose another one.');
  return id;
}

/** One file that cannot be read now does not hide the others. */
async function unlessUnreadable<T>(state: State, id: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    tellOnce(state, storeError(`The conversation ${id} cannot be read and is left out`, error).message);
    return undefined;
  }
}

function tellOnce(state: State, sentence: string): void {
  if (!state.told.has(sentence)) state.tell(sentence);
  state.told.add(sentence);
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function saying<T>(done: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw storeError(`The conversation could not be ${done}`, error);
  }
}
