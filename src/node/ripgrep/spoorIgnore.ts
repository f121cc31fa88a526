/**
 * A workspace folder's own ignore file, `.spoorignore`: gitignore syntax, relative to the folder.
 *
 * Its rules hold beside those of git. Ripgrep reads an `--ignore-file` below all others, so that a `!` rule in a
 * .gitignore would bring back what the user wants left out. Therefore every plain rule that no later `!` rule of the
 * same file can soften is given as a negative glob as well, which nothing overrules.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const SPOOR_IGNORE = '.spoorignore';

/** The folder's ignore file; undefined if it has none. */
export function readSpoorIgnore(directory: string): SpoorIgnore | undefined {
  const file = join(directory, SPOOR_IGNORE);
  try {
    if (!statSync(file).isFile()) return undefined;
    return { file, firmRules: firmRulesIn(readFileSync(file, 'utf8').slice(0, MAX_READ)) };
  } catch {
    return undefined;
  }
}

export interface SpoorIgnore {
  /** Absolute path. */
  readonly file: string;
  /** Rules that hold whatever other ignore files say. */
  readonly firmRules: readonly string[];
}

/** Rules beyond these work like those of any other ignore file. The limits keep the command line short. */
const MAX_FIRM_RULES = 200;
const MAX_RULE = 100;
const MAX_READ = 65_536;

export function firmRulesIn(text: string): string[] {
  const rules = text.split(/\r?\n/).filter((line) => line.trim() && !line.startsWith('#'));
  const firm = rules.slice(rules.findLastIndex((rule) => rule.startsWith('!')) + 1);
  return firm.filter((rule) => rule.length <= MAX_RULE && !rule.includes('\0')).slice(0, MAX_FIRM_RULES);
}
