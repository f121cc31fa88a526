/**
 * Headings and literal blocks of reStructuredText: titles by underline (and overline), their levels by the order in
 * which the adornments appear, as docutils reads them.
 */
import { cleanTitle, type DocHeading, type DocOutline } from './docAssembly.ts';
import { isRun } from './markdownOutline.ts';

const MARKS = '=-`:.\'"~^_*+#<>!$%&(),/;?@[\\]{|}';
const CODE_DIRECTIVE = /^\s*\.\. (?:code|code-block|sourcecode|highlight|parsed-literal|testcode|prompt)::/;

export function rstOutline(lines: readonly string[]): DocOutline {
  const isCode = literalBlocks(lines);
  const headings: DocHeading[] = [];
  const styles: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const title = isCode[i] ? undefined : titleAt(lines, i);
    if (!title) continue;
    if (!styles.includes(title.style)) styles.push(title.style);
    headings.push({ line: i, lines: title.lines, level: styles.indexOf(title.style) + 1, title: title.text });
    i += title.lines - 1;
  }
  return { headings, isCode };
}

function titleAt(lines: readonly string[], i: number): { text: string; lines: number; style: string } | undefined {
  const over = adornmentOf(lines[i]!);
  const text = cleanTitle(lines[over ? i + 1 : i] ?? '');
  const under = adornmentOf(lines[over ? i + 2 : i + 1] ?? '');
  if (!text || !under || (over && over !== under) || (i > 0 && lines[i - 1]!.trim())) return undefined;
  if (over) return { text, lines: 3, style: `${over}${over}` };
  const isFlush = lines[i]![0] !== ' ' && lines[i]![0] !== '\t' && !lines[i]!.startsWith('.. ');
  // Docutils takes an underline of fewer than four marks for text unless it is as long as the title.
  const isLong = lines[i + 1]!.trim().length >= Math.min(4, lines[i]!.trim().length);
  return isFlush && isLong ? { text, lines: 2, style: under } : undefined;
}

function adornmentOf(line: string): string | undefined {
  const trimmed = line.trimEnd();
  const mark = trimmed[0];
  return mark && trimmed.length > 1 && MARKS.includes(mark) && isRun(trimmed, mark) ? mark : undefined;
}

/** Marks the blocks that are indented under a line that ends in `::` or under a code directive. */
function literalBlocks(lines: readonly string[]): Uint8Array {
  const isCode = new Uint8Array(lines.length);
  let outer = -1;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (outer >= 0 && (!line.trim() || indentOf(line) > outer)) {
      isCode[i] = line.trim() ? 1 : 0;
      continue;
    }
    outer = opensLiteral(line) ? indentOf(line) : -1;
  }
  return isCode;
}

const opensLiteral = (line: string): boolean => {
  const trimmed = line.trimEnd();
  return CODE_DIRECTIVE.test(line) || (trimmed.endsWith('::') && !trimmed.trimStart().startsWith('..'));
};

const indentOf = (line: string): number => line.length - line.trimStart().length;
