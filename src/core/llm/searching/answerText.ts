/** What a model means by the text of its answer: numbers of documents, their paths, or that nothing answers. */
import type { FoundDocument } from './documents.ts';
import type { Move } from './move.ts';

/** Longer answers are cut: what they rest on stands in them early. */
const MAX_ANSWER = 8_000;
const IN_BRACKETS = /\[\s*(\d{1,4}(?:\s*(?:,|;|and|&)\s*\d{1,4})*)\s*\]/g;
const ONLY_NUMBERS = /^(?:[\s\d,;.()[\]#]|and|documents?|docs?|numbers?|places?)+$/i;
const NOWHERE = /\b(?:not[ _-]?found|nowhere|none|nothing|no (?:documents?|places?|answers?)|cannot be answered)\b/i;
/** Later in a text the same words speak about something else. */
const NOWHERE_WITHIN = 80;

export function readAnswer(text: string, known: readonly FoundDocument[]): Move {
  const answer = text.slice(0, MAX_ANSWER);
  const named = namedNumbers(answer);
  if (named.length) return answerMove(named, known);
  const paths = known.filter(({ span }) => answer.includes(span.path)).map(({ number }) => number);
  if (paths.length) return answerMove(paths, known);
  return NOWHERE.test(answer.slice(0, NOWHERE_WITHIN)) ? { kind: 'not-found' } : answerMove([], known);
}

/** An answer by numbers as a model wrote them. */
export function answerMove(named: readonly number[], known: readonly FoundDocument[]): Move {
  const shown = new Set(known.map(({ number }) => number));
  const all = [...new Set(named)];
  const documents = all.filter((number) => shown.has(number));
  return { kind: 'answer', documents, unknown: all.length - documents.length };
}

function namedNumbers(answer: string): number[] {
  const marked = [...answer.matchAll(IN_BRACKETS)].flatMap(([, list]) => numbersIn(list!));
  return marked.length || !ONLY_NUMBERS.test(answer) ? marked : numbersIn(answer);
}

const numbersIn = (text: string): number[] => (text.match(/\d{1,4}/g) ?? []).map(Number);
