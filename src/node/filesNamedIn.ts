/** The files that a question names, of those that are searched: what is ignored, secret or out of its scope is not read. */
import { sep } from 'node:path';
import { MAX_NAMED } from '#core/agent/namedPlaces.ts';
import { insideOfScope } from '#core/agent/scopedTools.ts';
import type { CancelSignal } from '#core/agent/tools.ts';
import { askedKind } from '#core/search/askedKind.ts';
import { mayNameFiles, namedPlaces, type NamedPlace } from '#core/search/fileMentions.ts';
import { inTime } from '#node/inTime.ts';
import { isSecret } from '#node/secrets.ts';
import { joinLabel, type Workspace } from '#node/workspace.ts';
import type { WorkspaceFiles } from '#node/workspaceFiles.ts';

export interface NamingSearch {
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
  /** Workspace files and folders that the question stays inside of; the whole workspace when empty. */
  readonly scope: readonly string[];
  readonly signal?: CancelSignal | undefined;
}

/** None where the files cannot be listed within a second. */
export async function filesNamedIn(question: string, search: NamingSearch): Promise<readonly NamedPlace[]> {
  const { workspace, files, scope, signal = new AbortController().signal } = search;
  const text = withoutRoots(question, workspace);
  if (!mayNameFiles(text)) return [];
  const listing = await inTime(files.list(), { signal, timeoutMs: LISTING_MS });
  if (listing === 'late') return [];
  const isInside = insideOfScope(scope, askedKind(question));
  return namedPlaces(text, listing.paths, MAX_NAMED, (path) => isInside(path) && !isSecret(path));
}

const LISTING_MS = 1_000;

/** Full paths inside of the workspace as workspace paths. */
const withoutRoots = (text: string, { roots }: Workspace): string =>
  roots.reduce((left, { label, directory }) => left.replaceAll(`${directory}${sep}`, joinLabel(label, '')), text);
