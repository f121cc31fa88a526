/**
 * The history tool: the workspace's git log, searched by what messages say, and by which files change together.
 *
 * Commits are read in the background, newest first, and kept by id. A search takes what is there; only the first one
 * on a cold cache waits a moment. Files of old commits stand under their present names.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CallContext,
  CoChange,
  Commit,
  CommitHit,
  HistoryResult,
  HistoryTool,
  ToolFailure,
  ToolResult,
} from '#core/agent/tools.ts';
import { stemOf, type Term } from '#core/search/words.ts';
import { joinLabel, type Workspace, type WorkspaceRoot } from '#node/workspace.ts';
import { BitSet } from '#node/history/bitSet.ts';
import { addCoChanges, MAX_COMMON_COMMITS } from '#node/history/coChange.ts';
import type { CommitStore } from '#node/history/commitStore.ts';
import { currentName } from '#node/history/currentNames.ts';
import type { HeadView } from '#node/history/headView.ts';
import { createHistoryStores } from '#node/history/historyStores.ts';
import { rankCommits } from '#node/history/rankCommits.ts';
import { createRootHistory, type RootHistory } from '#node/history/rootHistory.ts';

/** Nothing is read before the first call. */
export function createHistoryTool({ workspace, storageDirectory, git = 'git' }: HistoryOptions): HistoryIndex {
  const closing = new AbortController();
  const stores = createHistoryStores(storageDirectory);
  const roots = workspace.roots.map((root) =>
    createRootHistory(root, { program: git, signal: closing.signal }, stores),
  );
  const use = <T>(context: CallContext, work: (seen: SeenHistory) => ToolResult<T>): Promise<ToolResult<T>> =>
    closing.signal.aborted ? Promise.resolve(closed) : useHistory(roots, context, work);
  return {
    search: (request, context) => use(context, (seen) => search(seen, request.terms, request.limit)),
    coChanges: (request, context) => use(context, (seen) => coChanges(workspace, seen, request.paths, request.limit)),
    refresh: async () => void (await Promise.all(roots.map((root) => root.view()))),
    ready: async () => void (await Promise.all(roots.map((root) => root.ready()))),
    async close() {
      closing.abort();
      await Promise.all(roots.map((root) => root.close()));
      await stores.close();
    },
  };
}

export interface HistoryOptions {
  readonly workspace: Workspace;
  /** Folder for what is kept between runs; one file for each repository. */
  readonly storageDirectory: string;
  /** The git program; `git` on the PATH by default. */
  readonly git?: string;
}

export interface HistoryIndex extends HistoryTool {
  /** Looks where HEAD stands now and begins to read what is missing. */
  refresh(): Promise<void>;
  /** Resolves when the history is complete, or cannot be completed. */
  ready(): Promise<void>;
  /** Ends git and closes the files. Calls after it fail. */
  close(): Promise<void>;
}

/** Longest wait of a search for the first commits of a cold cache, in milliseconds. */
export const FIRST_WAIT_MS = 300;

const closed: ToolFailure = { ok: false, reason: 'cancelled', message: 'The history has been closed.' };
const cancelled: ToolFailure = { ok: false, reason: 'cancelled', message: 'Searching the history was cancelled.' };

interface SeenRoot {
  readonly root: WorkspaceRoot;
  readonly view: HeadView;
}

interface SeenHistory {
  readonly seen: readonly SeenRoot[];
  /** What was left out, a sentence each. */
  readonly notes: readonly string[];
  readonly complete: boolean;
}

async function useHistory<T>(
  roots: readonly RootHistory[],
  context: CallContext,
  work: (seen: SeenHistory) => ToolResult<T>,
): Promise<ToolResult<T>> {
  const deadlineMs = performance.now() + context.timeoutMs;
  for (let tries = 0; ; tries++) {
    const history = await look(roots, context, deadlineMs);
    if (context.signal.aborted) return cancelled;
    if ('ok' in history) return history;
    try {
      for (const { view } of history.seen) view.store.refresh();
      return work(history);
    } catch (error) {
      await Promise.all(roots.map(async (root, i) => history.views[i] && root.repair(history.views[i], error)));
      if (tries > 0)
        return { ok: false, reason: 'failed', message: `The kept history could not be read (${String(error)}).` };
    }
  }
}

/** The views of all roots, as far as they can be had in time. A failure when there is nothing else. */
async function look(
  roots: readonly RootHistory[],
  context: CallContext,
  deadlineMs: number,
): Promise<ToolFailure | (SeenHistory & { views: (HeadView | undefined)[] })> {
  const found = await Promise.all(roots.map((root) => lookAt(root, context, deadlineMs)));
  const failures = found.filter((view) => view !== undefined && view !== 'late' && 'ok' in view);
  const views = found.map((view) => (view === undefined || view === 'late' || 'ok' in view ? undefined : view));
  if (failures[0] && failures.length === found.length) return failures[0];
  const seen = roots.flatMap(({ root }, i) => (views[i] ? [{ root, view: views[i] }] : []));
  const late = found.includes('late') ? ['The history is still being opened.'] : [];
  const notes = [...failures.map(({ message }) => message), ...late, ...seen.flatMap(({ view }) => notesOf(view))];
  const complete = !late.length && seen.every(({ view }) => view.complete);
  return { seen, views, notes: [...new Set(notes)], complete };
}

