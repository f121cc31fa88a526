/** Where the names of a file come from, as its import lines say. Told from the text, for the ways of many languages. */
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';

export interface ImportedName {
  /** The name in the file that imports. */
  readonly name: string;
  /** What is imported under it, where another name is given: `a` in `import { a as b }`. */
  readonly original: string;
  /** As written: `./retry.js`, `.retry`, `crate::net::retry`, `com.example.Retry`. */
  readonly from: string;
}

/** Imports of more than this length are no hand's work. */
const MAX_LIST = 2_000;

export function importedNames(lines: readonly string[], path: string): ImportedName[] {
  const family = codeFamilyOf(path);
  // Long runs of white space would cost the patterns below quadratic time.
  const text = lines
    .map((line) => line.slice(0, 500).replace(/\s+/g, ' ').trimEnd())
    .filter(Boolean)
    .join('\n');
  return family === undefined ? [] : (READERS[family]?.(text) ?? []);
}

type Reader = (text: string) => ImportedName[];

const named = (list: string, from: string, as: RegExp): ImportedName[] =>
  list.split(',').flatMap((one) => {
    const [original = '', name = original] = one
      .trim()
      .replace(/^(?:type|typeof)\s+/, '')
      .split(as);
    return original === '' ? [] : [{ name: name.trim(), original: original.trim(), from }];
  });

const AS = /\s+as\s+/;

const readScript: Reader = (text) => [
  ...matches(text, new RegExp(`\\bimport\\s([^;'"]{1,${MAX_LIST}}?)\\sfrom\\s*(['"])([^'"\\n]+)\\2`, 'g')).flatMap(
    ([, list, , from]) => scriptNames(list!, from!),
  ),
  ...matches(
    text,
    /\b(?:const|let|var)\s+([^=;]{1,2000}?)\s*=\s*(?:await\s+import|require)\(\s*(['"])([^'"\n]+)\2/g,
  ).flatMap(([, list, , from]) => scriptNames(list!.replace(/:/g, ' as '), from!)),
];

function scriptNames(list: string, from: string): ImportedName[] {
  const braces = /\{([^}]*)\}/.exec(list);
  const whole = list.replace(/\{[^}]*\}/, '').replace(/^\s*type\s/, '');
  const all = named(whole.replace(/\*\s*as\s+/, ''), from, AS).filter(({ name }) => /^[\p{L}_$]/u.test(name));
  return [...all, ...(braces ? named(braces[1]!.replace(/\/\/.*$/gm, ''), from, AS) : [])];
}

const readPython: Reader = (text) => [
  ...matches(text, /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]{1,2000})\)|([^\n#]+))/gm).flatMap(
    ([, from, list, line]) => named((list ?? line!).replace(/#.*$/gm, ''), from!, AS),
  ),
  ...matches(text, /^[ \t]*import[ \t]+([^\n#]+)/gm).flatMap(([, list]) =>
    list!.split(',').flatMap((one) => {
      const [from = '', name] = one.trim().split(AS);
      return from === '' ? [] : [{ name: name ?? from.split('.')[0]!, original: from, from }];
    }),
  ),
];

const readGo: Reader = (text) =>
  matches(text, /^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([\w.\-/]+)"[ \t]*$/gm).map(([, alias, from]) => {
    const last = from!.split('/').at(-1)!;
    return { name: alias ?? last, original: last, from: from! };
  });

/** One level of braces: `use a::{b, c::d}`. */
const readRust: Reader = (text) =>
  matches(
    text,
    /^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?use[ \t]+([\w:]*?)(?:::)?(?:\{([^;]{1,2000})\}|(\w+(?:[ \t]+as[ \t]+\w+)?))[ \t]*;/gm,
  ).flatMap(([, from, list, one]) =>
    named((list ?? one!).replace(/[{}]/g, ','), from!, AS).map(({ name, original }) => {
      const parts = original.split('::');
      const whole = [from!, ...parts.slice(0, -1)].filter(Boolean).join('::');
      return { name: name === original ? parts.at(-1)! : name, original: parts.at(-1)!, from: whole };
    }),
  );

/** `import a.b.C`, `using A.B`, `use A\B\C as D`: the last part is the name. */
const readDotted: Reader = (text) =>
  matches(
    text,
    /^[ \t]*(?:import|using|use)[ \t]+(?:static[ \t]+|function[ \t]+)?([\w.\\]+?)(?:[ \t]+as[ \t]+(\w+))?[ \t]*;?[ \t]*$/gm,
  ).map(([, from, alias]) => {
    const last = from!.split(/[.\\]/).at(-1)!;
    return { name: alias ?? last, original: last, from: from! };
  });

const matches = (text: string, pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)];

const READERS: Partial<Record<CodeFamily, Reader>> = {
  js: readScript,
  ts: readScript,
  python: readPython,
  go: readGo,
  rust: readRust,
  java: readDotted,
  kotlin: readDotted,
  scala: readDotted,
  csharp: readDotted,
  php: readDotted,
};

/** Whether a file may be what an import in the file `path` names. */
export function leadsTo({ from, original }: ImportedName, path: string, file: string): boolean {
  const stem = withoutExtension(file);
  const relative = relativeStem(from, path);
  if (relative !== undefined)
    return stem === relative || isIndexOf(stem, relative) || stem === joined(relative, original);
  const way = withoutExtension(from.replace(/^(?:crate|self|super)::/, '').replace(/^[@~#]\/?/, ''))
    .replace(/^node:/, '')
    .replace(/::|\\/g, '/');
  const slashed = (/\//.test(way) ? way : way.replaceAll('.', '/')).split('/').filter(Boolean);
  if (slashed.length === 0) return false;
  const parts = stem.split('/');
  const folder = parts.slice(0, -1);
  return (
    endsWith(parts, slashed) ||
    endsWith(folder, slashed) ||
    (slashed.length > 1 && (endsWith(parts, slashed.slice(0, -1)) || endsWith(folder, slashed.slice(1)))) ||
    (parts.includes('packages') && folder.includes(slashed.at(-1)!))
  );
}

/** Whether an import names something by its place, and so nothing outside of the workspace. */
export const isRelative = ({ from }: ImportedName): boolean => /^(?:\.|crate::|super::|self::)/.test(from);

/** The folder or file that a relative import means, without its ending; undefined for other imports. */
function relativeStem(from: string, path: string): string | undefined {
  if (!from.startsWith('.')) return undefined;
  const python = /^(\.+)([\w.]*)$/.exec(from);
  const isPython = codeFamilyOf(path) === 'python';
  if (isPython && !python) return undefined;
  const way = isPython
    ? ['.', ...Array<string>(python![1]!.length - 1).fill('..'), ...python![2]!.split('.').filter(Boolean)]
    : from.split('/');
  const parts = path.split('/').slice(0, -1);
  for (const part of way) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const stem = parts.join('/');
  return isPython ? stem : withoutExtension(stem);
}

const isIndexOf = (stem: string, folder: string): boolean =>
  ['index', '__init__', 'mod'].some((name) => stem === joined(folder, name));
const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
const withoutExtension = (path: string): string =>
  path.replace(/(?:\.d)?\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|java|kt|scala|cs|php)$/, '');
const endsWith = (parts: readonly string[], last: readonly string[]): boolean =>
  last.length <= parts.length && last.every((part, i) => part === parts[parts.length - last.length + i]);
