/**
 * The docs tool: sections of the workspace's documents, of the docs of its installed dependencies, and of folders that
 * the user added, from an embedded index that is brought up to date in the background.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext, DocsResult, DocsState, DocsTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import type { Term } from '#core/search/words.ts';
import { pruneCaches } from '#node/pruneCaches.ts';
import { troubleOf } from '#node/sqlite.ts';
import type { EngineName } from '#node/sqliteEngines.ts';
import type { Workspace } from '#node/workspace.ts';
import { DEFAULT_DOCS_BUDGET, type DocsBudget } from './docsBudget.ts';
import { createDocsIndexer, type DocsIndexer } from './docsIndexer.ts';
import { createDocsLister, type DocsLister } from './listDocs.ts';
import { searchIndex } from './searchIndex.ts';

/**
 * Nothing is done before the first `refresh` or `search`.
 *
 * A search answers from what is indexed at its time. Only while the first refresh of this process is under way, and
 * while it has no more than `GRACE_FILES` documents to write, does a search wait for it, `graceMs` at most: a
 * program that asks one question of a small project gets its docs the first time, and nobody notices the delay.
 *
 * Failures of a search: `cancelled`, and `failed` after `close` and for an index that cannot be searched.
 */
export function createDocsTool(options: DocsToolOptions): IndexedDocs {
  const { workspace, addedFolders = [], graceMs = GRACE_MS } = options;
  const file = options.storageDirectory && join(options.storageDirectory, indexName(workspace, addedFolders));
  if (options.storageDirectory && file) pruneCaches(options.storageDirectory, file, INDEX_FILE);
  const indexer = createDocsIndexer({
    workspace,
    addedFolders,
    file,
    engine: options.engine,
    budget: { ...DEFAULT_DOCS_BUDGET, ...options.budget },
    lister: options.lister ?? createDocsLister({ setting: options.rg, appRoot: options.appRoot }),
  });
  return {
    search: (request, context) => search(indexer, request, context, graceMs),
    ready: () => indexer.ready(),
    refresh: () => indexer.refresh(),
    rebuild: () => indexer.rebuild(),
    pause: () => indexer.pause(),
    resume: () => indexer.resume(),
    isPaused: () => indexer.isPaused(),
    state: () => indexer.state(),
    close: () => indexer.close(),
  };
}

const INDEX_FILE = /^docs-[0-9a-f]{16}\.sqlite(?:\.bad|-wal|-shm|-journal)?$/;

export interface DocsToolOptions {
  readonly workspace: Workspace;
  /** Folder for the index; undefined keeps it in memory. Indexes of other workspaces may lie in it. */
  readonly storageDirectory: string | undefined;
  /** Further folders, inside or outside of the workspace. */
  readonly addedFolders?: readonly string[];
  /** `DEFAULT_DOCS_BUDGET` for what is not given. */
  readonly budget?: Partial<DocsBudget>;
  /** Longest wait of a search for a small first refresh, in milliseconds; 150 by default, 0 for none. */
  readonly graceMs?: number;
  /** Full path of the ripgrep program, set by the user; found by `findRipgrep` without it. */
  readonly rg?: string | undefined;
  /** VS Code's folder, where there may be a ripgrep too. */
  readonly appRoot?: string | undefined;
  /** Lists files instead of ripgrep. */
  readonly lister?: DocsLister;
  /** Forces one SQLite; the best of this Node by default. */
  readonly engine?: EngineName;
}

export interface IndexedDocs extends DocsTool {
  /** Resolves when all that was asked for by `refresh` until now is indexed, or the tool is closed. Never rejects. */
  ready(): Promise<void>;
  /** Brings the index up to date in the background; during a refresh another one is put behind it. */
  refresh(): void;
  /** Throws away what is indexed and makes it anew, after the refresh that runs; paused indexing goes on. */
  rebuild(): void;
  /** Holds the indexing at its next slice; searches go on. */
  pause(): void;
  resume(): void;
  isPaused(): boolean;
  state(): DocsState;
  /** Ends the indexing and closes the index. What is indexed stays for the next process. Never rejects. */
  close(): Promise<void>;
}

/** Documents that a first refresh may have to write for a search to wait for it. */
const GRACE_FILES = 200;
const GRACE_MS = 150;

async function search(
  indexer: DocsIndexer,
  request: { readonly terms: readonly Term[]; readonly limit: number },
  { signal, timeoutMs }: CallContext,
  graceMs: number,
): Promise<ToolResult<DocsResult>> {
  if (signal.aborted) return cancelled();
  await indexer.settle(signal, Math.min(graceMs, timeoutMs / 2), GRACE_FILES);
  if (signal.aborted) return cancelled();
  for (let tries = 0; ; tries++) {
    try {
      const sections = indexer.use((index) => searchIndex(index.database, request.terms, request.limit));
      if (!sections) return { ok: false, reason: 'failed', message: 'The docs index is closed.' };
      return { ok: true, value: { sections, state: indexer.state() } };
    } catch (error) {
      if (troubleOf(error) !== 'busy' || tries >= BUSY_TRIES) return failed(error);
      await delay(BUSY_WAIT_MS);
    }
  }
}

/** Tries of a search while another process writes, which only the WebAssembly SQLite lets it feel. */
const BUSY_TRIES = 10;
const BUSY_WAIT_MS = 15;

const failed = (error: unknown): ToolFailure => ({
  ok: false,
  reason: 'failed',
  message: `The docs index could not be searched (${error instanceof Error ? error.message : String(error)}).`,
});

const cancelled = (): ToolFailure => ({ ok: false, reason: 'cancelled', message: 'The docs search was cancelled.' });

/** The same folders in the same order have the same index. */
function indexName(workspace: Workspace, addedFolders: readonly string[]): string {
  const folders = JSON.stringify([workspace.roots.map((root) => root.directory), addedFolders]);
  return `docs-${createHash('sha256').update(folders).digest('hex').slice(0, 16)}.sqlite`;
}
