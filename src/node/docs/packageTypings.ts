/** The declaration files that say what a Node package offers: its entries, and what they re-export. */
import { posix, sep } from 'node:path';
import { joinLabel, type Workspace } from '#node/workspace.ts';
import { fileFacts, readSmallText } from './docsFile.ts';

/** Workspace paths of the typings of the package in `folder`; at most `MAX_TYPINGS`. */
export function packageTypings(workspace: Workspace, folder: string, manifest: Manifest): string[] {
  const queue = entryTypings(manifest);
  const found: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < queue.length && i < 4 * MAX_TYPINGS && found.length < MAX_TYPINGS; i++) {
    const path = typingsFile(workspace, folder, queue[i]!);
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    found.push(path);
    const near = posix.dirname(path).slice(folder.length + 1);
    for (const target of reExports(readSmallText(workspace, path, MAX_TYPINGS_BYTES) ?? ''))
      queue.push(posix.join(near, target));
  }
  return found;
}

/** A parsed `package.json`. */
export type Manifest = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_TYPINGS = 16;
const MAX_TYPINGS_BYTES = 2 << 20;
const MAX_EXPORTS_DEPTH = 8;

/** Paths inside of the package, as its manifest names them. */
function entryTypings(manifest: Manifest): string[] {
  const entries: string[] = [];
  const visit = (value: unknown, isTypes: boolean, depth: number): void => {
    if (typeof value === 'string') {
      if ((isTypes || /\.d\.[cm]?ts$/.test(value)) && !value.includes('*')) entries.push(value);
    } else if (Array.isArray(value) && depth) for (const item of value) visit(item, isTypes, depth - 1);
    else if (isRecord(value) && depth)
      for (const [key, item] of Object.entries(value)) visit(item, isTypes || key === 'types', depth - 1);
  };
  visit(manifest['types'] ?? manifest['typings'], true, 1);
  visit(manifest['exports'], false, MAX_EXPORTS_DEPTH);
  const main = typeof manifest['main'] === 'string' ? manifest['main'] : 'index.js';
  return [...new Set([...entries, ...(entries.length ? [] : [main])])];
}

/** The declaration file for a module path inside of the package; undefined when there is none. */
function typingsFile(workspace: Workspace, folder: string, module: string): string | undefined {
  const inside = posix.join('/', module.replaceAll('\\', '/')).slice(1).replace(/\/$/, '');
  const stem = inside.replace(/(?:\.d)?\.([cm]?)[jt]s$/, '');
  const kind = /\.([cm])[jt]s$/.exec(inside)?.[1] ?? '';
  const base = workspace.resolve(folder) + sep;
  for (const name of [`${stem}.d.${kind}ts`, `${stem}.d.ts`, joinLabel(inside, 'index.d.ts')]) {
    const facts = fileFacts(workspace, `${folder}/${name}`);
    if (facts?.absolute.startsWith(base)) return `${folder}/${name}`;
  }
  return undefined;
}

/** Module paths of `export … from './…'`, also over several lines. */
function reExports(text: string): string[] {
  const targets: string[] = [];
  let keyword = '';
  for (const line of text.split('\n')) {
    keyword = /^\s*(import|export)\b/.exec(line)?.[1] ?? keyword;
    const place = keyword === 'export' ? line.lastIndexOf('from') : -1;
    const target = place < 0 ? undefined : /^from\s*['"](\.[^'"]{1,200})['"]/.exec(line.slice(place))?.[1];
    if (target) targets.push(target);
  }
  return targets;
}
