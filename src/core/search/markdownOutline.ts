/**
 * Headings and code of Markdown and MDX, after CommonMark 0.31 without its corner cases: ATX and setext headings,
 * `<h1>` lines, fenced code, HTML comments, and front matter with a title.
 */
import { cleanTitle, type DocHeading, type DocOutline } from './docAssembly.ts';

const MAX_FRONT_MATTER = 200;
const MAX_MARK = 400;
const HTML_HEADING = /^<h([1-6])(?:\s[^<>]{0,200})?>(.*)<\/h[1-6]>$/i;

interface Fence {
  readonly mark: string;
  readonly length: number;
}

export function markdownOutline(lines: readonly string[]): DocOutline {
  const headings: DocHeading[] = [];
  const isCode = new Uint8Array(lines.length);
  let fence: Fence | undefined;
  let comment = false;
  for (let i = frontMatter(lines, headings); i < lines.length; i++) {
    const line = lines[i]!;
    if (fence) {
      isCode[i] = 1;
      if (closes(line, fence)) fence = undefined;
    } else if (comment) comment = !line.includes('-->');
    else if ((fence = openingFence(line))) isCode[i] = 1;
    else if (line.startsWith('<!--')) comment = !line.includes('-->', 4);
    else addHeading(lines, i, headings);
  }
  return { headings, isCode };
}

/** Adds the title of the front matter, if there is one; returns the first line after it. */
function frontMatter(lines: readonly string[], headings: DocHeading[]): number {
  const mark = lines[0]?.trimEnd();
  if (mark !== '---' && mark !== '+++') return 0;
  const most = Math.min(lines.length, MAX_FRONT_MATTER);
  let title: string | undefined;
  for (let i = 1; i < most; i++) {
    const line = lines[i]!;
    if (line.trimEnd() === mark) {
      if (title) headings.push({ line: 0, lines: i + 1, level: 0, title });
      return i + 1;
    }
    const named = /^title\s*[:=](.*)$/.exec(line.slice(0, MAX_MARK));
    if (named) title = cleanTitle(named[1]!.trim().replace(/^["']|["']$/g, ''));
  }
  return 0;
}

function addHeading(lines: readonly string[], i: number, headings: DocHeading[]): void {
  const heading = atxHeading(lines[i]!, i) ?? setextHeading(lines, i) ?? htmlHeading(lines[i]!, i);
  const last = headings.at(-1);
  if (heading && (!last || heading.line >= last.line + last.lines)) headings.push(heading);
}

function atxHeading(line: string, i: number): DocHeading | undefined {
  const indent = indentOf(line);
  let level = 0;
  while (line[indent + level] === '#') level++;
  if (indent > 3 || level < 1 || level > 6) return undefined;
  const rest = line.slice(indent + level, indent + level + 2 * MAX_MARK);
  if (rest && rest[0] !== ' ' && rest[0] !== '\t') return undefined;
  const title = cleanTitle(withoutClosingMarks(rest.trim()));
  return title === undefined ? undefined : { line: i, lines: 1, level, title };
}

function withoutClosingMarks(title: string): string {
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end--;
  return end < title.length && (end === 0 || title[end - 1] === ' ') ? title.slice(0, end) : title;
}

/** A line of text that stands alone, underlined by `===` or `---` (longer paragraphs are prose before a rule). */
function setextHeading(lines: readonly string[], i: number): DocHeading | undefined {
  const underline = lines[i]!.trim();
  const mark = underline[0];
  if (i === 0 || (mark !== '=' && mark !== '-') || indentOf(lines[i]!) > 3 || !isRun(underline, mark)) return undefined;
  const above = lines[i - 1]!;
  const isText =
    above.trim() !== '' && indentOf(above) < 4 && !/^\s*(?:[>|#<]|[-*+]\s|\d+[.)]\s|```|~~~|---|===)/.test(above);
  if (!isText || (i > 1 && lines[i - 2]!.trim() !== '')) return undefined;
  const title = cleanTitle(above);
  return title === undefined ? undefined : { line: i - 1, lines: 2, level: mark === '=' ? 1 : 2, title };
}

function htmlHeading(line: string, i: number): DocHeading | undefined {
  const trimmed = line.length < 2 * MAX_MARK ? line.trim() : '';
  const match = trimmed[0] === '<' ? HTML_HEADING.exec(trimmed) : null;
  const title = match && cleanTitle(match[2]!);
  return title ? { line: i, lines: 1, level: Number(match[1]), title } : undefined;
}

function openingFence(line: string): Fence | undefined {
  const trimmed = line.trimStart();
  const mark = trimmed[0];
  if (mark !== '`' && mark !== '~') return undefined;
  let length = 0;
  while (trimmed[length] === mark) length++;
  return length < 3 || (mark === '`' && trimmed.includes('`', length)) ? undefined : { mark, length };
}

function closes(line: string, fence: Fence): boolean {
  const trimmed = line.trim();
  return trimmed.length >= fence.length && isRun(trimmed, fence.mark);
}

/** The text is nothing but one character, repeated. */
export function isRun(text: string, mark: string): boolean {
  for (let i = 0; i < text.length; i++) if (text[i] !== mark) return false;
  return text.length > 0;
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ') indent++;
  return indent;
}
