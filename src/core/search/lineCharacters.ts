/** Steps over the characters of one line: spaces, identifiers, brackets. All in linear time, none with a pattern. */

export const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 36 ||
  code > 127;

export const isSpaceCode = (code: number): boolean => code === 32 || code === 9 || code === 13;

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) at++;
  return at;
}

/** Index after the last character that is no space, looking back from `end`. */
export function skipSpaceBack(text: string, end: number): number {
  while (end > 0 && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return end;
}

export function wordEnd(text: string, at: number): number {
  while (at < text.length && isWordCode(text.charCodeAt(at))) at++;
  return at;
}

export function wordStart(text: string, end: number): number {
  while (end > 0 && isWordCode(text.charCodeAt(end - 1))) end--;
  return end;
}

/** An identifier and no number: `x1`, not `1x`. */
export function isName(word: string): boolean {
  const first = word.charCodeAt(0);
  return word.length > 0 && !(first >= 48 && first <= 57);
}

/** Index after the bracket that closes the one at `open`, or -1 if the line ends before it. */
export function closeOf(text: string, open: number): number {
  const opening = text.charCodeAt(open);
  const closing = opening === 40 ? 41 : opening + 2;
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === opening) depth++;
    else if (code === closing && !isArrowEnd(text, at) && --depth === 0) return at + 1;
  }
  return -1;
}

function isArrowEnd(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return text.charCodeAt(at) === 62 && (before === 61 || before === 45);
}
