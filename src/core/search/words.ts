/**
 * Words of prose and of identifiers, and the terms made of them.
 *
 * An identifier is a phrase: `getHTTPResponse_code2` says "get http response code 2". Prose and code meet in these
 * parts, reduced to their stems (Porter 1980, by the `stemmer` package), so that "retries" finds `maxRetry`.
 */
import { stemmer } from 'stemmer';

/** What is searched for: one word, or the parts of one identifier in their order. */
export interface Term {
  /** As it was written, e.g. `retries` or `withBackoff`. */
  readonly text: string;
  /** The words in it, lower case, in order: `['retries']`, `['with', 'backoff']`. Never empty. */
  readonly parts: readonly string[];
  /** The stems of `parts`, joined by a space: two terms with the same key are the same term. */
  readonly key: string;
}

const IDENTIFIER = /[\p{L}\p{N}_$]+/gu;
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}]+|\p{N}+/gu;
const MAX_CACHED_STEMS = 200_000;
const stems = new Map<string, string>();

/** The stem of one lower-case word. Words that are not plain ASCII letters are their own stem. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = word.length > 2 && word.length < 40 && /^[a-z]+$/.test(word) ? stemmer(word) : word;
  if (stems.size >= MAX_CACHED_STEMS) stems.clear();
  stems.set(word, stem);
  return stem;
}

/** The words of an identifier, lower case: `getHTTPResponse_code2` → get, http, response, code, 2. */
export const partsOf = (identifier: string): string[] =>
  (identifier.match(PART) ?? []).map((part) => part.toLowerCase());

/** The identifiers and words of a text, as written, in their order. */
export const identifiersIn = (text: string): string[] => text.match(IDENTIFIER) ?? [];

/** The stems of all identifier parts of a text, in their order, doubles included. */
export function stemsIn(text: string): string[] {
  const found: string[] = [];
  for (const part of text.match(PART) ?? []) found.push(stemOf(part.toLowerCase()));
  return found;
}

/** The term for one identifier or word; undefined if it has no letter or digit. */
export function termOf(text: string): Term | undefined {
  const parts = partsOf(text);
  return parts.length ? { text, parts, key: parts.map(stemOf).join(' ') } : undefined;
}
