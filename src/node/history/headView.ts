/**
 * The history as one HEAD sees it: its ancestors, found and read in the background, newest first.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ToolFailure } from '#core/agent/tools.ts';
import { BitSet } from '#node/history/bitSet.ts';
import type { CommitStore } from '#node/history/commitStore.ts';
import type { GitProgram } from '#node/history/git.ts';
import { listAncestors, readCommits, readMessages } from '#node/history/gitLog.ts';
import { StoreOutgrown } from '#node/history/historyStores.ts';
import type { Head, Repository } from '#node/history/repository.ts';

/** Begins to read. The promises of the view never reject; `onError` gets what the store threw. */
export function openHeadView(
  git: GitProgram,
  repository: Repository,
  head: Head,
  store: CommitStore,
  limits: HistoryLimits,
  onError: (error: unknown) => void,
): HeadView {
  const controller = new AbortController();
  const signal = AbortSignal.any([git.signal, controller.signal]);
  const view: Filling = {
    git: { ...git, signal },
    limits,
    repository,
    head,
    store,
    key: headKey(head, repository, limits),
    members: new BitSet(),
    totalLength: 0,
    get averageLength() {
      return this.totalLength / (this.members.size || 1);
    },
    complete: false,
    notes: noteShallow(head),
    failure: undefined,
    first: Promise.withResolvers(),
  };
  const done = fill(view)
    .catch((error: unknown) => {
      if (signal.aborted) return;
      view.failure = storeFailure(error);
      onError(error);
    })
    .finally(view.first.resolve);
  return Object.assign(view, { someThere: view.first.promise, done, stop: () => controller.abort() });
}

export interface HeadView {
  readonly store: CommitStore;
  readonly repository: Repository;
  /** Tells heads apart that have other ancestors. */
  readonly key: string;
  /** Ancestors that can be searched now. */
  readonly members: BitSet;
  /** Stems of a member's message, on average. */
  readonly averageLength: number;
  /** All ancestors are there, as far as the caps allow. */
  readonly complete: boolean;
  /** What was left out, a sentence each. */
  readonly notes: readonly string[];
  readonly failure: ToolFailure | undefined;
  /** Resolves when a search finds something, or nothing will come any more. */
  readonly someThere: Promise<void>;
  /** Resolves when reading has ended, for whatever reason. */
  readonly done: Promise<void>;
  stop(): void;
}

interface Filling {
  readonly git: GitProgram;
  readonly limits: HistoryLimits;
  readonly repository: Repository;
  readonly head: Head;
  readonly store: CommitStore;
  readonly key: string;
  readonly members: BitSet;
  totalLength: number;
  readonly averageLength: number;
  complete: boolean;
  readonly notes: string[];
  failure: ToolFailure | undefined;
  readonly first: PromiseWithResolvers<void>;
}

export interface HistoryLimits {
  /** Newest ancestors of a head that are searched. */
  readonly commits: number;
  /** Size of a repository's file above which no more commits are added. */
  readonly storeBytes: number;
}

export const DEFAULT_LIMITS: HistoryLimits = { commits: 50_000, storeBytes: 64 << 20 };
/** Commits that are read and kept at once: some 20 ms of work, and 20 kB of arguments. */
const BATCH = 256;
/** The first batch is smaller, because somebody waits for it. */
const FIRST_BATCH = 128;

async function fill(view: Filling): Promise<void> {
  const kept = view.head.id === undefined ? new BitSet() : view.store.membersOf(view.key);
  if (kept) return takeAll(view, kept);
  const few = Math.min(FIRST_BATCH, view.limits.commits);
  const newest = await ancestors(view, few);
  const isCold = newest !== undefined && newest.every((id) => find(view, id) === undefined);
  let whole = newest !== undefined && (await take(view, newest));
  if (newest?.length === few) {
    if (isCold) view.first.resolve();
    const all = await ancestors(view, view.limits.commits + 1);
    if (all && all.length > view.limits.commits) {
      all.pop();
      view.notes.push(newestOnly(view));
    }
    whole = all !== undefined && (await take(view, all));
  }
  if (view.failure) return;
  if (whole) view.store.keepMembers(view.key, view.members);
  view.complete = true;
}

