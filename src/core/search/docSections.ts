/**
 * Documents cut into sections: the unit that the docs index finds and that an answer cites.
 *
 * One outline a format (where headings and code lie), one assembly for all (`docAssembly.ts`). Every outline reads its
 * text once, line by line or character by character, so that the time is linear in the size whatever the text is.
 * Left out on purpose: rendering. HTML, directives and macros stay the text that they are.
 */
import { asciidocOutline } from './asciidocOutline.ts';
import { assembleSections, type DocOutline } from './docAssembly.ts';
import { markdownOutline } from './markdownOutline.ts';
import { notebookSections } from './notebookSections.ts';
import { packageMetadataDocument } from './packageMetadata.ts';
import { rstOutline } from './rstOutline.ts';
import { typingsDocument } from './typingsOutline.ts';
import type { LineRange } from './span.ts';

/** A run of lines with the headings that it stands under. */
export interface DocSection extends LineRange {
  /** From the outermost to the section's own; empty for text without headings. */
  readonly headings: readonly string[];
  /** Prose without the heading's own lines, cut after `MAX_SECTION_CHARS` UTF-16 units. */
  readonly body: string;
  /** Code blocks and declarations, cut likewise. */
  readonly code: string;
  /** Beginning of the section, prose and code in their order, at most `MAX_SECTION_TEXT` UTF-16 units. */
  readonly text: string;
}

export type DocFormat = 'markdown' | 'rst' | 'asciidoc' | 'text' | 'notebook' | 'typings' | 'metadata';

const FORMATS: ReadonlyMap<string, DocFormat> = new Map([
  ['md', 'markdown'],
  ['mdx', 'markdown'],
  ['markdown', 'markdown'],
  ['rst', 'rst'],
  ['adoc', 'asciidoc'],
  ['asciidoc', 'asciidoc'],
  ['txt', 'text'],
  ['ipynb', 'notebook'],
]);
const MAX_TEXT_LINES = 60;

/** The sections of a document, by line, disjoint; empty for what is no document by its name. */
export function splitDoc(path: string, text: string): DocSection[] {
  const format = docFormatOf(path);
  if (!format) return [];
  if (format === 'notebook') return notebookSections(text);
  const lines = linesOf(text);
  if (format === 'typings') return assembleSections(typingsDocument(lines));
  if (format === 'metadata') return assembleSections(packageMetadataDocument(lines));
  if (format === 'text') return assembleSections({ lines, outline: plainOutline(lines), maxLines: MAX_TEXT_LINES });
  return assembleSections({ lines, outline: OUTLINES[format](lines) });
}

/** How a file is read, by its name alone; undefined for a file that is no document. */
export function docFormatOf(path: string): DocFormat | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.d\.[cm]?ts$/i.test(name)) return 'typings';
  if (name === 'METADATA' || name === 'PKG-INFO') return 'metadata';
  const dot = name.lastIndexOf('.');
  if (dot > 0) return FORMATS.get(name.slice(dot + 1).toLowerCase());
  return /^readme$/i.test(name) ? 'markdown' : undefined;
}

/** Lines without their terminators (`\n`, `\r\n`), as every tool of the workspace counts them. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

const OUTLINES = { markdown: markdownOutline, rst: rstOutline, asciidoc: asciidocOutline };

const plainOutline = (lines: readonly string[]): DocOutline => ({ headings: [], isCode: new Uint8Array(lines.length) });
