/**
 * A commit message as a question: without what only the project's own machinery reads (trailers, numbers of issues,
 * addresses), and mostly without a conventional prefix, which people who ask do not write.
 */
import type { Rng } from '#core/rl/types.ts';
import { cutLine } from '#node/textDecoding.ts';

/** The subject, or the subject and the first paragraph below it; empty when nothing is left. */
export function messageQuestion(message: string, rng: Rng): string {
  const [keepsPrefix, takesBody] = [rng.next() < KEEP_PREFIX, rng.next() < TAKE_BODY];
  const lines = plainText(message).trim().split('\n');
  const emptyLine = lines.findIndex((line) => !line.trim());
  const titleLines = emptyLine < 0 ? lines.slice(0, 1) : lines.slice(0, Math.min(emptyLine, MAX_TITLE_LINES));
  const subject = withoutNumbers(titleLines.join(' ').replace(LEADING_EMOJI, ''));
  const title = cutText(keepsPrefix ? subject : capitalized(subject.replace(PREFIX, '')), MAX_TITLE);
  if (!title || !takesBody) return title;
  const body = firstParagraph(lines.slice(titleLines.length));
  return body ? `${title}\n${body}` : title;
}

const KEEP_PREFIX = 0.3;
const TAKE_BODY = 0.5;
const MAX_TITLE = 300;
/** Old commits break a sentence over lines before the first empty one. */
const MAX_TITLE_LINES = 3;
const MAX_BODY = 600;
const MAX_LINE = 2_000;
/** `:bug: `, or the picture itself. */
export const LEADING_EMOJI = /^(?:\s*(?::[a-z0-9_+-]{2,40}:|[\p{So}\p{Sk}\ufe0f\u200d]))+\s*/u;
/** `feat(parser)!: `, and the commit numbers of other systems. */
const PREFIX =
  /^(?:(?:feat|feature|fix|bugfix|hotfix|perf|refactor|improve(?:ment)?|enhance(?:ment)?|change|add|remove|breaking|update|docs?|tests?|chore|build|ci|style)(?:\([^)]{0,60}\))?!?:\s*|\[(?:feat|fix|bug|bugfix|perf|refactor|ref|improvement|feature|new|api|core)\]\s*:?\s*)/i;

/** Control characters mean nothing to a searcher; line ends stay. */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\u200c\u200d]+/gu, ' ')
    .toWellFormed();

/** A path begins at no sign that could stand between two of them: else there would be too many ways to read a row. */
const NUMBER_PATTERNS: readonly RegExp[] = [
  /\bhttps?:\/\/\S+/g,
  /<[^<>\s@]{1,80}@[^<>\s]{1,80}>/g,
  /[([](?:\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see|issues?|bug|pr|pull|request|part|of|and|gh)\b|[\s:#,;&-]|\d{1,7}\b|(?<![\w.-])[\w.-]{1,40}\/[\w.-]{1,40}#){0,40}\d{1,7}[)\]]/gi,
  /\b(?:(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|address(?:es)?|refs?|see(?: also)?|issues?|bug|ticket|pr|pull request|part of|relates? to|follow[- ]?up (?:to|of|for))[\s:]*)+(?:[\w.-]+\/[\w.-]+)?(?:#|gh-)\d{1,7}\b[.,:;]?/gi,
  /(?:\b[\w.-]+\/[\w.-]+)?#\d{1,7}\b[:.,]?/g,
  /\bgh-\d{1,7}\b[:.,]?/gi,
  // Numbers of other trackers look like names of standards.
  /\[?\b(?!(?:UTF|UCS|SHA|MD|CRC|AES|DES|RSA|ED|ISO|IEEE|ECMA|RFC|PEP|CVE|TLS|HTTP|IP|IPV|BASE|CP|KOI|EUC|GB|BIG|ES|WIN|PCRE)-)[A-Z][A-Z0-9]{1,9}-\d{1,6}\b\]?[:.,]?/g,
  /\bby @[\w-]{1,40}|\(@[\w-]{1,40}\)/g,
];

/** The text in one line without issue numbers, addresses and empty brackets. */
export function withoutNumbers(text: string): string {
  const line = text.slice(0, MAX_LINE).replace(/\s+/g, ' ');
  const bare = NUMBER_PATTERNS.reduce((left, pattern) => left.replace(pattern, ' '), line);
  return bare
    .replace(/[([][\s,;]*[)\]]/g, (empty) => (/\s|,/.test(empty) ? ' ' : empty))
    .replace(/\s+([,.;:)])(?=\s|$)/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/^[\s:;,.*+-]+|[\s:;,([-]+$/g, '')
    .replace(/\s(?:for|in|of|from|by|see|via|and|per)$/i, '');
}

const TRAILER =
  /^\s*(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: |(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|bug|see|cc|ticket|issue|reported|reviewed|approved|original|differential|summary|test plan|git-svn-id|url|ref)\b[^.]{0,12}[:#]|[-*_=~]{3,}\s*$|https?:\/\/\S+\s*$|\(cherry picked from)/i;

/** Prose up to the first empty line; lists of squashed commits and bare trailers are none. */
function firstParagraph(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const line of lines) {
    if (!line.trim() || TRAILER.test(line)) {
      if (kept.length) break;
      continue;
    }
    if (kept.length === 0 && /^\s*[*+-]\s/.test(line)) return '';
    kept.push(line.trim());
  }
  return cutText(withoutNumbers(kept.join(' ')), MAX_BODY);
}

/** Cut after a whole sentence if there is one, else after a whole word. */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const cut = cutLine(text, maxUnits);
  const sentence = cut.lastIndexOf('. ');
  if (sentence > maxUnits / 2) return cut.slice(0, sentence + 1);
  const word = cut.lastIndexOf(' ');
  return word > 0 ? cut.slice(0, word) : cut;
}

/** Only words: a name keeps its spelling. */
const capitalized = (text: string): string =>
  /^\p{Ll}+(?=[\s,.]|$)/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
