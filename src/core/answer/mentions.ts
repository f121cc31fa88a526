/** Where the lines of a place use a name: imports and comments are no use of it. */
import { innermostAround, type Place } from '#core/answer/place.ts';
import type { Definition } from '#core/agent/tools.ts';
import { identifiersIn, partsOf } from '#core/search/words.ts';

export interface Mention {
  /** 1-based line of the file. */
  readonly line: number;
  /** The line without strings and without what a comment says behind it. */
  readonly text: string;
  /** The innermost definition around it; undefined on the top level of the file. */
  readonly around: Definition | undefined;
}

/** Lines of a place, read for what they use. */
export interface Uses {
  /** Mentions by name, by line. */
  readonly byName: ReadonlyMap<string, readonly Mention[]>;
  /** Names in the import lines that were read of the file. */
  readonly imported: ReadonlySet<string>;
}

const IMPORT = /^\s*(import|from|use|using|require|include|package|#\s*include|export\s.*\bfrom\b)\b|\brequire\s*\(/;
const OPENS_LIST = /^\s*((import|from|use)\b[^;]*|export\s+(type\s+)?(?=\{))[{(][^})]*$/;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
const COMMENT = /^\s*(\/\/|\/\*|\*|#|--|;|<!--|"""|''')/;
/** Lines after which a list of imports that has no end is given up. */
const LONGEST_LIST = 60;

export function usesOf(place: Place): Uses {
  const byName = new Map<string, Mention[]>();
  const outline = place.file.outline ?? [];
  const areImports = importLines(place.lines);
  place.lines.forEach((whole, i) => {
    if (areImports[i] || COMMENT.test(whole)) return;
    const line = place.span.start + i;
    const text = whole.replace(STRING, '""').replace(/\s\/\/.*$/, '');
    const mention = { line, text, around: innermostAround({ start: line, end: line }, outline) };
    for (const name of new Set(identifiersIn(text))) byName.set(name, [...(byName.get(name) ?? []), mention]);
  });
  return { byName, imported: importedNames(place) };
}

function importedNames({ file }: Place): Set<string> {
  const names = new Set<string>();
  for (const { lines } of file.reads) {
    const areImports = importLines(lines);
    lines.forEach((text, i) => {
      if (areImports[i]) for (const name of identifiersIn(text)) names.add(name);
    });
  }
  return names;
}

/** Which lines are imports, lists over several lines included. */
function importLines(lines: readonly string[]): boolean[] {
  let left = 0;
  return lines.map((text) => {
    if (left > 0) {
      left = /[})]/.test(text) ? 0 : left - 1;
      return true;
    }
    if (OPENS_LIST.test(text)) left = LONGEST_LIST;
    return left > 0 || IMPORT.test(text);
  });
}

/** Whether the line calls the name, makes one, or reaches into it: a plain word alone may be anything. */
export const isHandled = ({ text }: Mention, name: string): boolean =>
  new RegExp(
    `(?<![.\\w$])${name.replaceAll('$', '\\$')}\\s*(?:[(<.[]|::)|\\bnew ${name.replaceAll('$', '\\$')}\\b`,
  ).test(text);

/** A name made of several words means one thing in a workspace; `send` or `Response` may mean anything. */
export const isTellingName = (name: string): boolean => name.length >= 4 && partsOf(name).length > 1;
