/** Takes names out of what was asked, before feedback is shared: words that fit a pattern are replaced by `…`. */
import type { Action } from '#core/agent/action.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import type { Term } from '#core/search/words.ts';

export const LEFT_OUT = '…';

/**
 * In a pattern `*` stands for any characters and `?` for one; case is ignored. It is held against words as they stand
 * between spaces, against runs of letters, digits and `_ $ . @ -`, and against identifiers. Questions, what was searched
 * for, and the terms and names of the steps are changed; paths and lines of code stay, or places could not be found again.
 */
export function leaveOutNames(patterns: readonly string[]): (event: FeedbackEvent) => FeedbackEvent {
  const globs = patterns.map((pattern) => [...pattern.trim().toLowerCase()]).filter((glob) => glob.length > 0);
  if (globs.length === 0) return (event) => event;
  const isLeftOut = (word: string): boolean => {
    const characters = [...word.toLowerCase()];
    return globs.some((glob) => fits(characters, glob));
  };
  return (event) =>
    event.type === 'answered'
      ? {
          ...event,
          question: cleanText(event.question, isLeftOut),
          searchedFor: cleanText(event.searchedFor, isLeftOut),
          steps: event.steps.map((step) => ({ ...step, action: cleanAction(step.action, isLeftOut) })),
        }
      : event;
}

type IsLeftOut = (word: string) => boolean;

const WORDS = /[^\s\p{P}]\S*[^\s\p{P}]|[^\s\p{P}]/gu;
const RUNS = /[\p{L}\p{N}_$.@-]+/gu;
const IDENTIFIERS = /[\p{L}\p{N}_$]+/gu;

/** Words without the punctuation around them, then runs, then identifiers: a longer match goes first. */
function cleanText(text: string, isLeftOut: IsLeftOut): string {
  const clean = (word: string): string => (isLeftOut(word) ? LEFT_OUT : word);
  return text
    .replace(WORDS, clean)
    .replace(RUNS, (run) => cleanRun(run, clean))
    .replace(IDENTIFIERS, clean);
}

/**
 * A run may begin with `@`, and each `@` behind it is a word. What surrounds it is looked for by hand: an expression would
 * try every sign of a long row as its beginning.
 */
function cleanRun(run: string, clean: (word: string) => string): string {
  let [start, end] = [0, run.length];
  while (start < end && '.-'.includes(run[start]!)) start++;
  while (start < end && '.@-'.includes(run[end - 1]!)) end--;
  const word = start < end ? clean(run.slice(start, end)) : '';
  return run.slice(0, start) + word + run.slice(end).replaceAll('@', clean);
}

function cleanAction(action: Action, isLeftOut: IsLeftOut): Action {
  if (action.kind === 'grep') return { ...action, term: cleanTerm(action.term, isLeftOut) };
  if (action.kind === 'symbols') return { ...action, name: cleanText(action.name, isLeftOut) };
  if ((action.kind === 'docs' || action.kind === 'history') && action.terms)
    return { ...action, terms: action.terms.map((term) => cleanTerm(term, isLeftOut)) };
  return action;
}

const cleanTerm = (term: Term, isLeftOut: IsLeftOut): Term =>
  cleanText(term.text, isLeftOut) === term.text && !term.parts.some(isLeftOut)
    ? term
    : { text: LEFT_OUT, parts: [LEFT_OUT], key: LEFT_OUT };

/** Never tries more than the product of both lengths, whatever the pattern: only the last `*` is gone back to. */
function fits(word: readonly string[], glob: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  for (let i = 0; i < word.length;) {
    if (at < glob.length && glob[at] === '*') {
      star = at++;
      from = i;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === word[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++from;
    } else return false;
  }
  return glob.slice(at).every((sign) => sign === '*');
}
