/**
 * Paths of a workspace as paths of its repositories, and back. What is shared with others names files from the top of
 * their repository, because everybody opens folders of their own choice.
 */
import { OUTSIDE_DOCS } from '#core/agent/tools.ts';
import type { FolderState } from '#core/feedback/feedbackEvent.ts';

/** Where a folder of the workspace lies. */
export interface FolderPlace {
  /** What its paths begin with; empty for a single folder. */
  readonly name: string;
  /** Name of the repository around it; the folder's own where there is none. Two repositories never have the same. */
  readonly repository: string;
  /** The folder inside of the repository: empty, or with a `/` at its end. */
  readonly prefix: string;
}

/** Stands before paths that lead to no file of this workspace. No path that begins with it is ever opened. */
const ELSEWHERE = '../';

/** A path of the workspace as it is shared: with several repositories it begins with the name of one. */
export function sharedPath(given: string, folders: readonly FolderPlace[]): string {
  const path = bare(given);
  if (isElsewhere(path)) return path;
  if (!isPlain(path)) return `${ELSEWHERE}${path}`;
  const [name, rest] = folders.length === 1 && folders[0]!.name === '' ? ['', path] : headOf(path);
  const folder = folders.find((one) => one.name === name);
  if (!folder) return `${ELSEWHERE}${path}`;
  const inRepository = joined(folder.prefix.replace(/\/$/, ''), rest);
  return repositoriesOf(folders).length === 1 ? inRepository : joined(folder.repository, inRepository);
}

/** The repositories of a workspace, as the folders of what is shared. `states`: of the workspace's folders. */
export function sharedFolders(folders: readonly FolderPlace[], states: readonly FolderState[]): FolderState[] {
  const names = repositoriesOf(folders);
  return names.map((repository) => {
    const own = folders.filter((folder) => folder.repository === repository).map(({ name }) => name);
    const commit = states.find((state) => own.includes(state.name) && state.commit !== undefined)?.commit;
    return { name: names.length === 1 ? '' : repository, repository, ...(commit !== undefined && { commit }) };
  });
}

export interface LocalPaths {
  /** A shared path as one of this workspace; of files that are not in it, one that leads nowhere. */
  pathOf(path: string): string;
  /** A shared scope as one of this workspace; undefined where all of it lies elsewhere. */
  scopeOf(scope: readonly string[]): readonly string[] | undefined;
  /** The workspace's folders as they were. */
  readonly states: readonly FolderState[];
}

/** `shared`: the folders of the answer. Undefined if none of its repositories is in this workspace. */
export function localPaths(shared: readonly FolderState[], folders: readonly FolderPlace[]): LocalPaths | undefined {
  const known = shared.flatMap((state) => {
    const repository = repositoryHere(state, shared, folders);
    return repository === undefined ? [] : [{ state, folders: folders.filter((one) => one.repository === repository) }];
  });
  if (known.length === 0) return undefined;
  /** The folders of a path's repository, and the path in it. */
  const split = (given: string): { readonly folders: readonly FolderPlace[]; readonly rest: string } | undefined => {
    const path = bare(given);
    if (!isPlain(path)) return undefined;
    const [name, rest] = shared.length === 1 && shared[0]!.name === '' ? ['', path] : headOf(path);
    const own = known.find(({ state }) => state.name === name);
    return own && { folders: own.folders, rest };
  };
  const pathOf = (path: string): string | undefined => {
    const { folders: own = [], rest = '' } = split(path) ?? {};
    const folder = own
      .filter(({ prefix }) => `${rest}/`.startsWith(prefix))
      .sort((a, b) => b.prefix.length - a.prefix.length)[0];
    return folder && joined(folder.name, rest.slice(folder.prefix.length));
  };
  return {
    pathOf: (path) => (isElsewhere(path) ? path : (pathOf(path) ?? `${ELSEWHERE}${path}`)),
    scopeOf: (scope) => {
      const local = scope.flatMap((path) => pathOf(path) ?? foldersBelow(split(path)));
      return scope.length && local.length === 0 ? undefined : local.includes('') ? [] : [...new Set(local)];
    },
    states: known.flatMap(({ state: { commit }, folders: own }) =>
      own.map(({ name }) => ({ name, ...(commit !== undefined && { commit }) })),
    ),
  };
}

/** Whether paths are those of repositories, as they are shared. */
export const isShared = (folders: readonly FolderState[]): boolean =>
  folders.some(({ repository }) => repository !== undefined);

/** A path that leads to no file of a workspace, or to documents that are not in it. */
const isElsewhere = (path: string): boolean => path.startsWith(ELSEWHERE) || path.startsWith(OUTSIDE_DOCS);

/** Workspace folders that lie in a shared folder. */
const foldersBelow = (
  place: { readonly folders: readonly FolderPlace[]; readonly rest: string } | undefined,
): string[] =>
  place
    ? place.folders.filter(({ prefix }) => !place.rest || prefix.startsWith(`${place.rest}/`)).map(({ name }) => name)
    : [];

/** Clones may have any name, so names only count where there is a choice. */
function repositoryHere(
  state: FolderState,
  shared: readonly FolderState[],
  folders: readonly FolderPlace[],
): string | undefined {
  const here = repositoriesOf(folders);
  if (here.length === 1 && shared.length === 1) return here[0];
  return here.find((repository) => repository === state.repository);
}

const repositoriesOf = (folders: readonly FolderPlace[]): string[] => [
  ...new Set(folders.map(({ repository }) => repository)),
];

const isPlain = (path: string): boolean => !/^\/|\/\/|^[a-z]:|\\|\0|(?:^|\/)\.\.?(?:\/|$)/i.test(path);

/** As a scope may be written: `./src/`. */
const bare = (path: string): string =>
  path
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

const joined = (first: string, rest: string): string => (first && rest ? `${first}/${rest}` : first || rest);

function headOf(path: string): readonly [name: string, rest: string] {
  const slash = path.indexOf('/');
  return slash < 0 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
}
