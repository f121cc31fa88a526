/**
 * One sentence of Markdown taken apart: words, code, marks of citations, signs of emphasis. Addresses, tags and comments
 * are left out here; the words of links and images stay. After CommonMark 0.31, read loosely, because models write it so.
 */
import { markAt, type CitationMark } from '#core/llm/citationMarks.ts';

export type InlinePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | ({ readonly kind: 'mark' } & Omit<CitationMark, 'end'>)
  /** A run of `*` or `~`. */
  | { readonly kind: 'sign'; readonly text: string; readonly opens: boolean; readonly closes: boolean };

export interface InlineParts {
  readonly parts: readonly InlinePart[];
  readonly hasLinks: boolean;
}

/** Links within links are read so deep; what is deeper stays as it is written. */
const MAX_DEPTH = 4;

export function inlineParts(text: string, evidence: ReadonlySet<number>, depth = 0): InlineParts {
  const parts: InlinePart[] = [];
  const read: Reading = { text, ends: bracketEnds(text), evidence, depth };
  let hasLinks = false;
  let plain = '';
  const add = (part: InlinePart): void => {
    if (plain) parts.push({ kind: 'text', text: plain });
    plain = '';
    parts.push(part);
  };
  for (let at = 0; at < text.length;) {
    const found = constructAt(read, at);
    if (!found) plain += text[at++]!;
    else {
      at = found.end;
      hasLinks ||= found.isLink ?? false;
      plain += found.text ?? '';
      for (const part of found.parts ?? []) add(part);
    }
  }
  if (plain) parts.push({ kind: 'text', text: plain });
  return { parts, hasLinks };
}

/** Where code, a bracket with the address behind it, or a comment begins and does not end; -1 if all are whole. */
export function firstOpen(text: string): number {
  const ends = bracketEnds(text);
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    let end = at + 1;
    if (character === '\\') end++;
    else if (character === '`') end = codeEnd(text, at);
    else if (character === '[') end = wholeBracketEnd(text, at, ends);
    else if (text.startsWith('<!--', at)) end = commentEnd(text, at);
    if (end < 0) return at;
    at = end - 1;
  }
  return -1;
}

interface Reading {
  readonly text: string;
  readonly ends: BracketEnds;
  readonly evidence: ReadonlySet<number>;
  readonly depth: number;
}

interface Construct {
  /** Index behind it. */
  readonly end: number;
  /** What stays of it as words. */
  readonly text?: string;
  readonly parts?: readonly InlinePart[];
  readonly isLink?: boolean;
}

function constructAt(read: Reading, at: number): Construct | undefined {
  const { text } = read;
  switch (text[at]!) {
    case '`':
      return codeAt(text, at);
    case '\\':
      return escapeAt(text, at);
    case '<':
      return angleAt(text, at);
    case '*':
    case '~':
      return signAt(text, at);
    case '!':
      return text[at + 1] === '[' ? linkAt(read, at + 1) : undefined;
    default:
      return markedAt(read, at) ?? (text[at] === '[' ? linkAt(read, at) : undefined);
  }
}

function codeAt(text: string, at: number): Construct {
  const end = codeEnd(text, at);
  const run = runLength(text, at);
  // A lone back-tick would make code of what comes after it.
  if (end < 0) return { end: at + run, text: "'".repeat(Math.min(run, 3)) };
  const code = text
    .slice(at + run, end - run)
    .replaceAll('`', "'")
    .replace(/\s+/g, ' ')
    .trim();
  return { end, parts: code ? [{ kind: 'code', text: code }] : [] };
}

