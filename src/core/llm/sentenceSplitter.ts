/**
 * Cuts a text into sentences, character by character, so that what was said to be a sentence stays one whatever comes.
 * A mark of a citation behind a stop belongs to the sentence before it: "It retries. [1] Then …".
 */
import { markAt, mayBecomeMark } from '#core/llm/citationMarks.ts';
import { firstOpen } from '#core/llm/inlineParts.ts';

export interface SentenceSplitter {
  /** Takes one UTF-16 unit; returns the sentence that has ended before it, if one has. */
  push(unit: string): string | undefined;
  /** What is not ended yet. */
  open(): string;
  /** Ends it and returns it. */
  flush(): string;
}

/** UTF-16 units of a sentence as it was written; what is longer is cut at a space near to this. */
export const MAX_RAW = 2_000;
const NEAR = 400;

export function createSentenceSplitter(): SentenceSplitter {
  let raw = '';
  /** Where the next sentence may begin; -1 while no stop is behind us. */
  let next = -1;
  const cutAt = (at: number): string => {
    const sentence = raw.slice(0, at);
    raw = raw.slice(at);
    next = -1;
    return sentence;
  };
  return {
    push(unit) {
      raw += unit;
      if (next >= 0) {
        const begin = beginOf(raw, next);
        if (begin === 'unknown') return raw.length >= MAX_RAW ? cutAt(cutPoint(raw)) : undefined;
        if (begin !== undefined && firstOpen(raw.slice(0, begin)) < 0) return cutAt(begin);
        next = -1;
      }
      if (mayEndAt(raw)) next = raw.length;
      return raw.length >= MAX_RAW ? cutAt(cutPoint(raw)) : undefined;
    },
    open: () => raw,
    flush: () => cutAt(raw.length),
  };
}

/** A stop, what closes around it, marks, a space; where words are not set apart, the stop alone. */
const STOP = /(?:[.!?…][)"'”’»*_`\]】]*(?:[[【［][^[【［]{1,24}[\]】］])*\s|[。！？])$/u;
const SHORT_WORD =
  /(?:^|[\s("'])(?:e\.g|i\.e|cf|vs|approx|resp|incl|fig|no|z\.\s?b|d\.\s?h|u\.\s?a|bzw|ca|vgl|sog|dr|mr|mrs|st)\.\s$/i;
/** The longest that the two look at. */
const TAIL = 160;

function mayEndAt(raw: string): boolean {
  const unit = raw.at(-1)!;
  if (unit !== ' ' && unit < '\u3000') return false;
  const tail = raw.slice(-TAIL);
  return STOP.test(tail) && !SHORT_WORD.test(tail);
}

/** Where the sentence after `from` begins; undefined if none begins there, `unknown` if more must come to tell. */
function beginOf(raw: string, from: number): number | 'unknown' | undefined {
  let at = skipSpaces(raw, from);
  let hasMarks = false;
  for (let mark = markAt(raw, at, NONE); mark; mark = markAt(raw, at, NONE)) {
    hasMarks = true;
    at = skipSpaces(raw, mark.end);
    if (hasMarks && raw[at] === '.') at = skipSpaces(raw, at + 1);
  }
  const unit = raw.slice(at, at + 2);
  if (unit === '' || mayBecomeMark(raw, at) || /^[\ud800-\udbff]$/.test(unit)) return 'unknown';
  // "… It retries. [2] shows how": the mark is the subject of what follows.
  if (/^\p{Ll}/u.test(unit)) return hasMarks ? from : undefined;
  return /^[.,;:!?)\]}…–—]/.test(unit) ? undefined : at;
}

function skipSpaces(raw: string, from: number): number {
  let at = from;
  while (raw[at] === ' ') at++;
  return at;
}

function cutPoint(raw: string): number {
  const space = raw.lastIndexOf(' ');
  if (space >= MAX_RAW - NEAR) return space + 1;
  return /[\ud800-\udbff]$/.test(raw) ? raw.length - 1 : raw.length;
}

const NONE: ReadonlySet<number> = new Set();
