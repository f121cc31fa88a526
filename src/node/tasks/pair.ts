/** What people wrote and the code that they wrote it about: what a network reads before anybody asks it anything. */

/** Where a pair's text is from. */
export type PairSource = 'commit' | 'doc-comment' | 'docs' | 'test';

export interface Pair {
  /** `owner/name`. */
  readonly repo: string;
  readonly source: PairSource;
  readonly text: string;
  /** Lines of code that the text is about, without the text. */
  readonly code: string;
  /** Repository path of the code. */
  readonly path: string;
}

/** One line without its line end. */
export const formatPairLine = ({ repo, source, text, code, path }: Pair): string =>
  JSON.stringify({ repo, source, text, code, path });

const MAX_CODE_LINES = 80;
const MAX_CODE_LINE = 200;
const MAX_CODE = 4_000;

/** Lines of code as a pair has them: without empty ones at the ends, and not too long. */
export function pairCode(lines: readonly string[]): string {
  const from = lines.findIndex((line) => line.trim());
  const kept = from < 0 ? [] : lines.slice(from, from + MAX_CODE_LINES);
  const code = kept.map((line) => line.slice(0, MAX_CODE_LINE).trimEnd()).join('\n');
  return code.slice(0, MAX_CODE).trimEnd().toWellFormed();
}