/** Brackets keep their meaning behind a backslash: models escape the marks of citations. */
function escapeAt(text: string, at: number): Construct | undefined {
  const next = text[at + 1];
  if (next === '[' || next === ']' || next === '`') return { end: at + 1 };
  return next !== undefined && /[!-/:-@\\^_{-~]/.test(next) ? { end: at + 2, text: next } : undefined;
}

function markedAt({ text, ends, evidence }: Reading, at: number): Construct | undefined {
  const mark = markAt(text, at, evidence);
  if (!mark) return undefined;
  const { end, numbers, strange } = mark;
  const target = text[end] === '(' ? ends.round[end]! : -1;
  const part = { kind: 'mark', numbers, strange } as const;
  return target < 0 ? { end, parts: [part] } : { end: target + 1, parts: [part], isLink: true };
}

/** `[words](address)` or `[words][label]`; undefined for brackets that are only brackets. */
function linkAt({ text, ends, evidence, depth }: Reading, at: number): Construct | undefined {
  const close = ends.square[at]!;
  if (close < 0 || depth >= MAX_DEPTH) return undefined;
  const opener = text[close + 1];
  const isLabel = opener === '[' && !markAt(text, close + 1, evidence);
  const end = opener === '(' ? ends.round[close + 1]! : isLabel ? ends.square[close + 1]! : -1;
  if (end < 0) return undefined;
  return { end: end + 1, parts: inlineParts(text.slice(at + 1, close), evidence, depth + 1).parts, isLink: true };
}

const ANGLE_ADDRESS = /<(?:[a-z][a-z0-9+.-]*:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>/iy;
/** A name, then nothing or attributes. Single letters behind a word are type parameters: `Vec<P>`. */
const TAG =
  /<\/?(?:(?<![\w>]<)[abiqsup]|[abiqsup](?=\s[^<>]*=)|(?<=<\/)[abiqsup]|abbr|address|article|aside|audio|base|blockquote|body|br|button|center|cite|code|col|dd|del|details|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|h[1-6]|head|header|hr|html|iframe|img|input|ins|kbd|label|li|link|main|mark|marquee|meta|nav|object|ol|option|param|picture|pre|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|ul|var|video|wbr)(?:\s[^<>]*)?\/?>/iy;

function angleAt(text: string, at: number): Construct | undefined {
  if (text.startsWith('<!--', at)) {
    const end = commentEnd(text, at);
    return end < 0 ? undefined : { end };
  }
  ANGLE_ADDRESS.lastIndex = TAG.lastIndex = at;
  if (ANGLE_ADDRESS.test(text)) return { end: ANGLE_ADDRESS.lastIndex, text: '(link left out)', isLink: true };
  if (!TAG.test(text)) return undefined;
  return { end: TAG.lastIndex, text: /^<\/?(?:br|p|div|li|td|tr)\b/i.test(text.slice(at, at + 6)) ? ' ' : '' };
}

/** Flanking as CommonMark has it, with spaces alone for what bounds a word. */
function signAt(text: string, at: number): Construct {
  const run = runLength(text, at);
  const sign = text.slice(at, at + run);
  if (sign === '~') return { end: at + 1, text: sign };
  const opens = /[^\s]/.test(text[at + run] ?? ' ');
  const closes = /[^\s]/.test(text[at - 1] ?? ' ');
  return { end: at + run, parts: [{ kind: 'sign', text: sign, opens, closes }] };
}

function runLength(text: string, at: number): number {
  let end = at;
  while (text[end] === text[at]) end++;
  return end - at;
}

/** Index behind the run of back-ticks that closes the one at `at`; -1 if there is none. */
function codeEnd(text: string, at: number): number {
  const run = runLength(text, at);
  for (let next = text.indexOf('`', at + run); next >= 0; next = text.indexOf('`', next)) {
    const length = runLength(text, next);
    next += length;
    if (length === run) return next;
  }
  return -1;
}

const commentEnd = (text: string, at: number): number => {
  const end = text.indexOf('-->', at + 4);
  return end < 0 ? -1 : end + 3;
};

/** Index behind a bracket and the address that stands directly behind it; -1 if one of them has no end. */
function wholeBracketEnd(text: string, at: number, { square, round }: BracketEnds): number {
  const close = square[at]!;
  if (close < 0) return -1;
  if (text[close + 1] !== '(') return close + 1;
  return round[close + 1]! < 0 ? -1 : round[close + 1]! + 1;
}

/** By the index of an opening bracket the index of what closes it, or -1. */
interface BracketEnds {
  readonly square: Int32Array;
  readonly round: Int32Array;
}

/** Code and escapes are passed over, but there is no code in an address. */
function bracketEnds(text: string): BracketEnds {
  const square = new Int32Array(text.length).fill(-1);
  const round = new Int32Array(text.length).fill(-1);
  const [squares, rounds]: [number[], number[]] = [[], []];
  let codeUntil = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at++;
    else if (character === '(') rounds.push(at);
    else if (character === ')') close(round, rounds, at);
    else if (at < codeUntil) continue;
    else if (character === '[') squares.push(at);
    else if (character === ']') close(square, squares, at);
    else if (character === '`') codeUntil = Math.max(codeEnd(text, at), at + runLength(text, at));
  }
  return { square, round };
}

function close(ends: Int32Array, open: number[], at: number): void {
  const opener = open.pop();
  if (opener !== undefined) ends[opener] = at;
}