async function lookAt(
  root: RootHistory,
  context: CallContext,
  deadlineMs: number,
): Promise<HeadView | ToolFailure | 'late' | undefined> {
  const view = await inTime(root.view(), deadlineMs - performance.now(), context);
  if (view === 'late' || view === undefined || 'ok' in view) return view;
  await inTime(view.someThere, Math.min(deadlineMs - performance.now(), FIRST_WAIT_MS), context);
  return view.failure && view.members.size === 0 ? view.failure : view;
}

async function inTime<T>(promise: Promise<T>, timeoutMs: number, { signal }: CallContext): Promise<T | 'late'> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const late = sleep(Math.max(0, timeoutMs), 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  try {
    return await Promise.race([promise, late]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function notesOf(view: HeadView): string[] {
  const notes = [...view.notes];
  if (!view.complete && !view.failure)
    notes.push(`The history is still being read: ${view.members.size} commits so far.`);
  if (view.failure) notes.push(view.failure.message);
  if (view.store.note !== undefined) notes.push(view.store.note);
  return notes;
}

function search(history: SeenHistory, terms: readonly Term[], limit: number): ToolResult<HistoryResult> {
  const stems = terms.flatMap((term) => term.parts.map(stemOf));
  const hits = new Map<string, CommitHit>();
  for (const seen of history.seen)
    for (const { number, score } of rankCommits(seen.view, stems, limit)) {
      const hit = { commit: commitAt(seen, number), score };
      const same = hits.get(hit.commit.id);
      hits.set(hit.commit.id, same ? joinHits(same, hit) : hit);
    }
  const commits = [...hits.values()].sort(byScore).slice(0, Math.max(0, limit));
  return success(
    { commits, state: { commits: countMembers(history.seen), complete: history.complete } },
    history.notes,
  );
}

/** The same commit seen from two folders of one repository. */
const joinHits = (a: CommitHit, b: CommitHit): CommitHit => ({
  commit: { ...a.commit, files: [...new Set([...a.commit.files, ...b.commit.files])].sort() },
  score: Math.max(a.score, b.score),
});

const byScore = (a: CommitHit, b: CommitHit): number =>
  b.score - a.score || b.commit.timeS - a.commit.timeS || (a.commit.id < b.commit.id ? -1 : 1);

function commitAt(seen: SeenRoot, number: number): Commit {
  const { view } = seen;
  const { subject, paths, fileCount } = view.store.rowOf(number);
  const names = Array.from(paths, (path) => view.store.pathOf(currentName(view, path, number)));
  const files = names.flatMap((name) => workspacePath(seen, name) ?? []);
  return {
    id: view.store.idOf(number),
    timeS: view.store.timeOf(number),
    subject,
    files: [...new Set(files)].sort(),
    fileCount,
  };
}

function workspacePath({ root, view }: SeenRoot, path: string): string | undefined {
  const { prefix } = view.repository;
  return path.startsWith(prefix) ? joinLabel(root.label, path.slice(prefix.length)) : undefined;
}

/** Ancestors in all folders; those of folders in one repository count once. */
function countMembers(seen: readonly SeenRoot[]): number {
  const byStore = new Map<CommitStore, BitSet>();
  for (const { view } of seen) {
    const members = byStore.get(view.store) ?? new BitSet();
    members.addAll(view.members);
    byStore.set(view.store, members);
  }
  return [...byStore.values()].reduce((sum, members) => sum + members.size, 0);
}

function coChanges(
  workspace: Workspace,
  history: SeenHistory,
  paths: readonly string[],
  limit: number,
): ToolResult<readonly CoChange[]> {
  const changes = new Map<string, number>();
  const notes = [...history.notes];
  for (const { view } of history.seen) {
    // Folders of one work tree see each other's files.
    const roots = history.seen.filter((other) => other.view.repository.gitDirectory === view.repository.gitDirectory);
    const given = new Set(paths.flatMap((path) => roots.flatMap((seen) => repositoryPath(seen, path) ?? [])));
    const weights = new Map<string, number>();
    const { leftOut } = addCoChanges(view, given, weights);
    if (leftOut)
      notes.push(
        `Only the newest ${MAX_COMMON_COMMITS} commits of these files are looked at, ${leftOut} are left out.`,
      );
    for (const [path, weight] of weights)
      for (const seen of roots) {
        const name = workspacePath(seen, path);
        if (name !== undefined) changes.set(name, Math.max(weight, changes.get(name) ?? 0));
      }
  }
  const sorted = [...changes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const found: CoChange[] = [];
  for (const [path, weight] of sorted) {
    if (found.length >= limit) break;
    if (workspace.resolve(path) !== undefined) found.push({ path, weight });
  }
  return success(found, notes);
}

function repositoryPath({ root, view }: SeenRoot, path: string): string | undefined {
  const start = joinLabel(root.label, '');
  return path.startsWith(start) ? view.repository.prefix + path.slice(start.length) : undefined;
}

const success = <T>(value: T, notes: readonly string[]): ToolResult<T> =>
  notes.length ? { ok: true, value, partial: notes.join(' ') } : { ok: true, value };
