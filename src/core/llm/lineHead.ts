/** What a line of Markdown begins, told from its first characters as soon as they tell it. */

export type LineHead =
  /** Words; `rest` is all of it. */
  | { readonly kind: 'text'; readonly rest: string }
  | { readonly kind: 'heading' | 'item' | 'quote'; readonly rest: string }
  /** The whole line is needed. */
  | { readonly kind: 'fence' | 'row'; readonly rest: string };

/** Undefined while more characters are needed. */
export function lineHead(line: string): LineHead | undefined {
  const rest = line.trimStart();
  if (rest === '' || UNDECIDED.test(rest)) return undefined;
  for (const [kind, pattern] of HEADS) {
    const head = pattern.exec(rest);
    if (head) return { kind, rest: WHOLE.has(kind) ? rest : rest.slice(head[0].length) };
  }
  return { kind: 'text', rest };
}

/** A line of signs alone: a rule, or what underlines a heading. */
export const isRule = (line: string): boolean => /^(?:-+|=+|\*{2,}|_{2,}|[-*+•])$/.test(line.trim());

const UNDECIDED = /^(?:`{1,2}|~{1,2}|#{1,6}|([-*_=])\1*|[+•‣◦]|\d{1,9}[.)]?)$/;
const HEADS: readonly (readonly [LineHead['kind'], RegExp])[] = [
  ['fence', /^(?:`{3}|~{3})/],
  ['quote', /^>/],
  ['row', /^\|/],
  ['heading', /^#{1,6}\s/],
  ['item', /^(?:[-*+•‣◦–]|\d{1,9}[.)])\s/],
];
const WHOLE: ReadonlySet<string> = new Set(['fence', 'row']);
