/** Checks the citations of an answer against the work tree, by itself: file there, lines there, lines read. */
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Answer, Citation } from '#core/answer/answer.ts';
import { joinRanges, rangeContains, spanLength, type LineRange } from '#core/search/span.ts';
import { DOCS_PREFIX } from '#node/workspace.ts';

/** What is wrong with the answer's citations, a sentence each; empty if all hold. */
export function citationProblems(answer: Answer, directory: string): string[] {
  const readLines = linesRead(answer);
  return answer.citations.flatMap((citation) => {
    const problem = problemOf(citation, readLines.get(citation.path) ?? [], directory);
    return problem ? [`${citation.path}:${citation.start}-${citation.end} ${problem}.`] : [];
  });
}

function linesRead(answer: Answer): Map<string, LineRange[]> {
  const ranges = new Map<string, LineRange[]>();
  for (const turn of answer.trail)
    for (const { read } of turn.calls)
      if (read) ranges.set(read.path, joinRanges([...(ranges.get(read.path) ?? []), read]));
  return ranges;
}

function problemOf(citation: Citation, read: readonly LineRange[], directory: string): string | undefined {
  if (!(citation.start >= 1 && citation.end >= citation.start)) return 'is no run of lines';
  if (!read.some((range) => rangeContains(range, citation))) return 'was cited without having been read';
  if (citation.lines.length !== spanLength(citation)) return 'does not come with all of its lines';
  // Docs from outside of the workspace have no place in the work tree.
  if (citation.path.startsWith(`${DOCS_PREFIX}/`)) return undefined;
  const lines = fileLines(citation.path, directory);
  if (!lines) return 'is no file of the work tree';
  if (citation.end > lines.length) return `goes beyond the file's ${lines.length} lines`;
  const differs = citation.lines.findIndex((line, i) => !lines[citation.start - 1 + i]!.startsWith(line));
  return differs < 0 ? undefined : `differs from the file in line ${citation.start + differs}`;
}

function fileLines(path: string, directory: string): string[] | undefined {
  try {
    const real = realpathSync(join(directory, path));
    if (!real.startsWith(realpathSync(directory) + sep)) return undefined;
    const lines = decode(readFileSync(real)).split(/\r?\n/);
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  } catch {
    return undefined;
  }
}

function decode(bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
