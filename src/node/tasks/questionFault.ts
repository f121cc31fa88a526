/** Whether a text can be asked, and whether it gives its answer away. */
import { parseQuestion } from '#core/search/question.ts';

const MIN_TERMS = 3;

/** Enough distinct terms to search for. */
export const isSearchable = (question: string): boolean => parseQuestion(question).terms.length >= MIN_TERMS;

/**
 * Whether a question spells out one of these files: its name with the extension, or the last two parts of its path
 * as a path or as a module (`router/index`, `router.index`). A class that a file is named for may be asked about.
 */
export function namesFile(question: string, paths: readonly string[]): boolean {
  const text = question.toLowerCase();
  return paths.some((path) => spellings(path.toLowerCase()).some((spelling) => spells(text, spelling)));
}

function spellings(path: string): string[] {
  const parts = path.split('/');
  const name = parts.at(-1)!;
  const stem = name.replace(/\.[^.]*$/, '');
  const folder = parts.at(-2);
  return folder === undefined ? [name] : [name, `${folder}/${stem}`, `${folder}.${stem}`, `${folder}::${stem}`];
}

function spells(text: string, spelling: string): boolean {
  for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1))
    if (!isWord(text[at - 1]) && !isWord(text[at + spelling.length])) return true;
  return false;
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
