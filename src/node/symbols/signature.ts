/** The head of a definition in one line. */
import { cutLine } from '#node/textDecoding.ts';

export const MAX_SIGNATURE_UNITS = 200;
const MAX_HEAD_UNITS = 2_000;
const MAX_HEAD_LINES = 20;

/**
 * The text from `start` to `body`, without attributes before it and opening signs after it. Where the body is unknown,
 * the head ends with the line in which all its brackets are closed.
 */
export function signatureOf(text: string, start: number, end: number, body: number | undefined): string {
  const from = skipAttributes(text, lineHead(text, start), end);
  const stop = Math.min(body ?? headEnd(text, from, end), from + MAX_HEAD_UNITS);
  return cutLine(withoutOpening(text.slice(from, stop).replace(/\s+/g, ' ').trim()), MAX_SIGNATURE_UNITS);
}

/** Where the line begins, if nothing but words (`export const`) stands between it and `start`. */
function lineHead(text: string, start: number): number {
  const before = wordsBefore(text, start);
  return before === undefined ? start : start - before.trimStart().length;
}

const MAX_WORDS_UNITS = 200;

/** What stands before `start` in its line, if that is only words and spaces, and few of them. */
export function wordsBefore(text: string, start: number): string | undefined {
  const from = Math.max(start - MAX_WORDS_UNITS, 0);
  const near = text.slice(from, start);
  const line = near.lastIndexOf('\n') + 1;
  if (line === 0 && from > 0) return undefined;
  return /^[\w \t]*$/.test(near.slice(line)) ? near.slice(line) : undefined;
}

function skipAttributes(text: string, start: number, end: number): number {
  let at = start;
  for (;;) {
    while (at < end && /\s/.test(text[at]!)) at++;
    const opens = text.startsWith('#[', at) || text[at] === '[';
    if (!opens && (text[at] !== '@' || text.startsWith('@interface', at))) return at;
    let next = opens ? text.indexOf('[', at) : at + 1;
    while (!opens && next < end && /[\w.]/.test(text[next]!)) next++;
    if (opens || text[next] === '(') next = bracketEnd(text, next, end);
    if (next <= at || next >= end) return start;
    at = next;
  }
}

function bracketEnd(text: string, open: number, end: number): number {
  let depth = 0;
  for (let at = open; at < Math.min(end, open + MAX_HEAD_UNITS); at++) {
    if ('([{'.includes(text[at]!)) depth++;
    else if (')]}'.includes(text[at]!) && --depth === 0) return at + 1;
  }
  return open;
}

/** The end of the first line, or of the line that closes the round brackets opened in it. */
function headEnd(text: string, start: number, end: number): number {
  let depth = 0;
  let lines = 0;
  const last = Math.min(end, start + MAX_HEAD_UNITS);
  for (let at = start; at < last; at++) {
    const sign = text[at];
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === '\n' && (depth <= 0 || ++lines > MAX_HEAD_LINES)) return at;
  }
  return last;
}

function withoutOpening(head: string): string {
  let text = head;
  for (;;) {
    const next = text.endsWith('=>') ? text.slice(0, -2) : /[{:=;\\]$/.test(text) ? text.slice(0, -1) : text;
    if (next === text) return text;
    text = next.trimEnd();
  }
}
