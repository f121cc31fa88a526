/** `@src/ne` before the cursor: where it begins and what of a path is written. */
export interface Mention {
  readonly at: number;
  readonly path: string;
}

/** The mention that the cursor is in or behind. An `@` inside of a word is none: it may be an address. */
export function mentionAt(text: string, cursor: number): Mention | undefined {
  const found = /(?:^|[\s(])@([^\s@]*)$/.exec(text.slice(0, cursor));
  return found ? { at: cursor - found[1]!.length - 1, path: found[1]! } : undefined;
}

/** The text without the mention, and without a space that then stands twice. */
export function withoutMention(text: string, { at, path }: Mention): string {
  const before = text.slice(0, at);
  const after = text.slice(at + 1 + path.length);
  return /(^|\s)$/.test(before) ? before + after.replace(/^[^\S\n]/, '') : before + after;
}
