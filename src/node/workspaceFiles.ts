/** The files of a workspace that are searched: what ripgrep lists by its ignore rules, as the grep tool looks into it. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { FindRipgrepOptions } from '#node/ripgrep/findRipgrep.ts';
import { listFiles } from '#node/ripgrep/listFiles.ts';
import { joinLabel, type Workspace } from '#node/workspace.ts';

export interface WorkspaceFiles {
  /** The same listing as long as it is kept. Never rejects. */
  list(): Promise<FileListing>;
  /** Has the next call list them anew: files have changed. */
  forget(): void;
  /** Ends what runs. */
  close(): void;
}

export interface FileListing {
  /** Workspace paths in the order of the roots and then of the alphabet, secrets and lock files among them. */
  readonly paths: ReadonlySet<string>;
  /** False where files may be missing, all of them perhaps. */
  readonly isWhole: boolean;
}

export interface WorkspaceFilesOptions {
  readonly workspace: Workspace;
  readonly ripgrep: FindRipgrepOptions;
  /** Age in milliseconds at which a list is made anew; 5,000 by default. */
  readonly keptMs?: number | undefined;
}

/** Files are listed when they are asked for. What is whole is kept for some seconds. */
export function createWorkspaceFiles({ workspace, ripgrep, keptMs = 5_000 }: WorkspaceFilesOptions): WorkspaceFiles {
  const stop = new AbortController();
  let kept: { readonly listing: Promise<FileListing>; endMs: number } | undefined;
  return {
    list() {
      if (kept && performance.now() < kept.endMs) return kept.listing;
      const fresh = { listing: listAll(workspace, ripgrep, stop.signal), endMs: Infinity };
      void fresh.listing.then(({ isWhole }) => (fresh.endMs = isWhole ? performance.now() + keptMs : 0));
      kept = fresh;
      return fresh.listing;
    },
    forget: () => (kept = undefined),
    close: () => stop.abort(),
  };
}

const TIMEOUT_MS = 10_000;

async function listAll({ roots }: Workspace, ripgrep: FindRipgrepOptions, signal: CancelSignal): Promise<FileListing> {
  const lists = await Promise.all(
    roots.map(async ({ label, directory }) => {
      const { paths, trouble } = await listFiles(ripgrep, directory, { signal, timeoutMs: TIMEOUT_MS });
      return { paths: paths.map((path) => joinLabel(label, path)), isWhole: trouble === undefined };
    }),
  );
  return { paths: new Set(lists.flatMap(({ paths }) => paths)), isWhole: lists.every(({ isWhole }) => isWhole) };
}
