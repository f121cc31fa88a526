/** The files and folders of a workspace, to be named in a question: all that is searched, without what is kept secret. */
import { knownPaths, rankPaths, type KnownPath } from '#core/search/pathMatch.ts';
import { isNoise, isSecret } from '#node/secrets.ts';
import type { WorkspaceFiles } from '#node/workspaceFiles.ts';

export interface WorkspacePaths {
  /**
   * Workspace paths for what was typed after `@`, best first (`rankPaths`); folders end with `/`. Empty where nothing
   * can be listed. Never rejects.
   */
  complete(typed: string, limit: number): Promise<string[]>;
  /** All files, in the order of the roots and then of the alphabet. Never rejects. */
  files(): Promise<readonly string[]>;
}

/** @param listed the files that are searched. */
export function createWorkspacePaths(listed: Pick<WorkspaceFiles, 'list'>): WorkspacePaths {
  let last: { readonly of: ReadonlySet<string>; readonly named: Named } | undefined;
  const named = async (): Promise<Named> => {
    const { paths: of } = await listed.list();
    if (last?.of !== of) last = { of, named: namedOf(of) };
    return last.named;
  };
  return {
    complete: async (typed, limit) => rankPaths(typed, (await named()).known(), Math.min(limit, MAX_PATHS)),
    files: async () => (await named()).files,
  };
}

/** Paths of one answer. */
const MAX_PATHS = 200;
/** Files of a workspace that are known. */
const MAX_FILES = 200_000;

interface Named {
  readonly files: readonly string[];
  readonly known: () => readonly KnownPath[];
}

function namedOf(paths: ReadonlySet<string>): Named {
  const files = [...paths].filter((path) => !isSecret(path) && !isNoise(path)).slice(0, MAX_FILES);
  let known: readonly KnownPath[] | undefined;
  return { files, known: () => (known ??= knownPaths(files)) };
}
