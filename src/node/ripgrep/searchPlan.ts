/** Which folders and files a search looks at: all of the workspace, or what the caller names inside of it. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { isSecret } from '#node/secrets.ts';
import type { Workspace } from '#node/workspace.ts';
import { readSpoorIgnore, type SpoorIgnore } from './spoorIgnore.ts';

/**
 * The passes of a search, one for each workspace folder. Fails with `denied` if none of the paths in `within` lies in
 * the workspace; a plan that leaves some of them out says so in `partial`.
 */
export function planSearch(workspace: Workspace, within: readonly string[] | undefined): ToolResult<readonly Pass[]> {
  if (!within) return { ok: true, value: workspace.roots.map((root) => passOf(root.directory, root.label, ['./'])) };
  const refused: string[] = [];
  const groups = new Map<string, { label: string; targets: Set<string> }>();
  for (const path of within) {
    const place = placeOf(workspace, path);
    if (!place) refused.push(path);
    else {
      const group = groups.get(place.directory) ?? { label: place.label, targets: new Set() };
      groups.set(place.directory, group);
      group.targets.add(place.target);
    }
  }
  if (refused.length === within.length) return denied(refused);
  const value = [...groups].flatMap(([directory, { label, targets }]) =>
    portions([...targets]).map((portion) => passOf(directory, label, portion)),
  );
  return refused.length ? { ok: true, value, partial: refusal(refused) } : { ok: true, value };
}

/** One process of ripgrep. */
export interface Pass {
  /** Absolute; ripgrep runs in it. */
  readonly directory: string;
  /** The folder as a workspace path, empty for the only folder of a workspace. */
  readonly label: string;
  /** Relative to the folder, beginning with `./`. */
  readonly targets: readonly string[];
  readonly ownIgnore: SpoorIgnore | undefined;
}

/** Whether there is anything in the folders of a pass that a search could have looked at. */
export const hasEntries = ({ directory, targets }: Pass): boolean =>
  targets.some((target) => {
    try {
      return readdirSync(`${directory}/${target}`).some((name) => name !== '.git');
    } catch {
      return false;
    }
  });

const passOf = (directory: string, label: string, targets: readonly string[]): Pass => ({
  directory,
  label,
  targets,
  ownIgnore: readSpoorIgnore(directory),
});

function placeOf(workspace: Workspace, path: string): { directory: string; label: string; target: string } | undefined {
  const absolute = workspace.resolve(path);
  const known = absolute === undefined ? undefined : workspace.pathOf(absolute);
  if (absolute === undefined || known === undefined || isSecret(known)) return undefined;
  const root = workspace.roots.find(({ directory }) => isBelow(directory, absolute));
  if (root) return { ...root, target: `./${toSlashes(relative(root.directory, absolute))}` };
  return isFolder(absolute)
    ? { directory: absolute, label: known.replace(/\/$/, ''), target: './' }
    : {
        directory: dirname(absolute),
        label: known.slice(0, known.lastIndexOf('/')),
        target: `./${known.split('/').at(-1)}`,
      };
}

const toSlashes = (path: string): string => path.split(sep).join('/');

const isBelow = (directory: string, absolute: string): boolean =>
  absolute === directory || absolute.startsWith(directory.endsWith(sep) ? directory : directory + sep);

const isFolder = (absolute: string): boolean => statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;

const denied = (refused: readonly string[]): ToolFailure => ({
  ok: false,
  reason: 'denied',
  message: refusal(refused),
});

function refusal(refused: readonly string[]): string {
  if (!refused.length) return 'The search names no folder or file to look at. Name one, or leave the limit away.';
  const others = refused.length > 1 ? ` and ${refused.length - 1} more` : '';
  return `${plainName(refused[0]!)}${others} cannot be searched: not in the workspace, or kept secret. Name paths of the workspace.`;
}

/** A name or message from outside, fit to stand in a sentence. */
export const plainName = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}').slice(0, 200);

const MAX_COMMAND_LINE = 12_000;

/** Cuts a list of targets so that each part fits on a command line (Windows: 32,767 characters for everything). */
function portions(targets: readonly string[]): string[][] {
  const cut: string[][] = [];
  let length = Infinity;
  for (const target of targets) {
    length += target.length + 3;
    if (length > MAX_COMMAND_LINE) {
      cut.push([]);
      length = target.length;
    }
    cut.at(-1)!.push(target);
  }
  return cut;
}
