/** Which uses of a name tell most about it. */
import { speakTogether } from '#core/answer/explainDefinition.ts';
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';
import { definedName } from '#core/search/definitionLine.ts';
import { fileKind } from '#core/search/fileKind.ts';
import type { Span } from '#core/search/span.ts';

/** A line that has the name. */
export interface NameLine {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/**
 * `call`: something is done with it; `mention`: it is named in code; `listed`: it stands alone, as in a list of imports;
 * `import`: it is brought in or handed on; `none`: only a comment or a string has it.
 */
export type UseKind = 'call' | 'mention' | 'listed' | 'import' | 'definition' | 'none';

const IMPORT =
  /^\s*(?:import|from|use|using|require|include|package|#\s*include)\b|^\s*export\s*(?:\{|\*)|\brequire\s*\(|\bimport\s*\(/;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#(?!\[)|--|;|<!--|"""|''')|\s\/\/.*$|\/\*.*?\*\//g;

export function useKind(text: string, name: string, path: string): UseKind {
  const isImport = IMPORT.test(text);
  if (!isImport && definedName(text, path) === name) return 'definition';
  const bare = /^\s*(?:\/\/|\/\*|\*(?!\w)|#(?![[{])|--|<!--)/.test(text)
    ? ''
    : text.replace(COMMENT, ' ').replace(STRING, '""');
  const at = indexOfName(bare, name);
  if (at < 0) return 'none';
  if (isImport) return 'import';
  const [before, after] = [bare.slice(0, at), bare.slice(at + name.length)];
  if (LISTED_BEFORE.test(before) && LISTED_AFTER.test(after) && HAS_LISTS.has(codeFamilyOf(path))) return 'listed';
  if (EXPORTS.test(before) && /^\s*;?\s*$/.test(after)) return 'import';
  const isCall = /^\s*(?:[(`!]|<[^<>=]*>\s*\(|::|\{)/.test(after) || /(?:\bnew\s+|@|<)$/.test(before);
  return isCall ? 'call' : 'mention';
}

const LISTED_BEFORE = /^\s*(?:type\s+)?$/;
const LISTED_AFTER = /^\s*(?:as\s+[\p{L}\p{N}_$]+\s*)?,?\s*$/u;
/** Languages whose imports may be lists over several lines. In others a name that stands alone may be a call. */
const HAS_LISTS = new Set<CodeFamily | undefined>(['js', 'ts', 'python', 'rust']);
/** `module.exports = Name` hands it on and uses nothing. */
const EXPORTS = /^\s*(?:export\s+default|(?:exports\s*=\s*)?(?:module\.)?exports(?:\.[\w$]+)?\s*=)\s*$/;

/** Where the name stands in the text as a name of its own, -1 if nowhere. */
export function indexOfName(text: string, name: string): number {
  for (let at = text.indexOf(name); name !== '' && at >= 0; at = text.indexOf(name, at + 1))
    if (!isNamePart(text, at - 1, name) && !isNamePart(text, at + name.length, name)) return at;
  return -1;
}

const isNamePart = (text: string, at: number, name: string): boolean => {
  const sign = text[at] ?? ' ';
  return /[\p{L}\p{N}_$]/u.test(sign) || (sign === '-' && name.includes('-'));
};

/** The lines of code that use the name: no definitions, imports and comments, no docs, data and generated files. */
export const usesAmong = (lines: readonly NameLine[], name: string, from: string): NameLine[] =>
  lines.filter(({ path, text }) => {
    const kind = fileKind(path);
    if ((kind !== 'source' && kind !== 'test') || !speakTogether(path, from)) return false;
    const use = useKind(text, name, path);
    return use === 'call' || use === 'mention';
  });

/** Best first: calls, in sources, in other files than the definition's, then by path and line. */
export function rankUses(uses: readonly NameLine[], name: string, definition: Span | undefined): NameLine[] {
  const worth = ({ path, text }: NameLine): number =>
    (useKind(text, name, path) === 'call' ? 4 : 0) +
    (fileKind(path) === 'source' ? 2 : 0) +
    (path === definition?.path ? 0 : 1);
  return uses
    .map((use) => ({ use, worth: worth(use) }))
    .sort(
      (a, b) =>
        b.worth - a.worth || (a.use.path < b.use.path ? -1 : a.use.path > b.use.path ? 1 : a.use.line - b.use.line),
    )
    .map(({ use }) => use);
}

/** A ranked use with what is around it. */
export interface PlacedUse {
  readonly use: NameLine;
  /** Name of the definition around it. */
  readonly inside: string | undefined;
}

/**
 * The most telling ones of ranked uses: each in another definition, files not seen before first, and a test in the last
 * place where there is one.
 */
export function mostTelling(ranked: readonly PlacedUse[], most: number): PlacedUse[] {
  const isTest = ({ use }: PlacedUse): boolean => fileKind(use.path) === 'test';
  const sources = spread(ranked.filter((one) => !isTest(one)));
  const tests = spread(ranked.filter(isTest));
  const wanted = tests.length > 0 ? most - 1 : most;
  const chosen = sources.slice(0, wanted);
  return [...chosen, ...tests.slice(0, chosen.length > 0 ? 1 : most)];
}

/** One use of each definition, those in files of their own first. */
function spread(ranked: readonly PlacedUse[]): PlacedUse[] {
  const seen = new Set<string>();
  const different = ranked.filter(({ use, inside }) => {
    const key = `${use.path}\0${inside ?? ''}`;
    return !seen.has(key) && seen.add(key);
  });
  const files = new Set<string>();
  const first = different.filter(({ use }) => !files.has(use.path) && files.add(use.path));
  return [...first, ...different.filter((one) => !first.includes(one))];
}
