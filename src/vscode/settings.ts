/** Spoor's settings, as the searching process is told them. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { env, Uri, workspace } from 'vscode';
import type { ServiceSettings } from '#node/service/searchService.ts';
import { policyFolders } from '#node/stores/policyFolders.ts';
import { knownSites } from '#vscode/docsSites.ts';
import type { StoragePaths } from '#vscode/storagePaths.ts';

/**
 * Values of a wrong form are taken for the default: the editor's settings view shows what is wrong with them. In an
 * untrusted workspace git is not run, because the repository's own configuration may name programs, and no model file of
 * the workspace is opened.
 *
 * @param folders full paths of the workspace's folders.
 */
export function readSettings(folders: readonly string[], storage: StoragePaths): ServiceSettings {
  const policy = textSetting('policy') || 'learned';
  const policyFile = workspace.isTrusted ? textSetting('policyFile') : '';
  const rg = textSetting('ripgrepPath');
  const turns = numberSetting('turns', 4);
  return {
    folders,
    storage: storage.caches,
    docs: isOn('docs.enabled'),
    docsFolders: [
      ...listSetting('docs.folders').map((folder) => fullPath(folder, folders[0])),
      ...knownSites(storage.sites, docsSites()).folders,
    ],
    history: isOn('history.enabled') && workspace.isTrusted,
    policy,
    ...(policyFile && { policyFile }),
    policies: policyFolders(
      storage.policies,
      folders.map((folder) => Uri.file(folder).toString()),
    ),
    turns,
    ...(rg && { rg: fullPath(rg, undefined) }),
    appRoot: env.appRoot,
    runtime: runtimeSetting(),
  };
}

/** Addresses as the user wrote them. */
export const docsSites = (): readonly string[] => listSetting('docs.sites');

const get = (name: string): unknown => workspace.getConfiguration('spoor').get(name);

const isOn = (name: string): boolean => get(name) !== false;

function textSetting(name: string): string {
  const value = get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function numberSetting(name: string, byDefault: number): number {
  const value = get(name);
  return Number.isInteger(value) ? Math.min(4, Math.max(1, value as number)) : byDefault;
}

function listSetting(name: string): string[] {
  const value = get(name);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string' && entry.trim() !== '') : [];
}

function runtimeSetting(): ServiceSettings['runtime'] {
  const value = get('runtime');
  return value === 'native' || value === 'wasm' ? value : 'auto';
}

function fullPath(path: string, folder: string | undefined): string {
  if (/^~[/\\]/.test(path)) return join(homedir(), path.slice(2));
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}
