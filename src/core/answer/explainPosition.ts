/**
 * Whether a word at a position can be explained: it is a name, it stands in code, and it is no word of the language.
 *
 * Told from the lines above the position by a scan that knows comments, strings and what is put into strings. It begins
 * a few hundred lines above at most, where it takes for granted that there is code.
 */
import { keywordsOf } from '#core/answer/explainKeywords.ts';
import { isTellingName } from '#core/answer/mentions.ts';
import { marksOf, type Marks } from '#core/answer/explainMarks.ts';

/** Lines above a position that are looked at; callers need to give no more. */
export const MAX_LINES_ABOVE = 400;
/** In longer lines nothing is explained: nobody wrote them. */
const MAX_LINE_UNITS = 2_000;
const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*[?!]?$/u;
const MAX_NAME_UNITS = 200;

/** `lines` end with the line of the word, or go on; `row` and `column` are 0-based, `column` that of the word's begin. */
export function isExplainable(
  name: string,
  lines: readonly string[],
  { row, column }: { readonly row: number; readonly column: number },
  path: string,
): boolean {
  const line = lines[row] ?? '';
  if (!NAME.test(name) || name.length > MAX_NAME_UNITS || line.length > MAX_LINE_UNITS) return false;
  const marks = marksOf(path);
  if (marks === 'prose') return isTellingName(name);
  if (marks === 'json') return isTellingName(name) && /^[^"]*"\s*:/.test(line.slice(column));
  return !isKeyword(name, line, column, path) && standsInCode(lines, row, column, marks);
}

function isKeyword(name: string, line: string, column: number, path: string): boolean {
  const { hard, soft } = keywordsOf(path);
  const before = line.slice(0, column).trimEnd();
  if (/(?:[^.]\.|->|::)$/.test(before)) return false;
  const after = line.slice(column + name.length);
  if (hard.has(name)) return true;
  return (
    soft.has(name) && /^\s+[\p{L}_$"'{*[<@(]/u.test(after) && !/^\s+(?:in|of|as|is|instanceof|and|or)\b/.test(after)
  );
}

/** What is open at a point of a text, innermost last. */
interface Open {
  readonly kind: 'comment' | 'string' | 'code';
  readonly end: string;
  /** It ends with the line at the latest. */
  readonly oneLine: boolean;
}

function standsInCode(lines: readonly string[], row: number, column: number, marks: Marks): boolean {
  const open: Open[] = [];
  for (let at = Math.max(0, row - MAX_LINES_ABOVE); at < row; at++)
    scanLine(lines[at]!, lines[at]!.length, marks, open);
  scanLine(lines[row]!, column, marks, open);
  return (open.at(-1)?.kind ?? 'code') === 'code';
}

/** Follows the line up to `stop`; at its end what ends with the line is closed. */
function scanLine(line: string, stop: number, marks: Marks, open: Open[]): void {
  const most = Math.min(line.length, MAX_LINE_UNITS);
  let at = 0;
  while (at < Math.min(stop, most)) {
    const top = open.at(-1);
    if (top && line.startsWith(top.end, at)) {
      open.pop();
      at += top.end.length;
    } else at = top && top.kind !== 'code' ? insideText(line, at, top, open) : inCode(line, at, marks, open);
  }
  if (stop >= line.length) while (open.at(-1)?.oneLine) open.pop();
}

function insideText(line: string, at: number, top: Open, open: Open[]): number {
  if (top.kind === 'comment') return at + 1;
  if (line[at] === '\\') return at + 2;
  if ((line[at] === '$' || line[at] === '#') && line[at + 1] === '{') {
    open.push({ kind: 'code', end: '}', oneLine: top.oneLine });
    return at + 2;
  }
  return at + 1;
}

function inCode(line: string, at: number, marks: Marks, open: Open[]): number {
  const block = marks.blocks.find(([start]) => line.startsWith(start, at));
  if (block) return push(open, { kind: 'comment', end: block[1], oneLine: false }, at + block[0].length);
  const comment = marks.lines.find((mark) => line.startsWith(mark, at));
  if (comment !== undefined && !isPartOfWord(line, at, comment)) {
    open.push({ kind: 'comment', end: '\n', oneLine: true });
    return line.length;
  }
  const quote = marks.quotes.find((mark) => line.startsWith(mark, at));
  if (quote !== undefined) return openString(line, at, quote, marks, open);
  if (marks.regex && line[at] === '/') return at + (regexLength(line, at) || 1);
  if (line[at] === '{' && open.length > 0) return push(open, { kind: 'code', end: '}', oneLine: false }, at + 1);
  return at + 1;
}

function push(open: Open[], one: Open, next: number): number {
  open.push(one);
  return next;
}

/** `'a` of Rust is no string; a quote inside of a word (`don't`, Haskell's `x'`) is none either. */
function openString(line: string, at: number, quote: string, marks: Marks, open: Open[]): number {
  if (quote === "'" && marks.characters) {
    const literal = /^'(?:\\.[^']{0,10}|[^\\'])'/u.exec(line.slice(at, at + 14));
    return at + (literal?.[0].length ?? 1);
  }
  return push(open, { kind: 'string', end: quote, oneLine: quote.length === 1 && quote !== '`' }, at + quote.length);
}

/** `#` begins a comment of a shell only at the beginning of a word (`$#`, `a#b`). */
const isPartOfWord = (line: string, at: number, mark: string): boolean =>
  mark === '#' && /[\w$&]/.test(line[at - 1] ?? ' ');

/** Length of a regular expression that begins here, 0 if the slash divides. */
function regexLength(line: string, at: number): number {
  const before = line.slice(Math.max(0, at - 20), at).trimEnd();
  if (before !== '' && !/[(,=:[!&|?{};+\-*%<>~^]$|\b(?:return|typeof|case|of|in)$/.test(before)) return 0;
  return /^\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\//.exec(line.slice(at, at + 500))?.[0].length ?? 0;
}
