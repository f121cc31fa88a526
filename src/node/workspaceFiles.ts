/** The files of a workspace that are searched: what ripgrep lists by its ignore rules, as the grep tool looks into it. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { FindRipgrepOptions } from '#node/ripgrep/findRipgrep.ts';
import { listFiles } from '#node/ripgrep/listFiles.ts';
import { joinLabel, type Workspace, type WorkspaceRoot } from '#node/workspace.ts';

export interface WorkspaceFiles {
  /**
   * Workspace paths in the order of the roots and then of the alphabet, secrets and lock files among them; the same set
   * as long as it is kept. Empty where nothing can be listed. Never rejects.
   */
  paths(): Promise<ReadonlySet<string>>;
  /** Has the next call list them anew: files have changed. */
  forget(): void;
  /** Ends what runs. */
  close(): void;
}

export interface WorkspaceFilesOptions {
  readonly workspace: Workspace;
  readonly ripgrep: FindRipgrepOptions;
  /** Age in milliseconds at which a list is made anew; 5,000 by default. */
  readonly keptMs?: number | undefined;
}

/** Lists are made when they are asked for, and kept for some seconds. */
export function createWorkspaceFiles({ workspace, ripgrep, keptMs = 5_000 }: WorkspaceFilesOptions): WorkspaceFiles {
  const stop = new AbortController();
  let kept: { readonly listed: Promise<ReadonlySet<string>>; endMs: number } | undefined;

  const paths = (): Promise<ReadonlySet<string>> => {
    if (kept && performance.now() < kept.endMs) return kept.listed;
    const fresh = { listed: listAll(workspace, ripgrep, stop.signal), endMs: Infinity };
    void fresh.listed.then(() => (fresh.endMs = performance.now() + keptMs));
    kept = fresh;
    return fresh.listed;
  };
  return {
    paths,
    forget: () => (kept = undefined),
    close: () => stop.abort(),
  };
}

const TIMEOUT_MS = 10_000;

async function listAll(
  { roots }: Workspace,
  ripgrep: FindRipgrepOptions,
  signal: CancelSignal,
): Promise<ReadonlySet<string>> {
  return new Set((await Promise.all(roots.map((root) => listRoot(root, ripgrep, signal)))).flat());
}

async function listRoot({ label, directory }: WorkspaceRoot, ripgrep: FindRipgrepOptions, signal: CancelSignal) {
  const { paths } = await listFiles(ripgrep, directory, { signal, timeoutMs: TIMEOUT_MS });
  return paths.map((path) => joinLabel(label, path));
}
