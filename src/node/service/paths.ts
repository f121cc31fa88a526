/** The files and folders of a workspace, to be named in a question: all that is searched, without what is kept secret. */
import { knownPaths, rankPaths, type KnownPath } from '#core/search/pathMatch.ts';
import type { FindRipgrepOptions } from '#node/ripgrep/findRipgrep.ts';
import { listFiles } from '#node/ripgrep/listFiles.ts';
import { isNoise, isSecret } from '#node/secrets.ts';
import { joinLabel, type Workspace, type WorkspaceRoot } from '#node/workspace.ts';

export interface WorkspacePaths {
  /**
   * Workspace paths for what was typed after `@`, best first (`rankPaths`); folders end with `/`. Empty where nothing
   * can be listed. Never rejects.
   */
  complete(typed: string, limit: number): Promise<string[]>;
  /** All files, in the order of the roots and then of the alphabet. Never rejects. */
  files(): Promise<readonly string[]>;
  /** Ends what runs. */
  close(): void;
}

export interface PathsOptions {
  readonly workspace: Workspace;
  readonly ripgrep: FindRipgrepOptions;
  /** Age in milliseconds at which a list is made anew; 5,000 by default. */
  readonly keptMs?: number;
}

/** Lists are made when they are asked for, and kept for some seconds. */
export function createWorkspacePaths({ workspace, ripgrep, keptMs = 5_000 }: PathsOptions): WorkspacePaths {
  const stop = new AbortController();
  let kept: { readonly list: Promise<Listed>; endMs: number } | undefined;

  const list = (): Promise<Listed> => {
    if (kept && performance.now() < kept.endMs) return kept.list;
    const fresh = { list: listAll(workspace, ripgrep, stop.signal), endMs: Infinity };
    void fresh.list.then(() => (fresh.endMs = performance.now() + keptMs));
    kept = fresh;
    return fresh.list;
  };
  return {
    complete: async (typed, limit) => rankPaths(typed, (await list()).known(), Math.min(limit, MAX_PATHS)),
    files: async () => (await list()).files,
    close: () => stop.abort(),
  };
}

/** Paths of one answer. */
const MAX_PATHS = 200;
/** Files of a workspace that are known. */
const MAX_FILES = 200_000;
const TIMEOUT_MS = 10_000;

interface Listed {
  readonly files: readonly string[];
  readonly known: () => readonly KnownPath[];
}

async function listAll(workspace: Workspace, ripgrep: FindRipgrepOptions, signal: AbortSignal): Promise<Listed> {
  const lists = await Promise.all(workspace.roots.map((root) => listRoot(root, ripgrep, signal)));
  const files = lists.flat().slice(0, MAX_FILES);
  let known: readonly KnownPath[] | undefined;
  return { files, known: () => (known ??= knownPaths(files)) };
}

async function listRoot({ label, directory }: WorkspaceRoot, ripgrep: FindRipgrepOptions, signal: AbortSignal) {
  const { paths } = await listFiles(ripgrep, directory, { signal, timeoutMs: TIMEOUT_MS });
  return paths.filter((path) => !isSecret(path) && !isNoise(path)).map((path) => joinLabel(label, path));
}
