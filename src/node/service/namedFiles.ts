/** The files behind the paths that answers name. */
import { setTimeout as delay } from 'node:timers/promises';
import type { IndexedDocs } from '#node/docs/docsTool.ts';
import { siteUrlOf } from '#node/docsSite/siteUrlOf.ts';
import type { NamedFile } from '#node/service/searchService.ts';
import { DOCS_PREFIX, type Workspace } from '#node/workspace.ts';

/** One for each path, in order; undefined for what is not there or leads out of the workspace. */
export const namedFiles = (workspace: Workspace, paths: readonly string[]): (NamedFile | undefined)[] =>
  paths.map((path) => {
    const file = workspace.resolve(path);
    if (file === undefined) return undefined;
    // Only what lies among the docs was put there by a crawl: a workspace may hold anything.
    const url = isDocsPath(path) ? siteUrlOf(file) : undefined;
    return { file, ...(url !== undefined && { url }) };
  });

const isDocsPath = (path: string): boolean => path.startsWith(`${DOCS_PREFIX}/`);

/** Longest wait for folders of docs, in milliseconds. */
const MOST_WAIT_MS = 3_000;

/**
 * Waits until it is known what lies under `~docs/`, if one of the paths does: the folders of docs are found when the
 * index is brought up to date, which a process that has just started has still to do.
 */
export async function docsFound(
  workspace: Workspace,
  docs: IndexedDocs | undefined,
  paths: readonly string[],
): Promise<void> {
  const isUnknown = (path: string): boolean => isDocsPath(path) && workspace.resolve(path) === undefined;
  if (!docs || !paths.some(isUnknown)) return;
  const stop = new AbortController();
  const wait = delay(MOST_WAIT_MS, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  await Promise.race([docs.ready(), wait]);
  stop.abort();
}
