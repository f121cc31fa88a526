/** Headings (`= Title` to `====== Title`) and listing, literal and fenced blocks of AsciiDoc. */
import { cleanTitle, type DocHeading, type DocOutline } from './docAssembly.ts';

const DELIMITER = /^(?:-{4,}|\.{4,}|\+{4,}|\/{4,}|`{3,})/;

export function asciidocOutline(lines: readonly string[]): DocOutline {
  const headings: DocHeading[] = [];
  const isCode = new Uint8Array(lines.length);
  let block: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trimEnd();
    const delimiter = delimiterOf(line);
    if (block !== undefined) {
      isCode[i] = 1;
      if (delimiter === block) block = undefined;
    } else if (delimiter !== undefined) {
      isCode[i] = 1;
      block = delimiter;
    } else addHeading(line, i, headings);
  }
  return { headings, isCode };
}

/** The delimiter that the line is; a fence may name its language when it opens. */
function delimiterOf(line: string): string | undefined {
  const mark = DELIMITER.exec(line)?.[0];
  return mark && (mark.length === line.length || mark[0] === '`') ? mark : undefined;
}

function addHeading(line: string, i: number, headings: DocHeading[]): void {
  const mark = line[0];
  if (mark !== '=' && mark !== '#') return;
  let level = 1;
  while (line[level] === mark) level++;
  const title = level <= 6 && line[level] === ' ' ? cleanTitle(line.slice(level + 1)) : undefined;
  if (title) headings.push({ line: i, lines: 1, level, title });
}
