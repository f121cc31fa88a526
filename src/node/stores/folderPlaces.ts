/**
 * Where the folders of a workspace lie in their repositories, told from the file system alone: no program is run, so
 * that it may be asked of folders that nobody trusts.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { FolderPlace } from '#core/feedback/sharedPaths.ts';
import { folderLabels } from '#node/workspace.ts';

/**
 * One place for each different folder, in order. `directories`: full paths. A folder without a repository, or one that
 * is not there, counts as a repository of its own.
 */
export function folderPlaces(directories: readonly string[]): FolderPlace[] {
  const real = [...new Set(directories.map(realPath))];
  const labels = folderLabels(real);
  const tops = real.map(repositoryTop);
  const different = [...new Set(tops)];
  const names = folderLabels(different);
  return real.map((directory, i) => {
    const inside = relative(tops[i]!, directory).split(sep).join('/');
    return {
      name: real.length === 1 ? '' : labels[i]!,
      repository: names[different.indexOf(tops[i]!)]!,
      prefix: inside ? `${inside}/` : '',
    };
  });
}

/** The top of the repository around a folder, else the folder itself. */
function repositoryTop(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(resolve(at, '.git'))) return at;
    if (dirname(at) === at) return directory;
  }
}

function realPath(directory: string): string {
  try {
    return realpathSync.native(directory);
  } catch {
    return resolve(directory);
  }
}
