/**
 * The words that a network knows: identifier parts in lower case, and pieces for those that it does not know whole.
 *
 * A part that is not known is split greedily into known pieces, each the longest that fits (as WordPiece does,
 * arXiv 1609.08144, section 4.1, without its training by likelihood: here the most frequent remainders become pieces).
 * The first piece is a known word, the others are pieces that only continue one and carry a mark. Left out: a piece for
 * every letter, because single letters mean nothing; what cannot be split is not read at all.
 */

export interface Vocabulary {
  /** In the order of their rows; those that continue a word begin with `+`. */
  readonly words: readonly string[];
  /** Rows of a part in lower case, such as `identifiersIn` and `partsOf` give; none for what cannot be read. */
  idsOf(part: string): readonly number[];
}

const MARK = '+';
const MAX_PART = 30;
const MIN_PIECE = 2;
/** An eighth of the words are pieces. */
const PIECE_SHARE = 1 / 8;
const MAX_REMEMBERED = 100_000;

export function openVocabulary(words: readonly string[]): Vocabulary {
  const rows = new Map(words.map((word, row) => [word, row]));
  const remembered = new Map<string, readonly number[]>();
  return {
    words,
    idsOf(part) {
      const row = rows.get(part);
      if (row !== undefined) return [row];
      const known = remembered.get(part);
      if (known) return known;
      const pieces = piecesOf(part, rows);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(part, pieces);
      return pieces;
    },
  };
}

/** The `size` words that say most about texts whose parts occur so often; equally frequent ones by their letters. */
export function makeVocabulary(counts: ReadonlyMap<string, number>, size: number): readonly string[] {
  const readable = [...counts].filter(([part]) => part.length <= MAX_PART && !part.startsWith(MARK));
  const whole = mostFrequent(new Map(readable), size - Math.floor(size * PIECE_SHARE));
  const known = new Set(whole);
  const rests = new Map<string, number>();
  for (const [part, count] of readable) {
    const rest = known.has(part) ? '' : restOf(part, known);
    if (rest.length >= MIN_PIECE) rests.set(MARK + rest, (rests.get(MARK + rest) ?? 0) + count);
  }
  return [...whole, ...mostFrequent(rests, size - whole.length)];
}

function mostFrequent(counts: ReadonlyMap<string, number>, size: number): string[] {
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return order.slice(0, size).map(([word]) => word);
}

/** What is left of a part behind the longest word that it begins with. */
function restOf(part: string, known: ReadonlySet<string>): string {
  if (!isSplittable(part)) return '';
  for (let end = part.length - 1; end >= MIN_PIECE; end--) if (known.has(part.slice(0, end))) return part.slice(end);
  return '';
}

/** Nothing if a piece is missing: half of a word is another word. */
function piecesOf(part: string, rows: ReadonlyMap<string, number>): readonly number[] {
  const pieces: number[] = [];
  if (!isSplittable(part)) return pieces;
  for (let start = 0; start < part.length;) {
    let end = part.length;
    let row: number | undefined;
    for (; end >= start + MIN_PIECE; end--) {
      row = rows.get(start ? MARK + part.slice(start, end) : part.slice(0, end));
      if (row !== undefined) break;
    }
    if (row === undefined) return [];
    pieces.push(row);
    start = end;
  }
  return pieces;
}

/** A number is one or it is not; its digits say nothing by themselves. */
const isSplittable = (part: string): boolean => part.length <= MAX_PART && !/^\p{N}/u.test(part);