function takeAll(view: Filling, members: BitSet): void {
  view.members.addAll(members);
  if (members.size >= view.limits.commits) view.notes.push(newestOnly(view));
  for (let number = 0; number < view.store.size; number++)
    if (members.has(number)) view.totalLength += view.store.lengthOf(number);
  view.complete = true;
}

async function ancestors(view: Filling, limit: number): Promise<string[] | undefined> {
  const ids = await listAncestors(view.git, view.repository, view.head.id!, limit);
  if (Array.isArray(ids)) return ids;
  view.failure = ids;
  return undefined;
}

/** Makes ancestors searchable; false when some could not be read or kept. */
async function take(view: Filling, ids: readonly string[]): Promise<boolean> {
  const missing = ids.filter((id) => !mark(view, id));
  if (missing.length > BATCH && view.members.size > FIRST_BATCH) view.first.resolve();
  let unread = 0;
  for (let at = 0; at < missing.length; at += BATCH) {
    view.git.signal.throwIfAborted();
    if (isFull(view)) {
      view.notes.push(
        `The kept history has reached ${Math.round(view.limits.storeBytes / 2 ** 20)} MiB: ${missing.length - at} older commits are left out.`,
      );
      return false;
    }
    const batch = missing.slice(at, at + BATCH);
    await takeBatch(view, batch);
    unread += batch.filter((id) => !mark(view, id, true)).length;
    await nextTurn();
  }
  if (unread) view.notes.push(`Git could not read ${unread} commits: they are left out.`);
  return unread === 0;
}

async function takeBatch(view: Filling, ids: readonly string[]): Promise<void> {
  const { git, repository, store, head } = view;
  const reads = [
    await readCommits(
      git,
      repository,
      ids.filter((id) => !head.boundary.has(id)),
    ),
    await readMessages(
      git,
      repository,
      ids.filter((id) => head.boundary.has(id)),
    ),
  ];
  git.signal.throwIfAborted();
  for (const read of reads) {
    if ('ok' in read) continue;
    if (read.commits.length) store.add(read.commits, false);
    if (read.withoutFiles.length) store.add(read.withoutFiles, true);
  }
}

const find = (view: Filling, id: string, withoutFiles = view.head.boundary.has(id)): number | undefined =>
  view.store.numberOf(id, withoutFiles);

function mark(view: Filling, id: string, withoutFiles?: boolean): boolean {
  const number = find(view, id, withoutFiles);
  if (number === undefined) return false;
  if (!view.members.has(number)) view.totalLength += view.store.lengthOf(number);
  view.members.add(number);
  return true;
}

/** Throws when the store is full of commits that this head does not reach: they can go. */
function isFull({ store, members, limits }: Filling): boolean {
  if (store.sizeBytes() <= limits.storeBytes) return false;
  if (members.size * 2 < store.size) throw new StoreOutgrown();
  return true;
}

const storeFailure = (error: unknown): ToolFailure => ({
  ok: false,
  reason: 'failed',
  message: `The history could not be kept (${error instanceof Error ? error.message : String(error)}). It is read anew with the next question.`,
});

const newestOnly = ({ limits }: Filling): string => `Only the newest ${limits.commits} commits are searched.`;

const noteShallow = ({ boundary }: Head): string[] =>
  boundary.size ? ['The clone is shallow: older commits are not here. Run git fetch --unshallow to get them.'] : [];

export const headKey = ({ id, boundary }: Head, { prefix }: Repository, { commits }: HistoryLimits): string =>
  createHash('sha256')
    .update(JSON.stringify([id, prefix, [...boundary].sort(), commits]))
    .digest('hex');
