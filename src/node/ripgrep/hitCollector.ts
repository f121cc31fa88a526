/** Turns files and lines, as ripgrep proposes them, into the hits of a grep result. */
import { statSync } from 'node:fs';
import { MAX_HIT_TEXT, type FileHits, type LineHit, type TermHits } from '#core/agent/tools.ts';
import { cutText, type TermMatcher } from '#core/search/termMatcher.ts';
import { isSecret } from '#node/secrets.ts';
import { joinLabel } from '#node/workspace.ts';
import { withoutBinaryNotice, type OutputSink } from './ripgrepOutput.ts';

/** Collects the hits of any number of passes for `termCount` terms. A file that comes twice is taken once. */
export function createHitCollector(matcher: TermMatcher, termCount: number): HitCollector {
  const records = new Map<string, FileRecord>();
  const counts = new Uint32Array(termCount);
  return {
    sinkOf: ({ directory, label }) => createSink({ directory, label, records, matcher, counts }),
    hits: () => hitsOf([...records.values()].sort(byPath), termCount),
    bytes: () => [...records.values()].reduce((sum, record) => sum + record.sizeBytes, 0),
    files: () => records.size,
  };
}

export interface HitCollector {
  sinkOf(place: HitPlace): OutputSink;
  /** One for each term. */
  hits(): TermHits[];
  /** Sum of the sizes of the files with hits. */
  bytes(): number;
  files(): number;
}

export interface HitPlace {
  /** The folder that ripgrep's paths are relative to. */
  readonly directory: string;
  /** The folder as a workspace path, empty for the only folder of a workspace. */
  readonly label: string;
}

interface FileRecord {
  readonly path: string;
  readonly sizeBytes: number;
  /** For each term its lines. */
  readonly lines: (LineHit[] | undefined)[];
}

interface SinkParts extends HitPlace {
  readonly records: Map<string, FileRecord>;
  readonly matcher: TermMatcher;
  /** All zero between two lines. */
  readonly counts: Uint32Array;
}

function createSink({ directory, label, records, matcher, counts }: SinkParts): OutputSink {
  let path: string | undefined;
  let record: FileRecord | undefined;
  return {
    file(printed) {
      const inside = existingPath(directory, printed);
      path = inside === undefined || isSecret(inside) ? undefined : joinLabel(label, inside);
      if (path !== undefined && records.has(path)) path = undefined;
      record = undefined;
    },
    line(line, text, start, end) {
      if (path === undefined || matcher.count(text, start, end, counts) === 0) return;
      record ??= addRecord(records, path, directory, label);
      if (!record) path = undefined;
      else addLine(record, counts, line, hitText(text, start, end));
      counts.fill(0);
    },
  };
}

/**
 * The text of a hit, as a string of its own: a mere slice would keep the whole block of output in memory for as long as
 * the hit is kept.
 */
function hitText(text: string, start: number, end: number): string {
  const cut = cutText(text.slice(start, Math.min(end, start + MAX_HIT_TEXT + 1)), MAX_HIT_TEXT);
  return ` ${cut}`.slice(1);
}

/** The path that ripgrep means by what it prints, without `./`. */
function existingPath(directory: string, printed: string): string | undefined {
  const isNotice = printed.includes(': binary file matches (') && sizeOf(`${directory}/${printed}`) === undefined;
  const path = isNotice ? withoutBinaryNotice(printed) : printed;
  return path.startsWith('./') ? path.slice(2) : undefined;
}

/** Undefined for a file that is gone, or whose name is not UTF-8, so that nobody could open it. */
function addRecord(
  records: Map<string, FileRecord>,
  path: string,
  directory: string,
  label: string,
): FileRecord | undefined {
  const sizeBytes = sizeOf(`${directory}/${label ? path.slice(label.length + 1) : path}`);
  if (sizeBytes === undefined) return undefined;
  const record = { path, sizeBytes, lines: [] };
  records.set(path, record);
  return record;
}

function sizeOf(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size;
  } catch {
    return undefined;
  }
}

function addLine(record: FileRecord, counts: Uint32Array, line: number, text: string): void {
  for (let term = 0; term < counts.length; term++) {
    const count = counts[term]!;
    if (count === 0) continue;
    const hit = { line, count, text };
    const known = record.lines[term];
    if (known) known.push(hit);
    else record.lines[term] = [hit];
  }
}

const byPath = (a: FileRecord, b: FileRecord): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

function hitsOf(sorted: readonly FileRecord[], termCount: number): TermHits[] {
  const files = Array.from({ length: termCount }, (): FileHits[] => []);
  const matches = new Float64Array(termCount);
  for (const { path, sizeBytes, lines } of sorted)
    for (let term = 0; term < lines.length; term++) {
      const own = lines[term];
      if (!own) continue;
      files[term]!.push({ path, sizeBytes, lines: own });
      for (const hit of own) matches[term]! += hit.count;
    }
  return files.map((found, term) => ({ files: found, matches: matches[term]! }));
}
