/**
 * Text of a workspace as Markdown that shows the text and does nothing else: no name, code or question can become a
 * heading, a link, an image or HTML, or leave the place that it was given. After CommonMark 0.31 and GitHub's additions.
 */
import { printable } from '#core/answer/plainText.ts';
import { placeText } from '#core/answer/wording.ts';
import type { Span } from '#core/search/span.ts';

/** Text within a line. What stands between two single back-ticks stays code, as answers write names. */
export function inlineMarkdown(text: string): string {
  const parts = printable(text)
    .trim()
    .split(/(?<!`)`([^`]+)`(?!`)/);
  const line = parts.map((part, i) => (i % 2 ? codeMarkdown(part) : escaped(part))).join('');
  return line.replace(LINE_START, (_, digits: string, mark: string) => `${digits}\\${mark}`);
}

/** One run of code; empty for empty text. */
export function codeMarkdown(text: string): string {
  const code = printable(text);
  if (code.trim() === '') return escaped(code);
  const fence = '`'.repeat(longestRun(code) + 1);
  const pad = /^`|`$|^ .* $/.test(code) ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** Lines of code as a block, ending with a line end; `path` names its language. */
export function blockMarkdown(lines: readonly string[], path: string): string {
  const code = lines.map((line) => line.split('\t').map(printable).join('\t'));
  const fence = '`'.repeat(Math.max(3, longestRun(code.join('\n')) + 1));
  const language = /\.([a-z0-9]{1,12})$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return `${fence}${language}\n${code.map((line) => `${line}\n`).join('')}${fence}\n`;
}

/**
 * Path and lines, as a link relative to the workspace: `[src/a.ts:12–40](src/a.ts#L12-L40)`. Docs from outside of the
 * workspace and folders that are not open have no such place and are named only.
 */
export function placeMarkdown(place: Span): string {
  const text = placeText(place);
  // Not every reader of Markdown knows that code goes before links.
  const name = /[`[\]\\]/.test(text) ? escaped(printable(text)) : codeMarkdown(text);
  const target = linkTarget(place);
  return target === undefined ? name : `[${name}](${target})`;
}

/** `[\[1\]](src/a.ts#L12-L40)`, the number of a citation; it leads nowhere without a place in the workspace. */
export function numberMarkdown(number: number, place: Span | undefined): string {
  const target = place && linkTarget(place);
  return target === undefined ? `\\[${number}\\]` : `[\\[${number}\\]](${target})`;
}

/** `src/a.ts#L12-L40`; undefined for a path that leads to no file of the workspace. */
export function linkTarget({ path, start, end }: Span): string | undefined {
  const parts = path.split('/');
  if (parts[0] === '~docs' || parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const lines = start === end ? `L${start}` : `L${start}-L${end}`;
  return `${parts.map(encodedPart).join('/')}#${lines}`;
}

/** At the start of a line these begin headings, lists, rules and underlined headings. */
const LINE_START = /^(\d{0,9})([#+=.)-])/;
/** A scheme, `www.` or an address of mail becomes a link by itself. */
const SPECIAL = /[\\`*_{}[\]<>&|~$!]|:(?=\/\/)|(?<=www)\.|(?<=[\w.+-])@(?=\w)/gi;

const escaped = (text: string): string => text.replace(SPECIAL, '\\$&');

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

/** `encodeURIComponent` leaves alone some marks that mean something in Markdown. */
const encodedPart = (part: string): string =>
  encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*~_]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
