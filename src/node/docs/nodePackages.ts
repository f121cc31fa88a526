/**
 * Docs of installed direct dependencies of Node packages: the README and the entry's typings, for each `name@version`
 * once, wherever and how often it is installed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { isSecret } from '#node/secrets.ts';
import { DOCS_PREFIX, joinLabel, type Workspace } from '#node/workspace.ts';
import { readContent, readSmallText, type DocsFile } from './docsFile.ts';
import type { LeftOut } from './docsBudget.ts';
import { modulePlaces, realPath, type ModulePlaces } from './modulePlaces.ts';
import { isRecord, packageTypings, type Manifest } from './packageTypings.ts';

/** Steps that list the docs of what these `package.json` files (workspace paths) depend on. */
export function* nodePackageDocs(
  workspace: Workspace,
  manifests: readonly string[],
  left: LeftOut,
): Generator<void, DocsFile[]> {
  const seen = new Set<string>();
  const files: DocsFile[] = [];
  const places = modulePlaces(workspace);
  let outside = 0;
  for (const manifest of manifests) {
    const folder = folderOf(manifest);
    for (const name of dependencyNames(readSmallText(workspace, manifest))) {
      const found = seen.size < MAX_PACKAGES ? findPackage(places, folder, name) : undefined;
      if (found === 'outside') outside++;
      else if (found && !seen.has(found.key)) {
        seen.add(found.key);
        files.push(...packageDocs(workspace, found));
      }
      yield;
    }
  }
  if (outside)
    left.notes.push(
      `${outside} ${outside === 1 ? 'dependency is a link' : 'dependencies are links'} to outside of the workspace and not indexed.`,
    );
  return files;
}

/** The README of a folder, as a workspace path; the first by name of those that are documents. */
export function readmeOf(workspace: Workspace, folder: string): string | undefined {
  const directory = workspace.resolve(folder);
  if (directory === undefined) return undefined;
  try {
    const name = readdirSync(directory)
      .sort()
      .find((entry) => /^readme(?:\.(?:md|markdown|mdx|rst|adoc|txt))?$/i.test(entry));
    return name && `${folder}/${name}`;
  } catch {
    return undefined;
  }
}

const MAX_PACKAGES = 2_000;
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
const PACKAGE_NAME = /^(?:@[a-z0-9~_-][\w.~-]*\/)?[a-z0-9~_-][\w.~-]*$/i;

interface NodePackage {
  readonly key: string;
  /** Workspace path of its folder. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function parsed(text: string | undefined): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function dependencyNames(text: string | undefined): string[] {
  const manifest = parsed(text);
  const names = DEPENDENCY_FIELDS.flatMap((field) => {
    const value = manifest?.[field];
    return isRecord(value) ? Object.keys(value) : [];
  });
  return [...new Set(names)].filter((name) => name.length < 215 && PACKAGE_NAME.test(name)).sort();
}

/** As Node finds it: in the `node_modules` of the folder, else of the folders around it. */
function findPackage(places: ModulePlaces, from: string, name: string): NodePackage | 'outside' | undefined {
  const { workspace } = places;
  for (let folder = from; ; folder = folderOf(folder)) {
    const modules = places.inside(folder);
    if (modules !== undefined && existsSync(join(modules, name))) {
      const place = joinLabel(folder, `node_modules/${name}`);
      const real = workspace.resolve(place);
      // A link that is there although the workspace does not resolve it leads out.
      if (real === undefined) return 'outside';
      // A package of the workspace itself is linked to from node_modules; its docs are the workspace's.
      return inModules(real) ? packageAt(workspace, place, name) : undefined;
    }
    if (folder === '') return findAbove(places, from, name);
  }
}

const inModules = (path: string): boolean => path.split(sep).includes('node_modules');

/** A package around the workspace is shown as `~docs/NAME@VERSION/…`. */
function findAbove({ workspace, above }: ModulePlaces, from: string, name: string): NodePackage | undefined {
  const { top, modules } = above(from);
  const found = modules.map((folder) => realPath(join(folder, name))).find((real) => real !== undefined);
  const isOurs = found !== undefined && found.startsWith(top + sep) && inModules(found);
  return isOurs ? outsidePackage(workspace, found, name) : undefined;
}

function outsidePackage(workspace: Workspace, directory: string, name: string): NodePackage | undefined {
  const text = readContent(join(directory, 'package.json'), 1 << 20)?.text;
  const version = String(parsed(text)?.['version'] ?? '');
  // A label is one step of a path: the slash of a scope becomes a plus, anything odd a dash.
  const label = `${name.replace('/', '+')}@${version.replaceAll(/[^\w.+-]/g, '-')}`;
  try {
    workspace.addDocsRoot(label, directory);
  } catch {
    return undefined;
  }
  return packageAt(workspace, `${DOCS_PREFIX}/${label}`, name);
}

function packageAt(workspace: Workspace, folder: string, name: string): NodePackage | undefined {
  const manifest = parsed(readSmallText(workspace, `${folder}/package.json`));
  if (!manifest) return undefined;
  const version = typeof manifest['version'] === 'string' ? manifest['version'] : '';
  return { key: `${name}@${version}`, folder, manifest };
}

function packageDocs(workspace: Workspace, found: NodePackage): DocsFile[] {
  const readme = readmeOf(workspace, found.folder);
  const paths = [...(readme ? [readme] : []), ...packageTypings(workspace, found.folder, found.manifest)];
  return paths.filter((path) => !isSecret(path)).map((path) => ({ path, source: 'dependency' }));
}
