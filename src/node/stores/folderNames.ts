/**
 * How workspace paths are kept, so that they mean the same files when other folders are open: on disk every path begins
 * with the name of its folder, and a table says which folder (by its URI) has that name. Shown paths are those of the
 * workspace that is open now. A path of a folder that is not open is shown as `../NAME/…`, which leads to no file.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DOCS_PREFIX, folderLabels } from '#node/workspace.ts';

export interface NamedFolder {
  readonly uri: string;
  /** One part of a path, the only one of its table. */
  readonly name: string;
}

/** The open folders. */
export interface OpenFolders {
  readonly named: readonly NamedFolder[];
  /** Whether paths of the workspace begin with no name, as they do with a single folder. */
  readonly isSingle: boolean;
}

/** Names the open folders as the workspace's paths do. */
export function openFolders(uris: readonly string[]): OpenFolders {
  const places = uris.map(placeOf);
  const different = [...new Set(places)];
  const labels = folderLabels(different);
  const named = uris.map((uri, i) => ({ uri, name: labels[different.indexOf(places[i]!)]! }));
  return { named, isSingle: different.length === 1 };
}

/** Names a file or folder of a store after a folder: 16 hex digits. */
export const folderKey = (uri: string): string => createHash('sha256').update(uri).digest('hex').slice(0, 16);

/** The open folders and those of earlier tables, each once and each with a name of its own. */
export function folderTable(open: OpenFolders, earlier: readonly NamedFolder[]): NamedFolder[] {
  const table = [...open.named];
  const used = new Set([DOCS_PREFIX, ...table.map(({ name }) => name)]);
  for (const { uri, name } of earlier) {
    if (table.some((folder) => folder.uri === uri)) continue;
    let own = name;
    for (let n = 2; used.has(own); n++) own = `${name}-${n}`;
    used.add(own);
    table.push({ uri, name: own });
  }
  return table;
}

/** A kept path as a path of the open workspace. */
export function shownPath(path: string, table: readonly NamedFolder[], open: OpenFolders): string {
  const { name, rest } = split(path);
  const uri = table.find((folder) => folder.name === name)?.uri;
  if (uri === undefined) return path;
  const now = open.named.find((folder) => folder.uri === uri);
  if (!now) return `${CLOSED}${path}`;
  return open.isSingle ? rest : join(now.name, rest);
}

/** A path of the open workspace as it is kept by `table`; `earlier` names the folders of paths that are not open. */
export function keptPath(
  path: string,
  table: readonly NamedFolder[],
  open: OpenFolders,
  earlier: readonly NamedFolder[],
): string {
  if (path.startsWith(CLOSED)) {
    const { name, rest } = split(path.slice(CLOSED.length));
    const uri = earlier.find((folder) => folder.name === name)?.uri;
    const kept = table.find((folder) => folder.uri === uri);
    return kept ? join(kept.name, rest) : path;
  }
  if (!open.isSingle || split(path).name === DOCS_PREFIX) return path;
  return join(open.named[0]!.name, path);
}

const CLOSED = '../';

const join = (name: string, rest: string): string => (rest ? `${name}/${rest}` : name);

function split(path: string): { name: string; rest: string } {
  const slash = path.indexOf('/');
  return slash < 0 ? { name: path, rest: '' } : { name: path.slice(0, slash), rest: path.slice(slash + 1) };
}

/** The real path of a folder on this machine; else what stands for it. */
function placeOf(uri: string): string {
  try {
    return realpathSync.native(fileURLToPath(uri));
  } catch {
    return uri.replace(/\/+$/, '');
  }
}
