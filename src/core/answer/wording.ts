/** Small pieces of sentences. */
import type { LineRange, Span } from '#core/search/span.ts';

/** A place as a sentence names it. */
export interface Named {
  readonly path: string;
  /** What is defined there; undefined for the file as such. */
  readonly name: string | undefined;
  /** Said as it is, in place of name and path. */
  readonly whole?: string;
}

/** "`a` and `b` in src/x.ts, src/y.ts and `c` in src/z.ts": what one file holds stands together, each name once. */
export function namesByFile(places: readonly Named[]): string {
  const groups = new Map<string, { path: string; names: Set<string> }>();
  for (const { path, name, whole } of places) {
    const key = whole ?? path;
    const group = groups.get(key) ?? { path: key, names: new Set() };
    groups.set(key, group);
    if (name !== undefined) group.names.add(code(name));
  }
  const texts = [...groups.values()].map(({ path, names }) => (names.size ? `${listed([...names])} in ${path}` : path));
  // Where a list stands in a list, a semicolon tells them apart.
  return listed(
    texts,
    texts.length > 1 && texts.some((text) => text.includes(' and ') || text.includes(', ')) ? '; ' : ', ',
  );
}

export const listed = (names: readonly string[], between = ', '): string =>
  names.length <= 1
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(between)}${between === ', ' ? '' : ';'} and ${names.at(-1)}`;

export const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

export const linesText = ({ start, end }: LineRange): string =>
  start === end ? `line ${start}` : `lines ${start}–${end}`;

/** `src/a.ts:12–40`, of one line `src/a.ts:12`. */
export const placeText = ({ path, start, end }: Span): string =>
  start === end ? `${path}:${start}` : `${path}:${start}–${end}`;

export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;

/** The first sentence of a prose text, in one line. It does not end with an abbreviation or an initial. */
export const firstSentence = (text: string): string => {
  const flat = text.trim().replace(/\s+/g, ' ');
  return /^.*?(?<!\b(?:e\.g|i\.e|cf|vs|approx|incl|resp|\p{L}))[.!?。](?=\s|$)/iu.exec(flat)?.[0] ?? flat;
};
