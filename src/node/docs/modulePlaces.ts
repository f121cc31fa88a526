/** Where Node looks for the packages that a folder of the workspace depends on. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { joinLabel, type Workspace } from '#node/workspace.ts';

/** Looks each place up once. */
export function modulePlaces(workspace: Workspace): ModulePlaces {
  const inside = new Map<string, string | undefined>();
  const above = new Map<string, ModulesAbove>();
  return {
    workspace,
    inside(folder) {
      if (!inside.has(folder)) inside.set(folder, workspace.resolve(joinLabel(folder, 'node_modules')));
      return inside.get(folder);
    },
    above(folder) {
      const root = workspace.roots.find(({ label }) => label === '' || folder.split('/')[0] === label)?.directory ?? '';
      if (!above.has(root)) above.set(root, root ? modulesAbove(root) : NOTHING_ABOVE);
      return above.get(root)!;
    },
  };
}

/** The folders in which Node looks for packages, each looked up once. */
export interface ModulePlaces {
  readonly workspace: Workspace;
  /** Absolute path of the `node_modules` of a workspace folder; undefined when there is none. */
  inside(folder: string): string | undefined;
  /** Those around the workspace folder that belong to the same repository. */
  above(folder: string): ModulesAbove;
}

export interface ModulesAbove {
  /** Absolute path of the repository. */
  readonly top: string;
  /** Absolute paths, nearest first; they need not exist. */
  readonly modules: readonly string[];
}

const NOTHING_ABOVE: ModulesAbove = { top: '', modules: [] };

/** Up to the repository's top folder, for a workspace that is a part of a repository. */
function modulesAbove(start: string): ModulesAbove {
  const modules: string[] = [];
  let top = start;
  while (!existsSync(join(top, '.git'))) {
    const parent = dirname(top);
    if (parent === top) return NOTHING_ABOVE;
    top = parent;
    modules.push(join(top, 'node_modules'));
  }
  return { top, modules };
}

/** With all links resolved; undefined when there is nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
