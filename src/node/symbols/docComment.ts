/** The doc comment above a definition, told from the lines alone, and its text without comment marks. */
import { cutLine } from '#node/textDecoding.ts';
import { extensionOf } from './languages.ts';

export const MAX_DOC_UNITS = 600;
const MAX_DOC_LINES = 200;
const MAX_ATTRIBUTE_LINES = 30;

const HASH_COMMENTS = new Set(
  'py pyi pyw pyx bzl rb rake gemspec ru sh bash zsh fish bats ex exs pl pm r jl nim cr coffee ps1 tcl'.split(' '),
);
const DASH_COMMENTS = new Set(['lua', 'luau', 'hs', 'elm', 'purs']);

export interface DocAbove {
  /** 0-based row of the first line of comments and attributes; the given row if there are none. */
  readonly row: number;
  readonly doc: string | undefined;
}

/** Comments and attributes directly above the given 0-based row, without an empty line between. */
export function docAbove(lines: readonly string[], row: number, path: string): DocAbove {
  const marks = marksOf(path);
  const comments: string[] = [];
  let first = row;
  while (first > 0 && row - first < MAX_DOC_LINES) {
    const line = lines[first - 1]!.trim();
    const from = commentStart(lines, first - 1, line, marks) ?? attributeStart(lines, first - 1, line);
    if (from === undefined) break;
    if (!isAttribute(lines[from]!.trim())) for (let at = first - 1; at >= from; at--) comments.push(lines[at]!);
    first = from;
  }
  return { row: first, doc: docText(comments.reverse(), path) };
}

const marksOf = (path: string): readonly string[] => {
  const extension = extensionOf(path);
  if (HASH_COMMENTS.has(extension)) return ['#'];
  if (DASH_COMMENTS.has(extension)) return ['--'];
  return extension === 'php' ? ['//', '#'] : ['//'];
};

function commentStart(
  lines: readonly string[],
  row: number,
  line: string,
  marks: readonly string[],
): number | undefined {
  if (marks.some((mark) => line.startsWith(mark)) && !line.startsWith('#[') && !line.startsWith('#!')) return row;
  if (!line.endsWith('*/')) return undefined;
  for (let at = row; at >= 0 && row - at < MAX_DOC_LINES; at--) {
    const start = lines[at]!.trimStart();
    if (start.startsWith('/*')) return at;
    if (start.includes('/*')) return undefined;
  }
  return undefined;
}

const isAttribute = (line: string): boolean => /^(?:@\w|#!?\[|\[\w)/.test(line);

/** First row of an attribute that ends in this row, over several lines too. */
function attributeStart(lines: readonly string[], row: number, line: string): number | undefined {
  if (isAttribute(line) && (/[\w)\]]$/.test(line) || line.includes(')'))) return line.endsWith(';') ? undefined : row;
  if (!/^[)\]}]+$/.test(line)) return undefined;
  for (let at = row - 1; at >= 0 && row - at < MAX_ATTRIBUTE_LINES; at--) {
    const start = lines[at]!.trim();
    if (start.startsWith('@') || start.startsWith('#[')) return /[([{]$/.test(start) ? at : undefined;
    if (start === '' || start.endsWith(';')) return undefined;
  }
  return undefined;
}

const LEADING_MARK = /^\s*(?:\/\*+!?|\/{2,}!?|\*+(?!\/)|#+|--+(?:\[\[)?(?: ?[|^])?|;+)[ \t]?/;
const DIRECTIVE =
  /^(?:eslint|prettier|istanbul|c8 |v8 |@ts-|tslint|noqa|type:|pylint|mypy|noinspection|rubocop|NOLINT|clang-format|region|#region|go:\w|nolint|-\*-)/;

/** Text of comment lines without marks and rulers, at most `MAX_DOC_UNITS`; undefined if none is left. */
function docText(comment: readonly string[], path: string): string | undefined {
  const texts: string[] = [];
  for (const line of comment) {
    const text = line
      .slice(0, MAX_DOC_UNITS)
      .replace(/\*+\/\s*$/, '')
      .replace(LEADING_MARK, '')
      .trimEnd();
    if (!DIRECTIVE.test(text) && !/^[-=*#~/\s]+$/.test(text)) texts.push(text);
  }
  const joined = extensionOf(path) === 'cs' ? texts.join('\n').replace(/<\/?\w[^<>]*>/g, '') : texts.join('\n');
  return shortDoc(joined);
}

/** A doc text without outer white space, cut to `MAX_DOC_UNITS` between whole characters; undefined if empty. */
export function shortDoc(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return cutLine(lines.join('\n').trim(), MAX_DOC_UNITS) || undefined;
}

/** The text of the docstring that begins at `at`, if a string begins there. */
export function docstringAt(text: string, at: number): string | undefined {
  const opening = /^[rRuUbB]{0,2}("""|'''|"|')/.exec(text.slice(at, at + 6));
  if (!opening) return undefined;
  const start = at + opening[0].length;
  const end = text.indexOf(opening[1]!, start);
  return shortDoc(text.slice(start, Math.min(end < 0 ? text.length : end, start + 2 * MAX_DOC_UNITS)));
}
