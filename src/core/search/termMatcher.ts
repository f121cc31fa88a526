/**
 * Finds terms in lines of text: which terms, and how often.
 *
 * A program that only knows literals (ripgrep) proposes lines by `literals`; `count` decides. By construction no line
 * without one of the literals has a match, so that what is found for a term does not depend on the other terms.
 *
 * A term of one part matches every identifier part with its stem, whatever the case. A term of several parts matches
 * these words in a row, each in lower case, Capitalised or UPPER CASE, joined or with one of `-`, `_`, `.` or a space
 * between two of them, where the whole begins and ends at the bounds of identifier parts.
 *
 * All work is linear in the text: parts are split by a hand-written scan (lines of ASCII) or one simple regular
 * expression, and looked up in a table.
 */
import { splitAny, splitAscii, type Bounds } from './partBounds.ts';
import { stemOf, type Term } from './words.ts';

export interface TermMatcher {
  /** Case-sensitive literals, none inside of another; a text with a match of any term holds at least one of them. */
  readonly literals: readonly string[];
  /**
   * Adds the matches of term `i` in `text[start, end)` to `counts[i]` and returns the sum of what was added. The range
   * must be a whole line.
   */
  count(text: string, start: number, end: number, counts: Uint32Array): number;
}

/** One matcher for all `terms`; their indices are the indices of `counts`. */
export function matcherOf(terms: readonly Term[]): TermMatcher {
  const words: WordRule[] = [];
  const phrases: PhraseRule[] = [];
  terms.forEach(({ parts }, term) => {
    if (!parts.length || !parts.every((part) => WORD.test(part))) return;
    if (parts.length === 1) words.push(wordRule(parts[0]!, term));
    else phrases.push(phraseRule(parts, term));
  });
  const filter = firstLettersOf([...words.flatMap((rule) => rule.prefixes), ...phrases.flatMap((rule) => rule.heads)]);
  const termsOfPart = createPartTable(words);
  const bounds: Bounds = { starts: [], ends: [], size: 0 };
  return {
    literals: withoutContained([
      ...words.flatMap((rule) => rule.prefixes),
      ...phrases.flatMap((rule) => rule.literals),
    ]),
    count(text, start, end, counts) {
      const isAscii = splitAscii(text, start, end, bounds);
      if (!isAscii) splitAny(text, start, end, bounds);
      let found = 0;
      for (let i = 0; i < bounds.size; i++) {
        const from = bounds.starts[i]!;
        if (isAscii && filter[slotAt(text, from)] === 0) continue;
        for (const term of termsOfPart(text.slice(from, bounds.ends[i]!))) found += add(counts, term);
        for (const rule of phrases) if (startsPhrase(rule, text, i, bounds)) found += add(counts, rule.term);
      }
      return found;
    },
  };
}

/** Characters of a literal at most; longer words are proposed by their beginning. */
const MAX_LITERAL = 64;
const WORD = /^[\p{L}\p{N}]+$/u;
const SEPARATORS = '_-. ';
const NONE: readonly number[] = [];
const MAX_CACHED_PARTS = 50_000;

function add(counts: Uint32Array, term: number): number {
  counts[term]! += 1;
  return 1;
}

// ---- words ---------------------------------------------------------------------------------------------------------

interface WordRule {
  readonly term: number;
  readonly word: string;
  /** Undefined: only the word itself matches. */
  readonly stem: string | undefined;
  /** In the three cases. A part that matches begins with one of them. */
  readonly prefixes: readonly string[];
}

function wordRule(word: string, term: number): WordRule {
  const stem = stemOf(word);
  const prefixes = stem.length < 2 ? [word] : stemPrefixes(stem);
  return { term, word, stem: stem.length < 2 ? undefined : stem, prefixes: prefixes.flatMap(casesOf) };
}

/**
 * Beginnings that words with this stem have. Porter's rules only change the end of what they leave: a final `y`
 * becomes `i`, a final `e` may stand for `ing` or `ed`, and `bl` may come from `bility`.
 */
function stemPrefixes(stem: string): string[] {
  if (/[^a-z]/.test(stem)) return [stem];
  if (stem.endsWith('i')) return [stem, `${stem.slice(0, -1)}y`];
  if (stem.length > 3 && /(?:e|bl)$/.test(stem)) return [stem.slice(0, -1)];
  return [stem];
}

