/**
 * The folders that a question is about, and the only way from a workspace path to a file on disk.
 *
 * A workspace path is `/`-separated and relative: to the folder when there is one, else to a folder's label
 * (`api/src/main.ts`). Docs outside of the workspace are `~docs/LABEL/…`. `resolve` refuses whatever leaves the
 * workspace: `..`, absolute paths, and symbolic links that point outside.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';

export interface WorkspaceRoot {
  /** Empty for the only folder of a workspace. */
  readonly label: string;
  /** Absolute, symbolic links resolved. */
  readonly directory: string;
}

/** What is wrong with a folder, as a sentence for people. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

export const DOCS_PREFIX = '~docs';

export class Workspace {
  readonly roots: readonly WorkspaceRoot[];
  #docsRoots = new Map<string, string>();

  private constructor(roots: readonly WorkspaceRoot[]) {
    this.roots = roots;
  }

  /** Opens folders; throws `WorkspaceError` for one that is missing, no folder, or not readable. */
  static open(directories: readonly string[]): Workspace {
    const real = [...new Set(directories.map(openDirectory))];
    const labels = folderLabels(real);
    return new Workspace(real.map((directory, i) => ({ label: real.length === 1 ? '' : labels[i]!, directory })));
  }

  /**
   * Makes a folder outside of the workspace readable as `~docs/LABEL/…`. Throws `WorkspaceError` for a folder that
   * cannot be opened, and for a label that cannot be one part of a path.
   */
  addDocsRoot(label: string, directory: string): void {
    if (label === '' || label === '.' || label === '..' || /[/\\\0]/.test(label))
      throw new WorkspaceError(`${JSON.stringify(label)} cannot name a docs folder. Use a name without slashes.`);
    this.#docsRoots.set(label, openDirectory(directory));
  }

  /** The absolute path of a workspace path, or undefined if it leads out of the workspace or to nothing. */
  resolve(path: string): string | undefined {
    const place = this.#rootOf(path);
    if (!place || path.includes('\0')) return undefined;
    const absolute = resolve(place.directory, place.rest);
    if (!isInside(place.directory, absolute)) return undefined;
    try {
      const real = realpathSync.native(absolute);
      return isInside(place.directory, real) ? real : undefined;
    } catch {
      return undefined;
    }
  }

  /** The workspace path of an absolute path, or undefined if it is in none of the folders. */
  pathOf(absolute: string): string | undefined {
    for (const root of this.roots)
      if (isInside(root.directory, absolute))
        return joinLabel(root.label, toSlashes(relative(root.directory, absolute)));
    for (const [label, directory] of this.#docsRoots)
      if (isInside(directory, absolute)) return `${DOCS_PREFIX}/${label}/${toSlashes(relative(directory, absolute))}`;
    return undefined;
  }

  #rootOf(path: string): { directory: string; rest: string } | undefined {
    if (isAbsolute(path)) return undefined;
    const parts = path.split('/');
    if (parts.includes('..')) return undefined;
    const docs = parts[0] === DOCS_PREFIX ? this.#docsRoots.get(parts[1] ?? '') : undefined;
    if (docs !== undefined) return { directory: docs, rest: parts.slice(2).join('/') };
    const only = this.roots.length === 1 ? this.roots[0] : undefined;
    if (only) return { directory: only.directory, rest: path };
    const root = this.roots.find((candidate) => candidate.label === parts[0]);
    return root && { directory: root.directory, rest: parts.slice(1).join('/') };
  }
}

export const joinLabel = (label: string, path: string): string => (label ? `${label}/${path}` : path);

const toSlashes = (path: string): string => (sep === '/' ? path : path.split(sep).join('/'));

function isInside(directory: string, absolute: string): boolean {
  const way = relative(directory, absolute);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

function openDirectory(directory: string): string {
  try {
    const real = realpathSync.native(resolve(directory));
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM')
      throw new WorkspaceError(`No permission to open ${directory}. Choose a folder that you may read.`);
    throw new WorkspaceError(`There is no folder ${directory}. Check the path.`);
  }
  throw new WorkspaceError(`${directory} is a file. Name the folder that holds it.`);
}

/** What the paths of several folders begin with, in order: the folders' names, told apart by numbers. */
export function folderLabels(directories: readonly string[]): string[] {
  const used = new Set<string>([DOCS_PREFIX]);
  return directories.map((directory) => {
    const name = basename(directory) || 'root';
    let label = name;
    for (let n = 2; used.has(label); n++) label = `${name}-${n}`;
    used.add(label);
    return label;
  });
}
