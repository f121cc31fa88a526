/** Where the programs that are called by their names lie. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The full path of a program on the PATH, undefined if there is none. The operating system is not asked to find it: it
 * would look into relative folders of the PATH, and Windows into the current folder first, which may be a workspace that
 * has put a program of that name there.
 *
 * @param name as it is on Windows without `.exe`.
 */
export const findProgram = (name: string): string | undefined =>
  onPath(process.platform === 'win32' ? `${name}.exe` : name).find(isProgram);

/** Where a file of this name could be. Relative folders on the PATH are left out: they could lead into the workspace. */
export const onPath = (fileName: string, path: string = process.env['PATH'] ?? ''): string[] =>
  path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, fileName));

/** Whether it is a file, or a link to one, that may be run. */
export function isProgram(file: string): boolean {
  try {
    const real = realpathSync(file);
    accessSync(real, constants.X_OK);
    return statSync(real).isFile();
  } catch {
    return false;
  }
}
