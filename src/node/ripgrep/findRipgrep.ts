/**
 * Where the ripgrep program is: the first rung of a ladder that holds.
 *
 * 1. what the user set; 2. our own `@vscode/ripgrep`; 3. the one in VS Code since 1.122; 4. the one in VS Code before;
 * 5. the PATH. A setting that leads nowhere is an error, not a reason to try the next rung.
 */
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import type { ToolResult } from '#core/agent/tools.ts';
import { isProgram, onPath } from '#node/programs.ts';

/** Finds ripgrep; fails with `missing` and a sentence that says what to do. */
export function findRipgrep(options: FindRipgrepOptions = {}): ToolResult<RipgrepBinary> {
  const place = { ...HERE, ...options };
  if (place.setting) return fromSetting(place.setting);
  for (const [from, files] of rungs(place))
    for (const file of files()) if (isProgram(file)) return { ok: true, value: { file, from } };
  return { ok: false, reason: 'missing', message: NOT_FOUND };
}

/** The setting of the command line: the environment's `SPOOR_RG`, undefined if empty. */
export const ripgrepSettingOf = (environment: Readonly<Record<string, string | undefined>>): string | undefined =>
  environment['SPOOR_RG'] || undefined;

export interface FindRipgrepOptions {
  /** Absolute path of the program, set by the user. */
  readonly setting?: string | undefined;
  /** `vscode.env.appRoot`. */
  readonly appRoot?: string | undefined;
  /** The list of folders to look in last; the PATH of this process by default. */
  readonly path?: string | undefined;
  /** Module or folder from which our own package is resolved; this module by default. */
  readonly packagesFrom?: string | URL;
  readonly platform?: string;
  readonly arch?: string;
}

export type RipgrepRung = 'setting' | 'own' | 'vscode' | 'vscode-legacy' | 'path';

export interface RipgrepBinary {
  readonly file: string;
  readonly from: RipgrepRung;
}

const HERE = { platform: process.platform as string, arch: process.arch as string };
const NOT_FOUND =
  'The search program ripgrep was not found. Reinstall Spoor, or install ripgrep (https://github.com/BurntSushi/ripgrep) ' +
  'and set the environment variable SPOOR_RG or the setting spoor.ripgrepPath to its full path.';

type Place = FindRipgrepOptions & typeof HERE;

function fromSetting(file: string): ToolResult<RipgrepBinary> {
  if (isAbsolute(file) && isProgram(file)) return { ok: true, value: { file, from: 'setting' } };
  const message = `The path set for ripgrep, ${file}, is not the full path of a program that may be run. Correct it or take the setting away.`;
  return { ok: false, reason: 'missing', message };
}

function rungs(place: Place): [RipgrepRung, () => string[]][] {
  const name = place.platform === 'win32' ? 'rg.exe' : 'rg';
  return [
    ['own', () => ownBinary(place, name)],
    ['vscode', () => inApp(place, 'ripgrep-universal', 'bin', `${place.platform}-${place.arch}`, name)],
    ['vscode-legacy', () => inApp(place, 'ripgrep', 'bin', name)],
    ['path', () => onPath(name, place.path)],
  ];
}

/** The binary lies in a package of its own for each platform, next to or below `@vscode/ripgrep`. */
function ownBinary({ packagesFrom, platform, arch }: Place, name: string): string[] {
  const binary = `@vscode/ripgrep-${platform}-${arch}/bin/${name}`;
  try {
    const here = createRequire(packagesFrom ?? import.meta.url);
    return [resolved(here, binary) ?? resolved(createRequire(here.resolve('@vscode/ripgrep')), binary) ?? []].flat();
  } catch {
    return [];
  }
}

function resolved(require: NodeJS.Require, request: string): string | undefined {
  try {
    return require.resolve(request);
  } catch {
    return undefined;
  }
}

const inApp = ({ appRoot }: Place, ...way: string[]): string[] =>
  appRoot
    ? ['node_modules', 'node_modules.asar.unpacked'].map((modules) => join(appRoot, modules, '@vscode', ...way))
    : [];
