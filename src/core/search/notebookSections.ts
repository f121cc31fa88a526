/**
 * Jupyter notebooks (nbformat 3 and 4): one section a cell, Markdown cells cut at their headings, at the lines that the
 * cell's source has in the JSON file, so that a citation names lines of the file. Outputs are left out.
 */
import { assembleSections, MAX_SECTION_CHARS, type DocHeading } from './docAssembly.ts';
import type { DocSection } from './docSections.ts';
import { jsonStrings } from './jsonStrings.ts';
import { markdownOutline } from './markdownOutline.ts';

interface Cell {
  type: string;
  /** Lines of the source; each with the 1-based line of the file that it stands in. */
  readonly lines: { readonly text: string; readonly at: number }[];
}

export function notebookSections(text: string): DocSection[] {
  const sections: DocSection[] = [];
  let open: readonly DocHeading[] = [];
  for (const cell of cellsOf(text)) {
    const lines = cell.lines.map((line) => line.text);
    const own = cell.type === 'code' ? codeOutline(lines) : markdownOutline(lines);
    // The headings that are open when a cell begins stand before its first line, where they take no lines.
    const headings = [...open.map((heading) => ({ ...heading, line: 0, lines: 0 })), ...own.headings];
    for (const section of assembleSections({ lines, outline: { headings, isCode: own.isCode } }))
      append(sections, { ...section, start: cell.lines[section.start - 1]!.at, end: cell.lines[section.end - 1]!.at });
    open = stillOpen(headings);
  }
  return sections;
}

const codeOutline = (lines: readonly string[]) => ({ headings: [], isCode: new Uint8Array(lines.length).fill(1) });

function stillOpen(headings: readonly DocHeading[]): DocHeading[] {
  const open: DocHeading[] = [];
  for (const heading of headings) {
    while (open.length && open.at(-1)!.level >= heading.level) open.pop();
    open.push(heading);
  }
  return open;
}

/** Cells that share a line of the file (a notebook without line breaks) make one section. */
function append(sections: DocSection[], section: DocSection): void {
  const last = sections.at(-1);
  if (!last || section.start > last.end) sections.push(section);
  else if (last.body.length + last.code.length < MAX_SECTION_CHARS)
    sections[sections.length - 1] = {
      ...last,
      end: Math.max(last.end, section.end),
      body: `${last.body}\n${section.body}`,
      code: `${last.code}\n${section.code}`,
    };
}

function cellsOf(text: string): Cell[] {
  const cells: Cell[] = [];
  let cell: Cell | undefined;
  let number = -1;
  jsonStrings(text, (path, value, line) => {
    const place = path.lastIndexOf('cells');
    const index = path[place + 1];
    const key = path[place + 2];
    if (place < 0 || typeof index !== 'number') return;
    if (!cell || index !== number) cells.push((cell = { type: 'markdown', lines: [] }));
    number = index;
    if (key === 'cell_type') cell.type = value;
    else if (key === 'source' || key === 'input') addLines(cell, value, line);
  });
  return cells;
}

function addLines(cell: Cell, value: string, at: number): void {
  const lines = value.split('\n');
  if (lines.at(-1) === '' && lines.length > 1) lines.pop();
  for (const text of lines) cell.lines.push({ text, at });
}
