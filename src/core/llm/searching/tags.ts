/**
 * The tags of R1-Searcher (arXiv 2503.05592): a query, the documents that come back, the answer. What a model writes is
 * read up to the first query or answer that it ends; what it makes up behind that was never found.
 */
import { MAX_QUERY_LENGTH } from '#core/agent/suggestions.ts';
import { readAnswer } from './answerText.ts';
import type { FoundDocument } from './documents.ts';
import type { ReadMove } from './move.ts';

export const QUERY = { begin: '<|begin_of_query|>', end: '<|end_of_query|>' } as const;
export const DOCUMENTS = { begin: '<|begin_of_documents|>', end: '<|end_of_documents|>' } as const;
export const ANSWER = { begin: '<answer>', end: '</answer>' } as const;

/** Whether what was written so far holds a whole query or answer: no more is wanted then. */
export const isWhole = (text: string): boolean => isEnded(text, QUERY) || isEnded(text, ANSWER);

interface Tag {
  readonly begin: string;
  readonly end: string;
}

function isEnded(text: string, { begin, end }: Tag): boolean {
  const at = text.indexOf(begin);
  return at >= 0 && text.includes(end, at);
}

/** A query without its end is taken up to the end of its line, an answer up to the end of the text. */
export function readTags(text: string, known: readonly FoundDocument[]): ReadMove {
  const query = text.indexOf(QUERY.begin);
  const answer = text.indexOf(ANSWER.begin);
  if (query >= 0 && (answer < 0 || query < answer)) return readQuery(text, query);
  if (answer < 0) return { text, move: undefined };
  const { inside, end } = between(text, answer, ANSWER, text.length);
  return { text: text.slice(0, end), move: readAnswer(inside, known) };
}

function readQuery(text: string, at: number): ReadMove {
  const lineEnd = text.slice(at).search(/[\r\n]|<\|begin_of_documents\|>|<\/think>/);
  const { inside } = between(text, at, QUERY, lineEnd < 0 ? text.length : at + lineEnd);
  const query = cleanQuery(inside);
  const kept = `${text.slice(0, at)}${QUERY.begin} ${query} ${QUERY.end}`;
  return query === ''
    ? { text: text.slice(0, at), move: undefined }
    : { text: kept, move: { kind: 'search', queries: [query] } };
}

/** @param without where the text ends that has no end tag. */
function between(text: string, at: number, { begin, end }: Tag, without: number): { inside: string; end: number } {
  const from = at + begin.length;
  const found = text.indexOf(end, from);
  if (found < 0) return { inside: text.slice(from, Math.max(from, without)), end: Math.max(from, without) };
  return { inside: text.slice(from, found), end: found + end.length };
}

/** As the released code cleans it: keywords may stand between tabs and quotes. */
export const cleanQuery = (query: string): string =>
  query
    .slice(0, 4 * MAX_QUERY_LENGTH)
    .replace(/["']|\.{3}/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_QUERY_LENGTH);
