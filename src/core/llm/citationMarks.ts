/**
 * Marks of citations as models write them: `[1]`, `[1, 3]`, `[1-3]`, `[^1]`, `[place 1]`, `[1, lines 3–9]`, `【1†source】`.
 * Not `(1)`: that is how enumerations and calls are written too.
 */

export interface CitationMark {
  /** Index behind the mark. */
  readonly end: number;
  /** Those that the evidence has, in the order of the mark. */
  readonly numbers: readonly number[];
  /** How many numbers of the mark the evidence does not have. */
  readonly strange: number;
}

/** The mark that begins at `at`; undefined where none does. */
export function markAt(text: string, at: number, evidence: ReadonlySet<number>): CitationMark | undefined {
  MARK.lastIndex = at;
  const found = MARK.exec(text);
  if (!found) return undefined;
  return { end: MARK.lastIndex, ...numbersIn(found[2]!, found[1] !== '', evidence) };
}

/** Whether the text from `at` on may still become a mark when more of it comes. */
export function mayBecomeMark(text: string, at: number): boolean {
  BEGUN.lastIndex = at;
  return BEGUN.test(text);
}

const OPENS = '[［【〔〖⟦';
const CLOSES = '\\]］】〕〗⟧';
/** What takes no room between the signs of a mark, or only that of a space. */
const GAP = '[\\s\\u200c\\u200d\\p{Mn}]';
const DASH = '[-‐‑‒–—−~]';
const LABEL = `(?:places?|citations?|sources?|evidence|refs?\\.?|cite:?)${GAP}*`;
const BETWEEN = `(?:${GAP}*(?:[,;&+/]|${DASH}|and|und|to|bis)${GAP}*|${GAP}+)`;
const NUMBER = `#?\\p{Nd}+${GAP}*`;
const LINES = `(?::${GAP}*L?\\d+(?:${DASH}L?\\d+)?|[,;]?${GAP}*(?:lines?|L)${GAP}*\\d+(?:${GAP}*${DASH}${GAP}*L?\\d+)?|†[^${CLOSES}]{0,120})`;
const MARK = new RegExp(
  `[${OPENS}]${GAP}*\\^?(?:${LABEL})?(${DASH}?)(${NUMBER}(?:${BETWEEN}${NUMBER})*)(?:${LINES})?${GAP}*\\\\?[${CLOSES}]`,
  'uyi',
);
const BEGUN = new RegExp(`[${OPENS}](?:${GAP}|[\\p{Nd},;:&+/^#†]|${DASH}|[a-z.]){0,40}$`, 'uyi');
const PARTS = new RegExp(`(\\p{Nd}+)|(${DASH}|to|bis)`, 'giu');

function numbersIn(list: string, isNegative: boolean, evidence: ReadonlySet<number>): Omit<CitationMark, 'end'> {
  const numbers = new Set<number>();
  let strange = 0;
  let from: number | undefined;
  let isRange = false;
  for (const [part, digits] of list.matchAll(PARTS)) {
    if (digits === undefined) {
      isRange = from !== undefined;
      continue;
    }
    const number = isNegative ? NaN : valueOf(part);
    if (isRange) for (const between of evidence) if (between > from! && between < number) numbers.add(between);
    if (evidence.has(number)) numbers.add(number);
    else strange++;
    from = number;
    isRange = false;
  }
  return { numbers: [...numbers], strange };
}

/** Wide digits count, those of other scripts are of no place: nobody would find it by them. */
function valueOf(digits: string): number {
  const plain = digits.normalize('NFKC');
  return /^\d+$/.test(plain) ? Number(plain) : NaN;
}
