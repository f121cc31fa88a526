/**
 * Keeps the docs index of one workspace: opens it, refreshes it in the background, says how far it is.
 */
import { rmSync } from 'node:fs';
import type { CancelSignal, DocsState } from '#core/agent/tools.ts';
import { setAside, troubleOf } from '#node/sqlite.ts';
import type { EngineName } from '#node/sqliteEngines.ts';
import type { Workspace } from '#node/workspace.ts';
import { leftOutSentences, nothingLeftOut, type DocsBudget, type LeftOut } from './docsBudget.ts';
import { openDocsIndex, type DocsCounts, type DocsIndex } from './docsIndex.ts';
import { collectDocs, openAddedFolders } from './docsSources.ts';
import type { DocsLister } from './listDocs.ts';
import { refreshIndex } from './refreshIndex.ts';
import { createSlicedWork, WorkStopped, type SlicedWork } from './slicedWork.ts';

export function createDocsIndexer(options: DocsIndexerOptions): DocsIndexer {
  const work = createSlicedWork();
  const stop = new AbortController();
  const status: Status = { left: nothingLeftOut(), isComplete: false, toWrite: undefined };
  let index: DocsIndex | undefined;
  let opening: Promise<void> | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isFirst = true;
  let remaking: 'damaged' | 'wanted' | undefined;
  let isPaused = false;

  const open = (): Promise<void> =>
    (opening ??= openDocsIndex(options.file, options.engine).then((opened) => {
      if (stop.signal.aborted) opened.database.close();
      else index = opened;
    }));

  /** The file is moved aside and made anew; this refresh's answers are then incomplete, not wrong. */
  const reopen = async (why: 'damaged' | 'wanted'): Promise<void> => {
    await succeeds(open);
    const file = index?.database.file;
    index?.database.close();
    index = opening = undefined;
    if (file !== undefined) setAside(file);
    await open();
    if (why === 'wanted' && file !== undefined) rmSync(`${file}.bad`, { force: true });
  };

  async function refreshAll(): Promise<void> {
    for (let tries = 0; isWanted && !stop.signal.aborted; tries++) {
      isWanted = false;
      status.isComplete = false;
      try {
        const why = remaking;
        remaking = undefined;
        await (why ? reopen(why) : open());
        if (index) await refreshOnce({ ...options, work, signal: stop.signal, index, status });
        tries = 0;
      } catch (error) {
        if (error instanceof WorkStopped) return;
        const isDamaged = troubleOf(error) === 'corrupt' && tries < MAX_REBUILDS;
        if (isDamaged) {
          isWanted = true;
          remaking = 'damaged';
        } else status.left.notes.push(failureSentence(error));
      }
    }
    status.isComplete = true;
  }

  const indexer: DocsIndexer = {
    refresh() {
      if (stop.signal.aborted) return;
      isWanted = true;
      running ??= refreshAll().finally(() => {
        running = undefined;
        isFirst = false;
      });
    },
    async ready() {
      if (isFirst) indexer.refresh();
      await running;
    },
    async settle(signal, graceMs, maxFiles) {
      if (!isFirst || stop.signal.aborted) return;
      if (!running) indexer.refresh();
      await succeeds(open);
      const isWorth = (): boolean =>
        isFirst && !signal.aborted && !stop.signal.aborted && (status.toWrite ?? 0) <= maxFiles;
      for (const until = performance.now() + graceMs; isWorth() && performance.now() < until;)
        await succeeds(() => Promise.race([running, work.wait(Math.min(GRACE_STEP_MS, until - performance.now()))]));
    },
    use(action) {
      try {
        return index && action(index);
      } catch (error) {
        if (troubleOf(error) === 'corrupt') {
          remaking = 'damaged';
          indexer.refresh();
        }
        throw error;
      }
    },
    rebuild() {
      remaking = 'wanted';
      indexer.resume();
      indexer.refresh();
    },
    pause() {
      isPaused = true;
      work.pause();
    },
    resume() {
      isPaused = false;
      work.resume();
    },
    isPaused: () => isPaused,
    state: () => stateOf(index, status, options.budget),
    async close() {
      stop.abort();
      work.stop();
      await running;
      await succeeds(async () => opening);
      index?.database.close();
      index = undefined;
    },
  };
  return indexer;
}

export interface DocsIndexerOptions {
  readonly workspace: Workspace;
  readonly addedFolders: readonly string[];
  readonly file: string | undefined;
  readonly engine: EngineName | undefined;
  readonly budget: DocsBudget;
  readonly lister: DocsLister;
}

export interface DocsIndexer {
  refresh(): void;
  ready(): Promise<void>;
  /** Waits until the index is open and, while its first refresh has few files to write, `graceMs` for that. */
  settle(signal: CancelSignal, graceMs: number, maxFiles: number): Promise<void>;
  /** The action's value; undefined when there is no open index. When it finds damage, the index is made anew. */
  use<T>(action: (index: DocsIndex) => T): T | undefined;
  /** Throws away what is indexed and makes it anew, after the refresh that runs; paused indexing goes on. */
  rebuild(): void;
  pause(): void;
  resume(): void;
  isPaused(): boolean;
  state(): DocsState;
  close(): Promise<void>;
}

interface Status {
  left: LeftOut;
  isComplete: boolean;
  /** Documents that the refresh has to write; undefined until that is known. */
  toWrite: number | undefined;
}

const MAX_REBUILDS = 1;
const GRACE_STEP_MS = 10;

interface RefreshOnce extends DocsIndexerOptions {
  readonly work: SlicedWork;
  readonly signal: AbortSignal;
  readonly index: DocsIndex;
  readonly status: Status;
}

async function refreshOnce(run: RefreshOnce): Promise<void> {
  const left = nothingLeftOut();
  run.work.restart();
  const addedFolders = openAddedFolders(run.workspace, run.addedFolders, left.notes);
  const docs = await collectDocs({ ...run, addedFolders }, left);
  const onPlan = (changes: number): void => void (run.status.toWrite = changes);
  await refreshIndex({ ...run, left, onPlan }, docs);
  run.status.left = left;
}

function stateOf(index: DocsIndex | undefined, { left, isComplete }: Status, budget: DocsBudget): DocsState {
  let counts: DocsCounts = { files: 0, sections: 0, binary: 0 };
  let made = false;
  const leftOut = leftOutSentences(left, budget);
  try {
    counts = index?.counts() ?? counts;
    made = index?.isMade() ?? made;
  } catch (error) {
    leftOut.push(failureSentence(error));
  }
  if (index?.database.note) leftOut.push(index.database.note);
  return { filesIndexed: counts.files, sectionsIndexed: counts.sections, complete: isComplete, made, leftOut };
}

/** How the sentence begins that says so, among those on what is left out. */
export const INDEX_FAILED = 'The docs index is not complete because';

function failureSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return troubleOf(error) === 'storage'
    ? `${INDEX_FAILED} it could not be written (${message}). Free space or allow writing there.`
    : `${INDEX_FAILED} indexing failed (${message}).`;
}

async function succeeds(action: () => Promise<unknown> | undefined): Promise<boolean> {
  try {
    await action();
    return true;
  } catch {
    return false;
  }
}
