/**
 * From an outline (headings, code lines) to sections: heading paths, long sections cut, empty ones left out.
 */
import type { DocSection } from './docSections.ts';

export interface DocHeading {
  /** Index of the first line of the section, 0-based. */
  readonly line: number;
  /** Lines that the heading itself takes; they are not part of the section's text. */
  readonly lines: number;
  /** 0 for the title of a document, then growing inwards; need not be gapless. */
  readonly level: number;
  readonly title: string;
  /** The lines up to the next heading make no section. */
  readonly skip?: boolean;
}

export interface DocOutline {
  /** By line. */
  readonly headings: readonly DocHeading[];
  /** 1 for a line of code. */
  readonly isCode: Uint8Array;
}

export interface DocToAssemble {
  /** The lines as they are to be indexed, one for each line of the file. */
  readonly lines: readonly string[];
  /** The lines as they stand in the file, where `lines` is less than they are: blank is what is blank here. */
  readonly original?: readonly string[];
  readonly outline: DocOutline;
  readonly maxLines?: number;
}

export const MAX_SECTION_CHARS = 16_000;
export const MAX_SECTION_TEXT = 400;
const MAX_SECTION_LINES = 80;
const MAX_TITLE = 200;
const MAX_DEPTH = 12;

interface Block {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly headingLines: number;
  readonly headings: readonly string[];
}

export function assembleSections(doc: DocToAssemble): DocSection[] {
  const sections: DocSection[] = [];
  for (const block of blocksOf(doc.lines, doc.outline.headings))
    for (const piece of piecesOf(block, doc)) sections.push(sectionOf(piece, doc));
  return sections;
}

/** A heading as one line of plain text; undefined when nothing is left of it. */
export function cleanTitle(raw: string): string | undefined {
  const title = raw
    .slice(0, 4 * MAX_TITLE)
    .replace(/!?\[([^[\]]{0,200})\]\([^()]{0,300}\)/g, '$1')
    .replace(/\{[#.][^{}]{0,100}\}\s*$/, '')
    .replace(/<\/?[a-z][^<>]{0,200}>|<[A-Z][^<>]{0,200}\/>/g, '')
    .replace(/`|\*\*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return title ? cutText(title, MAX_TITLE) : undefined;
}

/** The first `most` UTF-16 units, one fewer where the cut would halve a character. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

function blocksOf(lines: readonly string[], headings: readonly DocHeading[]): Block[] {
  const blocks: Block[] = [];
  const open: DocHeading[] = [];
  const add = (from: number, to: number, headingLines: number): void => {
    const titles = open.map((heading) => heading.title).filter((title, i, all) => title !== all[i - 1]);
    blocks.push({ from, to, headingLines, headings: titles });
  };
  add(0, headings[0]?.line ?? lines.length, 0);
  headings.forEach((heading, i) => {
    const next = headings[i + 1];
    while (open.length && open.at(-1)!.level >= heading.level) open.pop();
    if (heading.skip) return;
    if (open.length < MAX_DEPTH) open.push(heading);
    const to = next?.line ?? lines.length;
    const isParent = next !== undefined && !next.skip && next.level > heading.level;
    if (!isParent || hasText(lines, heading.line + heading.lines, to)) add(heading.line, to, heading.lines);
  });
  return blocks;
}

function hasText(lines: readonly string[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (lines[i]!.trim()) return true;
  return false;
}

function piecesOf(block: Block, doc: DocToAssemble): Block[] {
  const most = doc.maxLines ?? MAX_SECTION_LINES;
  const pieces: Block[] = [];
  let from = block.from;
  while (from < block.to) {
    while (from < block.to && isBlank(doc, from)) from++;
    const cut = block.to - from > most ? cutPlace(doc, from, from + most) : block.to;
    let to = cut;
    while (to > from && isBlank(doc, to - 1)) to--;
    const headingLines = from === block.from ? block.headingLines : 0;
    if (to > from) pieces.push({ from, to, headingLines, headings: block.headings });
    from = cut;
  }
  return pieces;
}

const isBlank = ({ original, lines }: DocToAssemble, i: number): boolean => !(original ?? lines)[i]!.trim();

/** The last blank line of prose in the second half, else any blank line there, else the hard limit. */
function cutPlace(doc: DocToAssemble, from: number, limit: number): number {
  let blank = limit;
  for (let i = limit - 1; i > (from + limit) >> 1; i--) {
    if (!isBlank(doc, i)) continue;
    if (!doc.outline.isCode[i]) return i;
    if (blank === limit) blank = i;
  }
  return blank;
}

function sectionOf(piece: Block, doc: DocToAssemble): DocSection {
  const body: string[] = [];
  const code: string[] = [];
  const begin: string[] = [];
  let room = MAX_SECTION_CHARS;
  for (let i = piece.from + piece.headingLines; i < piece.to && room > 0; i++) {
    const line = cutText(doc.lines[i]!, room);
    (doc.outline.isCode[i] ? code : body).push(line);
    if (MAX_SECTION_CHARS - room < MAX_SECTION_TEXT) begin.push(line);
    room -= line.length + 1;
  }
  return {
    start: piece.from + 1,
    end: piece.to,
    headings: piece.headings,
    body: body.join('\n'),
    code: code.join('\n'),
    text: cutText(begin.join('\n').trim(), MAX_SECTION_TEXT),
  };
}
