/** The files and folders that another agent wants a search to stay inside of, as workspace paths. */
import { realpathSync } from 'node:fs';
import { isAbsolute, posix, sep } from 'node:path';
import { QuestionError } from '#node/searcher.ts';
import type { Workspace } from '#node/workspace.ts';

/**
 * Agents name places as they know them: relative to the workspace, or by full paths. Empty where nothing is narrowed.
 * Throws `QuestionError` for what is not in the workspace.
 */
export function agentScope(workspace: Workspace, places: readonly string[] = []): string[] {
  const paths = places.map((place) => workspacePath(workspace, place));
  return paths.includes('') ? [] : [...new Set(paths)];
}

function workspacePath(workspace: Workspace, place: string): string {
  const plain = posix.normalize(sep === '\\' ? place.replaceAll('\\', '/') : place).replace(/\/$/, '');
  if (!isAbsolute(place) && plain === '.') return '';
  const path = isAbsolute(place) ? fromFullPath(workspace, place) : plain;
  if (path === '') return '';
  if (path === undefined || workspace.resolve(path) === undefined)
    throw new QuestionError(
      `There is no ${JSON.stringify(place.slice(0, 200))} in this workspace. Correct the scope, or leave it out.`,
    );
  return path;
}

function fromFullPath(workspace: Workspace, place: string): string | undefined {
  try {
    return workspace.pathOf(realpathSync.native(place));
  } catch {
    return undefined;
  }
}
