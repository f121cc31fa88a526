/**
 * Docs of packages whose sources lie in the workspace: Go modules and Rust crates under `vendor/`. Only the READMEs of
 * direct dependencies count; what else a vendored package brings is not about this workspace.
 */
import { readdirSync } from 'node:fs';
import { joinLabel, type Workspace } from '#node/workspace.ts';
import { readSmallText, type DocsFile } from './docsFile.ts';
import { readmeOf } from './nodePackages.ts';

/** Steps that list the READMEs of vendored packages of the modules with these manifests (workspace paths). */
export function* vendoredDocs(workspace: Workspace, manifests: Manifests): Generator<void, DocsFile[]> {
  const readmes = new Set<string>();
  for (const manifest of manifests.go) {
    const folder = vendorFolder(manifest);
    for (const module of goModules(workspace, manifest, folder)) {
      const readme = readmeOf(workspace, `${folder}/${module}`);
      if (readme) readmes.add(readme);
      yield;
    }
  }
  const crates = cargoNames(workspace, manifests.cargo);
  for (const folder of new Set(manifests.cargo.map(vendorFolder)))
    for (const crate of crateFolders(workspace, folder, crates)) {
      const readme = readmeOf(workspace, crate);
      if (readme) readmes.add(readme);
      yield;
    }
  return [...readmes].map((path) => ({ path, source: 'dependency' }));
}

/** Whether a workspace path lies in the vendor folder beside one of these manifests. */
export function isVendored(path: string, { go, cargo }: Manifests): boolean {
  const place = `/${path}`.indexOf('/vendor/');
  if (place < 0) return false;
  const folder = path.slice(0, Math.max(0, place - 1));
  return [...go, ...cargo].some((manifest) => folderOf(manifest) === folder);
}

/** Workspace paths of `go.mod` and `Cargo.toml` files. */
export interface Manifests {
  readonly go: readonly string[];
  readonly cargo: readonly string[];
}

const MAX_PACKAGES = 2_000;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const vendorFolder = (manifest: string): string => joinLabel(folderOf(manifest), 'vendor');

/** Module paths of `vendor/modules.txt` that are marked explicit, else the direct requirements of `go.mod`. */
function goModules(workspace: Workspace, manifest: string, folder: string): string[] {
  const lines = (readSmallText(workspace, `${folder}/modules.txt`) ?? '').split('\n');
  const explicit = lines.flatMap((line, i) => {
    const module = /^# (\S+)/.exec(line)?.[1];
    return module && lines[i + 1]?.startsWith('## explicit') ? [module] : [];
  });
  const found = explicit.length ? explicit : requiredModules(readSmallText(workspace, manifest) ?? '');
  return [...new Set(found)].filter(isPlainPath).sort().slice(0, MAX_PACKAGES);
}

function requiredModules(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^(?:require\s+|\s+)([\w.-]+\.[\w.-]+\/\S+)\s+v\S+(.*)$/.exec(line.slice(0, 1_000));
    if (match && !match[2]!.includes('// indirect')) found.push(match[1]!);
  }
  return found;
}

const isPlainPath = (path: string): boolean =>
  /^[\w.~/-]+$/.test(path) && !path.split('/').some((part) => part === '' || part === '.' || part === '..');

/** Names in the dependency tables of `Cargo.toml` files. */
function cargoNames(workspace: Workspace, manifests: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const manifest of manifests) {
    let inTable = false;
    for (const line of (readSmallText(workspace, manifest) ?? '').split('\n')) {
      const table = /^\s*\[([^\]]{1,200})\]/.exec(line)?.[1];
      if (table !== undefined) {
        inTable = /(?:^|\.)(?:dev-|build-)?dependencies$/.test(table);
        const own = /(?:^|\.)(?:dev-|build-)?dependencies\.([\w-]+)$/.exec(table)?.[1];
        if (own) names.add(own);
      } else if (inTable) {
        const name = /^\s*([\w-]{1,100})\s*[=.]/.exec(line)?.[1];
        if (name) names.add(name);
      }
    }
  }
  return names;
}

/** `vendor/NAME` and, where versions are kept apart, `vendor/NAME-1.2.3`. */
function crateFolders(workspace: Workspace, folder: string, crates: ReadonlySet<string>): string[] {
  const directory = workspace.resolve(folder);
  if (directory === undefined || crates.size === 0) return [];
  try {
    const names = readdirSync(directory).sort();
    const isDirect = (name: string): boolean => crates.has(name) || crates.has(name.replace(/-\d+\.\d[\w.+-]*$/, ''));
    return names
      .filter(isDirect)
      .slice(0, MAX_PACKAGES)
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
