/** A question, taken apart: the terms to search for and what it says about the kind of place that answers it. */
import { STOP_WORDS } from '#core/search/stopWords.ts';
import { partsOf, stemOf, termOf, type Term } from '#core/search/words.ts';

export interface QueryTerm {
  readonly term: Term;
  /** How much the question is about it: 1 for a word said once, more for names and repeated words, less for a name's parts. */
  readonly weight: number;
  /** A name as code writes it (`withBackoff`, `max_permits`), or a word of prose. */
  readonly isName: boolean;
}

export interface Question {
  readonly text: string;
  /** Distinct by key, heaviest first, at most `MAX_QUESTION_TERMS`. */
  readonly terms: readonly QueryTerm[];
  /** Names written in the question as code writes them, in their order: candidates for a symbol search. */
  readonly names: readonly string[];
  /** File names and paths that the question spells out, lower case. */
  readonly paths: readonly string[];
  readonly asksTests: boolean;
  readonly asksDocs: boolean;
}

export const MAX_QUESTION_TERMS = 32;
/** Longer questions are cut here, in UTF-16 units: what an issue is about stands at its beginning. */
export const MAX_QUESTION_LENGTH = 10_000;

const WORD = /[\p{L}\p{N}_$]+(?:[-'][\p{L}\p{N}_$]+)*/gu;
const PATH = /[\w@.-]*(?:\/[\w@.-]+)+|[\w-]+\.[A-Za-z]{1,5}\b/g;
const ABOUT_TESTS = /\b(tests?|tested|testing|spec|specs|unit[- ]tests?|test (?:case|suite)s?)\b/i;
const ABOUT_DOCS = /\b(docs?|documented|documentation|readme|changelog|guide|tutorial)\b/i;
const TITLE_WEIGHT = 1.5;
const NAME_WEIGHT = 1.5;
const PART_WEIGHT = 0.5;

export function parseQuestion(text: string): Question {
  const cut = text.slice(0, MAX_QUESTION_LENGTH);
  const weights = new Map<string, { term: Term; weight: number; isName: boolean; order: number }>();
  const names: string[] = [];
  const titleEnd = titleLength(cut);
  const add = (term: Term | undefined, weight: number, isName: boolean): void => {
    if (!term || isNoise(term)) return;
    const known = weights.get(term.key);
    if (known) known.weight += weight * 0.5;
    else weights.set(term.key, { term, weight, isName, order: weights.size });
  };
  for (const match of cut.matchAll(WORD)) {
    const place = match.index < titleEnd ? TITLE_WEIGHT : 1;
    for (const word of codeWords(match[0])) {
      const term = termOf(word);
      if (!term) continue;
      const named = looksLikeName(word, term);
      if (named && !names.includes(word)) names.push(word);
      add(term, place * (named && term.parts.length > 1 ? NAME_WEIGHT : 1), named);
      if (term.parts.length > 1) for (const part of term.parts) add(termOf(part), place * PART_WEIGHT, false);
    }
  }
  const terms = [...weights.values()].sort((a, b) => b.weight - a.weight || a.order - b.order);
  return {
    text,
    terms: terms
      .slice(0, MAX_QUESTION_TERMS)
      .map(({ term, weight, isName }) => ({ term, weight: Math.min(weight, 3), isName })),
    names: names.slice(0, MAX_QUESTION_TERMS),
    paths: pathsIn(cut),
    asksTests: ABOUT_TESTS.test(cut),
    asksDocs: ABOUT_DOCS.test(cut),
  };
}

/** Longer runs without a space are no path; looking for one in them would take quadratic time. */
const LONGEST_PATH = 200;

function pathsIn(text: string): string[] {
  const paths = new Set<string>();
  for (const run of text.split(/\s+/))
    if (run.length <= LONGEST_PATH) for (const path of run.match(PATH) ?? []) paths.add(path.toLowerCase());
  return [...paths].slice(0, MAX_QUESTION_TERMS);
}

/** The first sentence or line carries the topic of a long text. */
function titleLength(text: string): number {
  const line = text.indexOf('\n');
  return line < 0 ? text.length : line;
}

/** `content-type` stays one name; `doesn't` and `user's` lose what follows the apostrophe. */
const codeWords = (word: string): string[] => {
  const bare = word.split("'")[0]!;
  return bare.length > 0 ? [bare] : [];
};

function looksLikeName(word: string, term: Term): boolean {
  if (term.parts.length > 1) return /[_$-]|\p{Ll}\p{Lu}/u.test(word);
  return /^\p{Lu}[\p{Ll}\p{N}]+$/u.test(word) ? false : /[_$]/.test(word);
}

/** Function words, single letters and bare numbers are not searched for. */
function isNoise(term: Term): boolean {
  if (term.parts.length > 1) return term.parts.every((part) => part.length < 2);
  const word = term.parts[0]!;
  return STOP_WORDS.has(word) || word.length < 2 || /^\p{N}+$/u.test(word);
}

/** Stems of a path's words, the file name's own first. */
export function pathStems(path: string): { readonly name: ReadonlySet<string>; readonly folders: ReadonlySet<string> } {
  const slash = path.lastIndexOf('/');
  const stem = (text: string): Set<string> => new Set(partsOf(text).map(stemOf));
  return { name: stem(path.slice(slash + 1)), folders: stem(slash < 0 ? '' : path.slice(0, slash)) };
}
