/**
 * Brings the docs index in line with the files: what is new or changed is read, split and written, what is gone is
 * taken out. Size and times say quickly what has not changed; the hash of the bytes says it surely.
 */
import { splitDoc } from '#core/search/docSections.ts';
import { troubleOf } from '#node/sqlite.ts';
import type { Workspace } from '#node/workspace.ts';
import type { DocsBudget, LeftOut } from './docsBudget.ts';
import type { CollectedDocs } from './docsSources.ts';
import { fileFacts, readContent, type DocsFile, type FileFacts } from './docsFile.ts';
import {
  BINARY,
  putDocument,
  removeDocument,
  touchDocument,
  type DocsIndex,
  type StoredDocument,
} from './docsIndex.ts';
import type { SlicedWork } from './slicedWork.ts';

export interface Refresh {
  readonly workspace: Workspace;
  readonly index: DocsIndex;
  readonly budget: DocsBudget;
  readonly work: SlicedWork;
  readonly left: LeftOut;
  /** Told the number of documents to write and to take out. */
  readonly onPlan: (changes: number) => void;
}

/** Rejects with SQLite's errors and with `WorkStopped`; whatever was written until then stays. */
export async function refreshIndex(refresh: Refresh, docs: CollectedDocs): Promise<void> {
  const { index, work, left } = refresh;
  const stored = await patiently(work, () => index.documents());
  const changes = await work.run(planRefresh(refresh, docs, stored));
  refresh.onPlan(changes.length);
  if (changes.length) left.notYet = changes.length - (await applyChanges(refresh, changes));
  await finishOthers(refresh, changes);
  if (docs.isWhole && left.notYet === 0) await patiently(work, () => index.isMade() || index.setMade());
  left.binary = await patiently(work, () => index.counts().binary);
}

interface PlannedFile extends DocsFile, FileFacts {}

/** A path without a file is to be taken out. */
interface Change {
  readonly path: string;
  readonly file?: PlannedFile;
}

/** Tries while another process writes, `BUSY_WAIT_MS` apart. */
const MAX_TRIES = 2_000;
const BUSY_WAIT_MS = 25;
const OTHERS_TRIES = 80;

function* planRefresh(
  refresh: Refresh,
  docs: CollectedDocs,
  stored: ReadonlyMap<string, StoredDocument>,
): Generator<void, Change[]> {
  const wanted = new Set<string>();
  const changes: Change[] = [];
  for (const file of yield* withinBudget(refresh, docs.files)) {
    wanted.add(file.path);
    const known = stored.get(file.path);
    const isFresh =
      known !== undefined &&
      known.hash !== null &&
      known.source === file.source &&
      known.sizeBytes === file.sizeBytes &&
      known.stamp !== 0 &&
      known.stamp === file.stamp;
    if (!isFresh) changes.push({ path: file.path, file });
  }
  // A failed listing says nothing about the files that it does not name.
  const gone = docs.isWhole ? [...stored.keys()].filter((path) => !wanted.has(path)) : [];
  return [...gone.map((path) => ({ path })), ...changes];
}

function* withinBudget(
  { workspace, budget, left }: Refresh,
  files: readonly DocsFile[],
): Generator<void, PlannedFile[]> {
  const planned: PlannedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const facts = fileFacts(workspace, file.path);
    yield;
    if (!facts) continue;
    if (facts.sizeBytes > budget.maxFileBytes) left.tooLarge++;
    else if (planned.length >= budget.maxFiles) left.beyondFiles++;
    else if (bytes + facts.sizeBytes > budget.maxBytes) left.beyondBytes++;
    else {
      bytes += facts.sizeBytes;
      planned.push({ ...file, ...facts });
    }
  }
  return planned;
}

/** Makes the changes, slice by slice, as long as the budget's time lasts; returns how many were made. */
async function applyChanges(refresh: Refresh, changes: readonly Change[]): Promise<number> {
  const { index, work, budget } = refresh;
  let reached = 0;
  function* steps(): Generator<void> {
    for (; reached < changes.length && work.usedMs() <= budget.maxWorkMs; reached++) {
      yield* change(refresh, changes[reached]!);
      yield;
    }
  }
  let committed = 0;
  await patiently(work, async () => {
    // A slice that failed is undone as a whole. What it began is begun again, what stands already is passed over.
    reached = committed;
    await work.run(steps(), (slice) => {
      index.database.transaction(slice);
      committed = reached;
    });
  });
  return reached;
}

/**
 * Documents that another process has taken over: it gets some time to finish them, as two that take them from each
 * other would never end. Then it has been killed, and they are written here.
 */
async function finishOthers(refresh: Refresh, changes: readonly Change[]): Promise<void> {
  const { index, work, budget } = refresh;
  for (let tries = 0; work.usedMs() <= budget.maxWorkMs; tries++) {
    const unfinished = new Set(await patiently(work, () => index.unfinished()));
    const left = changes.filter((change) => unfinished.has(change.path));
    if (left.length === 0) return;
    if (tries >= OTHERS_TRIES) return void (await applyChanges(refresh, left));
    await work.wait(BUSY_WAIT_MS);
  }
}

/** Tries again while another process keeps the database locked. */
async function patiently<T>(work: SlicedWork, action: () => T | Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries >= MAX_TRIES || troubleOf(error) !== 'busy') throw error;
      await work.wait(BUSY_WAIT_MS);
    }
  }
}

function* change({ index, budget, left }: Refresh, { path, file }: Change): Generator<void> {
  const content = file && readContent(file.absolute, budget.maxFileBytes);
  if (!file || !content) {
    if (file) left.unreadable.add(path);
    return yield* removeDocument(index, path);
  }
  const { text, hash, sizeBytes, stamp } = content;
  const document = { path, source: file.source, hash: text === undefined ? BINARY : hash, sizeBytes, stamp };
  if (touchDocument(index.database, document)) return;
  yield* putDocument(index, document, text === undefined ? [] : splitDoc(path, text));
}
