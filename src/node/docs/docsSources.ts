/**
 * All that belongs into a workspace's docs index, the most important first: the workspace's own documents, folders
 * that the user added, then the docs of what is installed.
 */
import { basename, resolve } from 'node:path';
import type { CancelSignal } from '#core/agent/tools.ts';
import { docFormatOf } from '#core/search/docSections.ts';
import { isSecret } from '#node/secrets.ts';
import { DOCS_PREFIX, joinLabel, type Workspace, type WorkspaceRoot } from '#node/workspace.ts';
import type { LeftOut } from './docsBudget.ts';
import type { DocsFile } from './docsFile.ts';
import type { DocsLister, Listing } from './listDocs.ts';
import { realPath } from './modulePlaces.ts';
import { nodePackageDocs } from './nodePackages.ts';
import { pythonPackageDocs, sitePackagesOf } from './pythonPackages.ts';
import type { SlicedWork } from './slicedWork.ts';
import { isVendored, vendoredDocs } from './vendoredPackages.ts';

export interface Sources {
  readonly workspace: Workspace;
  readonly addedFolders: readonly AddedFolder[];
  readonly lister: DocsLister;
  readonly work: SlicedWork;
  readonly signal: CancelSignal;
}

/** A folder that the user added: where it lies and what its paths begin with. */
export interface AddedFolder {
  readonly directory: string;
  readonly prefix: string;
}

export interface CollectedDocs {
  /** Each once, in the order in which a budget takes them. */
  readonly files: readonly DocsFile[];
  /** False when a listing failed, so that files may be there which are not named. */
  readonly isWhole: boolean;
}

/** Every file that may be indexed. */
export async function collectDocs(sources: Sources, left: LeftOut): Promise<CollectedDocs> {
  const found = new Map<string, DocsFile>();
  const add = (files: readonly DocsFile[]): void => {
    for (const file of files) if (!found.has(file.path) && !isSecret(file.path)) found.set(file.path, file);
  };
  const listings: Listing[] = [];
  const listed: Sources = { ...sources, lister: noting(sources.lister, listings) };
  add(await addedDocs(listed));
  for (const root of sources.workspace.roots) add(await rootDocs(listed, root, left));
  const notes = listings.flatMap((listing) => listing.note ?? []);
  left.notes.push(...notes);
  return { files: [...found.values()].sort(byImportance), isWhole: notes.length === 0 };
}

/** Makes added folders readable; notes those that cannot be opened. */
export function openAddedFolders(workspace: Workspace, folders: readonly string[], notes: string[]): AddedFolder[] {
  const opened: AddedFolder[] = [];
  const labels = new Set<string>();
  for (const folder of folders) {
    const directory = realPath(resolve(folder));
    const inside = directory === undefined ? undefined : insidePath(workspace, directory);
    const label = uniqueLabel(basename(folder), labels);
    try {
      // Opening says what is wrong with a folder, also with one of the workspace, which is read by its own path.
      workspace.addDocsRoot(label, folder);
      opened.push({ directory: directory ?? folder, prefix: inside ?? `${DOCS_PREFIX}/${label}` });
    } catch (error) {
      notes.push(error instanceof Error ? error.message : String(error));
    }
  }
  return opened;
}

/** Text files that tools read, not people. */
const NO_DOCUMENT =
  /(^|\/)(?:(?:[\w.-]*requirements|constraints)[\w.-]*|CMakeLists|robots|humans|ads|llms-full|top_level|modules|SOURCES|entry_points|dependency_links|(?:un)?licen[cs]e[\w.-]*|copying|notice|third[-_]?party[\w.-]*)\.txt$|(^|\/)requirements\/[^/]+\.txt$/i;
const LIST_TIMEOUT_MS = 30_000;
const MAX_MANIFESTS = 500;
const SOURCE_ORDER = { workspace: 0, added: 1, dependency: 2 };

function byImportance(a: DocsFile, b: DocsFile): number {
  return (
    SOURCE_ORDER[a.source] - SOURCE_ORDER[b.source] ||
    Number(a.path.endsWith('.txt')) - Number(b.path.endsWith('.txt')) ||
    depthOf(a.path) - depthOf(b.path) ||
    (a.path < b.path ? -1 : 1)
  );
}

const depthOf = (path: string): number => path.split('/').length;

/** The workspace path of a folder of the workspace; what an earlier refresh made readable is none. */
function insidePath(workspace: Workspace, directory: string): string | undefined {
  const path = workspace.pathOf(directory)?.replace(/\/$/, '');
  return path?.startsWith(`${DOCS_PREFIX}/`) ? undefined : path;
}

function uniqueLabel(name: string, used: Set<string>): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]/gu, '-') || 'docs';
  let label = plain;
  for (let n = 2; used.has(label); n++) label = `${plain}-${n}`;
  used.add(label);
  return label;
}

const isDocument = (path: string): boolean => {
  const format = docFormatOf(path);
  return format !== undefined && format !== 'typings' && format !== 'metadata' && !NO_DOCUMENT.test(path);
};

const noting = (lister: DocsLister, listings: Listing[]): DocsLister => ({
  ...lister,
  async listFiles(directory, options) {
    const listing = await lister.listFiles(directory, options);
    listings.push(listing);
    return listing;
  },
});

async function addedDocs({ addedFolders, lister, signal }: Sources): Promise<DocsFile[]> {
  const files: DocsFile[] = [];
  for (const { directory, prefix } of addedFolders) {
    const listing = await lister.listFiles(directory, { signal, timeoutMs: LIST_TIMEOUT_MS, isAsked: true });
    for (const path of listing.paths)
      if (isDocument(path)) files.push({ path: joinLabel(prefix, path), source: 'added' });
  }
  return files;
}

async function rootDocs(sources: Sources, root: WorkspaceRoot, left: LeftOut): Promise<DocsFile[]> {
  const { workspace, work, lister, signal } = sources;
  const options = { signal, timeoutMs: LIST_TIMEOUT_MS };
  const listing = await lister.listFiles(root.directory, options);
  const paths = listing.paths.map((path) => joinLabel(root.label, path));
  const manifests = {
    node: manifestsNamed(paths, 'package.json'),
    go: manifestsNamed(paths, 'go.mod'),
    cargo: manifestsNamed(paths, 'Cargo.toml'),
  };
  const sitePackages = sitePackagesOf(workspace, root.label);
  const imported = sitePackages.length ? await lister.importedModules(root.directory, options) : new Set<string>();
  const own = paths.filter((path) => isDocument(path) && !isVendored(path, manifests));
  return [
    ...own.map((path) => ({ path, source: 'workspace' as const })),
    ...(await work.run(nodePackageDocs(workspace, manifests.node, left))),
    ...(await work.run(vendoredDocs(workspace, manifests))),
    ...(await work.run(pythonPackageDocs(workspace, sitePackages, imported))),
  ];
}

const manifestsNamed = (paths: readonly string[], name: string): string[] =>
  paths
    .filter((path) => (path === name || path.endsWith(`/${name}`)) && !/(^|\/)vendor\//.test(path))
    .slice(0, MAX_MANIFESTS);
