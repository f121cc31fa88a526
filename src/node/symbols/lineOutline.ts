/**
 * The definitions of a text told from its lines, for languages without a grammar and for files too large to parse.
 * A definition ends where the indentation does; linear in the length of the text for each level of indentation.
 */
import type { Definition } from '#core/agent/tools.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { lineDefinition } from '#core/search/definitionLine.ts';
import { docAbove } from './docComment.ts';
import { extensionOf } from './languages.ts';
import { signatureOf } from './signature.ts';

const MAX_HEAD_LINES = 20;
const MAX_NESTING = 50;
const MAX_LINE_UNITS = 2_000;
const TAB_WIDTH = 4;

/** Definitions by first line, the outer before the inner. */
export function lineOutline(path: string, lines: readonly string[]): Definition[] {
  const indents = lines.map(indentOf);
  const found: Definition[] = [];
  const open: Definition[] = [];
  let inComment = false;
  for (const [row, line] of lines.entries()) {
    const wasComment = inComment;
    inComment = staysInComment(line, inComment);
    const here = wasComment || indents[row] === EMPTY ? undefined : lineDefinition(line, path);
    if (!here) continue;
    const end = blockEnd(path, lines, indents, row, here.name);
    while (open.length > 0 && open.at(-1)!.span.end < row + 1) open.pop();
    const one = definitionAt(path, lines, row, end, here.name, here.kind, open);
    found.push(one);
    if (end > row && open.length < MAX_NESTING) open.push(one);
  }
  return found;
}

const EMPTY = -1;

/** Columns before the first sign of a line; `EMPTY` for a line of white space. */
function indentOf(line: string): number {
  let column = 0;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at];
    if (sign === '\t') column += TAB_WIDTH;
    else if (sign === ' ') column++;
    else return column;
  }
  return EMPTY;
}

function staysInComment(line: string, inComment: boolean): boolean {
  if (inComment) return !line.includes('*/');
  return line.trimStart().startsWith('/*') && !line.includes('*/');
}

const CONTINUES = /^(?:[)\]]|\{|then\b|do\b|where\b|else\b|elif\b|rescue\b|ensure\b|catch\b|finally\b|\|)/;
const CLOSES = /^(?:\}|end\b|done\b|fi\b|esac\b)/;

/** 0-based row of the last line of the block whose head is `row`. */
function blockEnd(
  path: string,
  lines: readonly string[],
  indents: readonly number[],
  row: number,
  name: string,
): number {
  const indent = indents[row]!;
  const isC = /^(?:c|h|cc|cpp|cxx|hpp|m|mm)$/.test(extensionOf(path));
  const isHaskell = extensionOf(path) === 'hs';
  let last = row;
  for (let at = row + 1; at < lines.length; at++) {
    if (indents[at] === EMPTY || (isC && lines[at]!.startsWith('#'))) continue;
    if (indents[at]! > indent) last = at;
    else {
      const start = indents[at] === indent ? lines[at]!.slice(0, MAX_LINE_UNITS).trim() : '';
      if (CLOSES.test(start) && !/[{(]$/.test(start)) return at;
      if (!CLOSES.test(start) && !CONTINUES.test(start) && !(isHaskell && start.startsWith(`${name} `))) return last;
      last = at;
    }
  }
  return last;
}

const CLASS_LIKE = new Set<SymbolKind>(['class', 'struct', 'trait', 'interface', 'enum']);

function definitionAt(
  path: string,
  lines: readonly string[],
  row: number,
  end: number,
  name: string,
  kind: SymbolKind,
  open: readonly Definition[],
): Definition {
  const head = lines
    .slice(row, Math.min(end + 1, row + MAX_HEAD_LINES))
    .map((line) => line.slice(0, MAX_LINE_UNITS))
    .join('\n');
  const above = docAbove(lines, row, path);
  const outer = open.at(-1)?.kind;
  return {
    name,
    kind: kind === 'function' && outer && CLASS_LIKE.has(outer) ? 'method' : kind,
    span: { path, start: above.row + 1, end: end + 1 },
    line: row + 1,
    signature: signatureOf(head, 0, head.length, undefined),
    ...(above.doc === undefined ? {} : { doc: above.doc }),
    inside: open.map((one) => one.name),
  };
}