/** Lower case, Capitalised, UPPER CASE; the beginning only of a long word. */
function casesOf(word: string): string[] {
  const cut = cutText(word, MAX_LITERAL);
  const [first = ''] = cut;
  return [...new Set([cut, first.toUpperCase() + cut.slice(first.length), cut.toUpperCase()])];
}

/** The first `length` UTF-16 units of a text, one less where a character would be split. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

function createPartTable(rules: readonly WordRule[]): (part: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (part) => {
    let terms = known.get(part);
    if (!terms) {
      const found = rules.filter((rule) => matchesWord(rule, part)).map((rule) => rule.term);
      terms = found.length ? found : NONE;
      if (known.size >= MAX_CACHED_PARTS) known.clear();
      known.set(part, terms);
    }
    return terms;
  };
}

function matchesWord({ word, stem, prefixes }: WordRule, part: string): boolean {
  if (!prefixes.some((prefix) => part.startsWith(prefix))) return false;
  const lower = part.toLowerCase();
  return stem === undefined ? lower === word : stemOf(lower) === stem;
}

// ---- phrases -------------------------------------------------------------------------------------------------------

interface PhraseRule {
  readonly term: number;
  /** For each word its three cases. */
  readonly words: readonly (readonly string[])[];
  readonly heads: readonly string[];
  readonly literals: readonly string[];
}

function phraseRule(parts: readonly string[], term: number): PhraseRule {
  const words = parts.map(allCasesOf);
  return { term, words, heads: words[0]!, literals: phraseLiterals(parts, words) };
}

function allCasesOf(word: string): string[] {
  const [first = ''] = word;
  return [...new Set([word, first.toUpperCase() + word.slice(first.length), word.toUpperCase()])];
}

/** The longest word if it says something, else the longest pair of neighbours in all its forms. */
function phraseLiterals(parts: readonly string[], words: readonly (readonly string[])[]): string[] {
  const longest = indexOfLongest(parts.map((part) => part.length));
  if (parts[longest]!.length > 2) return casesOf(parts[longest]!);
  const pair = indexOfLongest(parts.slice(1).map((part, i) => part.length + parts[i]!.length));
  const betweens = ['', ...SEPARATORS];
  return words[pair]!.flatMap((a) => betweens.flatMap((between) => words[pair + 1]!.map((b) => a + between + b)));
}

const indexOfLongest = (lengths: readonly number[]): number => lengths.indexOf(Math.max(...lengths));

/** Whether the phrase begins with part `index` of the text and ends at the end of a part. */
function startsPhrase({ words }: PhraseRule, text: string, index: number, { starts, ends, size }: Bounds): boolean {
  let at = starts[index]!;
  for (let w = 0; w < words.length; w++) {
    if (w > 0 && SEPARATORS.includes(text.charAt(at)) && at < text.length) at++;
    const form = words[w]!.find((candidate) => text.startsWith(candidate, at));
    if (form === undefined) return false;
    at += form.length;
  }
  while (index < size && ends[index]! < at) index++;
  return index < size && ends[index] === at;
}

// ---- first letters -------------------------------------------------------------------------------------------------

const FILTER_LENGTH = 3;

/** The low bits of the characters from `at` on: for an ASCII letter the same in both cases. */
const slotAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 31) << 10) | ((text.charCodeAt(at + 1) & 31) << 5) | (text.charCodeAt(at + 2) & 31);

/** Which slots a text may have that begins with one of `beginnings`. */
function firstLettersOf(beginnings: readonly string[]): Uint8Array {
  const filter = new Uint8Array(32 ** FILTER_LENGTH);
  for (const text of beginnings) {
    const open = 32 ** Math.max(0, FILTER_LENGTH - text.length);
    const slot = slotAt(text, 0);
    filter.fill(1, slot, slot + open);
  }
  return filter;
}

/** The literals without those that hold another one, sorted. */
function withoutContained(literals: readonly string[]): string[] {
  const all = [...new Set(literals)].sort();
  return all.filter((literal) => !all.some((other) => other !== literal && literal.includes(other)));
}
