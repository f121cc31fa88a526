/**
 * From workspace paths to the files that the editor knows, and back. Names are those of `node/workspace.ts`, so both
 * sides mean the same file; what leads out of the workspace is nothing here either.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Workspace } from '#node/workspace.ts';

export interface WorkspacePaths {
  /** The folders that are there, full paths as the editor names them. */
  readonly folders: readonly string[];
  /** Full path of a file of the workspace, below its folder as the editor names it; undefined if there is none. */
  fileOf(path: string): string | undefined;
  /** Workspace path of a file; undefined if it is in none of the folders. The file need not exist any more. */
  pathOf(file: string): string | undefined;
}

/** @param folders full paths of folders on disk; those that are gone are left out. */
export function createWorkspacePaths(folders: readonly string[]): WorkspacePaths {
  const present = folders.filter(isFolder);
  const workspace = present.length ? Workspace.open(present) : undefined;
  const named = new Map(present.toReversed().map((folder) => [realpathSync.native(folder), folder]));
  return {
    folders: present,
    fileOf(path) {
      if (!workspace?.resolve(path)) return undefined;
      const root = workspace.roots.find(({ label }) => label === '' || path === label || path.startsWith(`${label}/`));
      return root && join(named.get(root.directory)!, root.label ? path.slice(root.label.length + 1) : path);
    },
    pathOf: (file) => workspace?.pathOf(realFile(file)),
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Of a file that is gone, the folder may be named by another path still. */
function realFile(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    const folder = dirname(file);
    return folder === file ? file : join(realFile(folder), file.slice(folder.length));
  }
}
