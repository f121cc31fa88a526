/**
 * The workspace as the settings name it: opened at its first use, opened anew when settings that it hangs on change.
 * What still runs on the old one is done there, then the old one is closed.
 */
import { policySources } from '#node/policy/policySources.ts';
import { createSearcher, type WorkspaceSearcher } from '#node/searcher.ts';
import type { WantedPolicy } from '#node/searcherPolicies.ts';
import { findExamples } from '#node/service/examples.ts';
import { watchDocs, type DocsWatch } from '#node/service/docsWatch.ts';
import { createWorkspacePaths, type WorkspacePaths } from '#node/service/paths.ts';
import { ServiceError, type DocsStatus, type ServiceSettings } from '#node/service/searchService.ts';

export interface OpenWorkspace {
  readonly settings: ServiceSettings;
  readonly searcher: WorkspaceSearcher;
  readonly paths: WorkspacePaths;
  readonly docs: DocsWatch;
  /** Found once, as long as there are some. */
  examples(): Promise<readonly string[]>;
}

export interface LiveWorkspace {
  readonly settings: ServiceSettings;
  /**
   * Does `work` with the workspace of the settings in force, which stays open until it is done.
   * @throws WorkspaceError, and ServiceError where no folder is open
   */
  use<T>(work: (open: OpenWorkspace) => Promise<T>): Promise<T>;
  configure(settings: ServiceSettings): void;
  /** Brings the docs index up to date, if the workspace is open: files of it have changed. */
  docsChanged(): void;
  /** Whether the indexing of docs is held in workspaces that are opened from now on. */
  pauseLater(isPaused: boolean): void;
  close(): Promise<void>;
}

export function createLiveWorkspace(first: ServiceSettings, onDocs: (status: DocsStatus) => void): LiveWorkspace {
  let settings = first;
  let current: Lease | undefined;
  let isPaused = false;
  let isClosed = false;
  const closings = new Set<Promise<void>>();

  const openNow = (): Lease => {
    const lease: Lease = { opened: openWorkspace(settings, onDocs), users: 0, isRetired: false };
    current = lease;
    const forget = (): void => void (current === lease && (current = undefined));
    // Whoever uses it is told; the next use tries again.
    lease.opened.then((open) => begin(open, isPaused), forget);
    return lease;
  };
  const closeIfUnused = (lease: Lease): void => {
    if (!lease.isRetired || lease.users > 0) return;
    const closing = closeWorkspace(lease.opened).finally(() => closings.delete(closing));
    closings.add(closing);
  };
  const retire = (): boolean => {
    const old = current;
    current = undefined;
    if (!old) return false;
    old.isRetired = true;
    closeIfUnused(old);
    return true;
  };

  return {
    get settings() {
      return settings;
    },
    async use(work) {
      if (isClosed) throw new ServiceError('ended', 'Spoor was stopped before this was done.');
      const lease = current ?? openNow();
      lease.users++;
      try {
        return await work(await lease.opened);
      } finally {
        lease.users--;
        closeIfUnused(lease);
      }
    },
    configure(next) {
      const isOther = openingOf(next) !== openingOf(settings);
      settings = next;
      if (isOther && retire() && !isClosed) openNow();
    },
    docsChanged() {
      current?.opened.then(
        ({ docs }) => docs.refresh(true),
        () => undefined,
      );
    },
    pauseLater(pausing) {
      isPaused = pausing;
    },
    async close() {
      isClosed = true;
      retire();
      await Promise.all(closings);
    },
  };
}

interface Lease {
  readonly opened: Promise<OpenWorkspace>;
  users: number;
  isRetired: boolean;
}

/** What of the settings a workspace is opened by; the others are asked for with each question. */
const openingOf = ({ folders, storage, docsFolders, docs, history, rg, appRoot, runtime }: ServiceSettings): string =>
  JSON.stringify([folders, storage, docsFolders, docs, history, rg, appRoot, runtime]);

async function openWorkspace(settings: ServiceSettings, onDocs: (status: DocsStatus) => void): Promise<OpenWorkspace> {
  const { folders, storage, docsFolders, docs, history, rg, appRoot, runtime } = settings;
  if (folders.length === 0) throw new ServiceError('workspace', 'No folder is open. Open the folder to ask about.');
  const searcher = await createSearcher({
    directories: folders,
    storage,
    docsFolders,
    docs,
    history,
    runtime,
    ...(rg !== undefined && { rg }),
    ...(appRoot !== undefined && { appRoot }),
  });
  const paths = createWorkspacePaths(searcher.files);
  return {
    settings,
    searcher,
    paths,
    docs: watchDocs(docs ? searcher.tools.docs : undefined, onDocs),
    examples: rememberedExamples(searcher, paths),
  };
}

function rememberedExamples({ tools }: WorkspaceSearcher, paths: WorkspacePaths): OpenWorkspace['examples'] {
  let known: Promise<readonly string[]> | undefined;
  return () => {
    const finding = known ?? paths.files().then((files) => findExamples({ ...tools, files }));
    known = finding;
    void finding.then((found) => found.length || (known = undefined));
    return finding;
  };
}

/** What makes the first question quick and its answer complete. */
function begin({ settings, searcher, docs }: OpenWorkspace, isPaused: boolean): void {
  docs.pause(isPaused);
  docs.refresh();
  if (settings.history) searcher.tools.history.ready().catch(() => undefined);
  // A policy that cannot be used is told with the question.
  searcher.choosePolicy(askedPolicy(settings)).catch(() => undefined);
}

/** The default is not asked for by its name: a learned policy goes before it, and where it cannot run the written one takes its place. */
export const askedPolicy = ({ policy, ...places }: AskedPolicy): WantedPolicy =>
  policy === 'learned' ? policySources(places) : policy;

type AskedPolicy = Pick<ServiceSettings, 'policy' | 'folders' | 'policyFile' | 'policies'>;

async function closeWorkspace(opened: Promise<OpenWorkspace>): Promise<void> {
  const open = await opened.catch(() => undefined);
  open?.docs.close();
  await open?.searcher.close();
}
