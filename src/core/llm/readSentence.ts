/** One sentence as a model wrote it, to plain text and the numbers that it rests on. */
import { printable } from '#core/answer/plainText.ts';
import { disarm, disarmCode } from '#core/llm/disarm.ts';
import { inlineParts, type InlinePart } from '#core/llm/inlineParts.ts';

export interface ReadSentence {
  /** With code between single back-ticks; empty if nothing but marks is left. */
  readonly text: string;
  /** Ascending, each once. */
  readonly citations: readonly number[];
  /** Numbers and marks that were taken out. */
  readonly strange: number;
  readonly hasLinks: boolean;
}

/** UTF-16 units of a sentence's text. */
export const MAX_SENTENCE = 1_200;

export function readSentence(raw: string, evidence: ReadonlySet<number>): ReadSentence {
  // First of all: an escape that came later could be the scheme of an address.
  const { parts, hasLinks } = inlineParts(printable(raw).replace(BEGUN_MARK, ''), evidence);
  const written = writtenOf(withoutEmphasis(parts));
  let strange = written.strange;
  let links = hasLinks;
  const texts = written.pieces.map(({ isCode, text }) => {
    if (isCode) return `\`${disarmCode(text)}\``;
    const safe = disarm(text.replace(/\s+/g, ' '));
    strange += safe.marks;
    links ||= safe.hasLinks;
    return safe.text;
  });
  return { text: finished(texts), citations: [...written.numbers].sort((a, b) => a - b), strange, hasLinks: links };
}

/** A stream that was cut inside of a mark. */
const BEGUN_MARK = /[[［【〔〖⟦][\s\p{Nd},;:+^#–—-]*$/u;

interface Piece {
  readonly isCode: boolean;
  text: string;
}

interface Written {
  readonly pieces: readonly Piece[];
  readonly numbers: ReadonlySet<number>;
  readonly strange: number;
}

/** A mark leaves nothing behind, but where the sentence needs a word in its place: "In (1) it is …". */
function writtenOf(parts: readonly InlinePart[]): Written {
  const pieces: Piece[] = [];
  const numbers = new Set<number>();
  let strange = 0;
  let isAfterMark = false;
  const last = (): Piece => {
    const piece = pieces.at(-1);
    if (piece && !piece.isCode) return piece;
    const fresh = { isCode: false, text: '' };
    pieces.push(fresh);
    return fresh;
  };
  parts.forEach((part, i) => {
    if (part.kind === 'mark') {
      strange += part.strange;
      for (const number of part.numbers) numbers.add(number);
      const before = last();
      const isWord = part.numbers.length > 0 && isNeeded(pieces, parts[i + 1]);
      before.text = isWord
        ? `${before.text}${before.text && !/[\s(]$/.test(before.text) ? ' ' : ''}(${part.numbers.join(', ')})`
        : before.text.trimEnd();
      isAfterMark = true;
      return;
    }
    if (part.kind === 'code') {
      if (isAfterMark || pieces.at(-1)?.isCode) last().text += ' ';
      pieces.push({ isCode: true, text: part.text });
    } else last().text += isAfterMark ? joined(part.text) : part.text;
    isAfterMark = false;
  });
  return { pieces, numbers, strange };
}

/** What follows a mark: a stop stands directly behind the word before, a word apart from it. */
const joined = (text: string): string =>
  /^\s*[.,;:!?…)]/.test(text) ? text.trimStart() : /^[\p{L}\p{N}(]/u.test(text) ? ` ${text}` : text;

const ASKS_WORD =
  /(?:^|[\s(])(?:in|to|by|see|from|of|at|as|per|with|like|on|than|via|both|places?|siehe|laut|nach|aus|von|wie)\s*$/i;
const LISTED = /(?:^|\s)\(\d+(?:, \d+)*\)[\s,;]*(?:and|or|und|oder|&)?\s*$/i;

function isNeeded(pieces: readonly Piece[], next: InlinePart | undefined): boolean {
  const before = pieces.at(-1)!.text.slice(-40);
  if (ASKS_WORD.test(before) || LISTED.test(before)) return true;
  const isFirst = pieces.length === 1 && before.trim() === '';
  return isFirst && next?.kind === 'text' && /^(?:\s*,?\s+(?:and|und)?\s*$|\s+\p{Ll})/u.test(next.text);
}

/** Pairs of signs go, what has no partner stays: `*args`. */
function withoutEmphasis(parts: readonly InlinePart[]): InlinePart[] {
  const open = new Map<string, number>();
  const paired = new Set<number>();
  parts.forEach((part, i) => {
    if (part.kind !== 'sign') return;
    const partner = open.get(part.text);
    if (part.closes && partner !== undefined) {
      paired.add(i).add(partner);
      open.delete(part.text);
    } else if (part.opens) open.set(part.text, i);
  });
  return parts
    .filter((_, i) => !paired.has(i))
    .map((part) => (part.kind === 'sign' ? { kind: 'text', text: part.text } : part));
}

/** One line, no longer than a sentence may be, with whole code; empty if no letter or digit is in it. */
function finished(texts: readonly string[]): string {
  const line = texts
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/^\s*(?:\[[ xX]\]\s)?(?:[,;:.]\s+)*/, '')
    .trim();
  if (!/[\p{L}\p{N}]/u.test(line.replace(/\(\d+(?:, \d+)*\)/g, ''))) return '';
  if (line.length <= MAX_SENTENCE) return line;
  const short = `${line.slice(0, MAX_SENTENCE - 2).replace(/[\ud800-\udbff]$/, '')}…`;
  return short.split('`').length % 2 ? short : `${short}\``;
}
