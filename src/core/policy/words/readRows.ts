/** From texts to rows of the vocabulary, fast: an identifier that was met before is a look-up. */
import type { Vocabulary } from '#core/policy/words/vocabulary.ts';

/** Rows of a text's identifier parts, in their order, doubles included. */
export type ReadRows = (text: string) => Int32Array;

const MAX_REMEMBERED = 50_000;
const MAX_IDENTIFIER = 200;

/** `split` gives the parts of the identifiers of a text in lower case (`partsOf` of core/search). */
export function createReadRows(vocabulary: Vocabulary, split: (text: string) => readonly string[]): ReadRows {
  const remembered = new Map<string, Int32Array>();
  const rowsOf = (identifier: string): Int32Array => {
    const known = remembered.get(identifier);
    if (known) return known;
    const rows = new Int32Array(split(identifier).flatMap((part) => vocabulary.idsOf(part)));
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    if (identifier.length <= MAX_IDENTIFIER) remembered.set(identifier, rows);
    return rows;
  };
  return (text) => {
    const rows: number[] = [];
    for (let start = 0; start < text.length; start++) {
      if (!isInIdentifier(text.charCodeAt(start))) continue;
      let end = start + 1;
      while (end < text.length && isInIdentifier(text.charCodeAt(end))) end++;
      const found = rowsOf(text.slice(start, end));
      for (let i = 0; i < found.length; i++) rows.push(found[i]!);
      start = end;
    }
    return new Int32Array(rows);
  };
}

/** Letters, digits, _ and $; all that is not ASCII, of which `split` then knows the letters. */
const isInIdentifier = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 36 ||
  code > 127;
