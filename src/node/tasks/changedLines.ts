/** What a patch says about the state before it: which lines answer the question that the commit answered. */
import { joinRanges, type LineRange, type Span } from '#core/search/span.ts';
import type { Hunk } from './patchParser.ts';
import type { ReadPatch } from './readPatches.ts';

/** Neighbouring lines that were changed together. */
export interface LineRun {
  /** Line before the commit at which the run stands, 1-based: its first removed line, or the line it is put before. */
  readonly oldLine: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Whether an unchanged or later line follows in the state before. */
  readonly hasLineAfter: boolean;
  /** Index in the hunk's lines of the first line after the run. */
  readonly end: number;
}

/** The runs of a hunk in their order. A hunk needs one line of context for the end of a file to be known. */
export function runsOf(hunk: Hunk): LineRun[] {
  const runs: LineRun[] = [];
  let line = Math.max(1, hunk.oldStart);
  for (let at = 0; at < hunk.lines.length;) {
    if (hunk.lines[at]!.startsWith(' ')) {
      line++;
      at++;
      continue;
    }
    const start = at;
    while (at < hunk.lines.length && !hunk.lines[at]!.startsWith(' ')) at++;
    const changed = hunk.lines.slice(start, at);
    const removed = changed.filter((text) => text.startsWith('-')).map((text) => text.slice(1));
    const added = changed.filter((text) => text.startsWith('+')).map((text) => text.slice(1));
    runs.push({ oldLine: line, removed, added, hasLineAfter: at < hunk.lines.length, end: at });
    line += removed.length;
  }
  return runs;
}

/**
 * The changed lines of a file as they were before the commit, joined where they touch. Lines that were only put in
 * mark the lines around them. Runs of nothing but filler are passed over.
 */
export function changedSpans(patch: ReadPatch): Span[] {
  const ranges = patch.hunks.flatMap(runsOf).filter(saysSomething).flatMap(rangeOf);
  return joinRanges(ranges).map(({ start, end }) => ({ path: patch.path, start, end }));
}

function rangeOf(run: LineRun): LineRange[] {
  if (run.removed.length) return [{ start: run.oldLine, end: run.oldLine + run.removed.length - 1 }];
  const start = Math.max(1, run.oldLine - 1);
  const end = run.hasLineAfter ? run.oldLine : run.oldLine - 1;
  return end >= start ? [{ start, end }] : [];
}

const saysSomething = ({ removed, added }: LineRun): boolean => [...removed, ...added].some((line) => !isFiller(line));

const FILLER =
  /^\s*(?:$|import\b|from\s+[\w.]+\s+import\b|#\s*include\b|use\s+[\w:]+|using\s+[\w.]+;|package\s+[\w.]+;?\s*$|(?:const|let|var)\s[^=]{1,80}=\s*require\(|["'][^"']*["']$|[()[\]{},;]+\s*$)/;

/** Blank lines, imports, lone brackets and years of copyright answer no question. */
export const isFiller = (line: string): boolean =>
  FILLER.test(line.slice(0, 200)) || COPYRIGHT.test(line.slice(0, 200));

const COPYRIGHT = /^\s*[/*#;-]{0,4}\s*(?:\(c\)\s*)?copyright\b/i;

/** The lines that a patch added, in their order. */
export const addedLines = (patch: ReadPatch): string[] =>
  patch.hunks.flatMap((hunk) => hunk.lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)));
