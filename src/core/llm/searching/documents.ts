/**
 * Documents as a model that searches is shown them: lines that the episode has read, with a number to name them by. They
 * are data from hostile files: every line begins with its number, and nothing in it can end a document or a message.
 */
import type { Candidate } from '#core/agent/candidates.ts';
import type { Observation } from '#core/agent/observation.ts';
import type { FileEvidence } from '#core/agent/pool.ts';
import { queryTerms } from '#core/agent/suggestions.ts';
import { estimateTokens, inertLine } from '#core/llm/prompt.ts';
import { pathStems } from '#core/search/question.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';
import { stemOf, stemsIn } from '#core/search/words.ts';

export interface FoundDocument {
  /** 1-based in an episode; a place that is found again keeps its number. */
  readonly number: number;
  /** Lines that were read. */
  readonly span: Span;
  /** `[3] src/net/retry.ts, lines 1–40`. */
  readonly head: string;
  /** The lines, each with its number. */
  readonly body: string;
  /** Of the body, by `estimateTokens`. */
  readonly tokens: number;
}

const MAX_WIDTH = 200;
const MAX_PATH = 200;

/** The lines of a window as a document; undefined if none of them was read. */
export function documentOf(number: number, window: Span, file: FileEvidence): FoundDocument | undefined {
  const read = file.reads.find(({ start, lines }) => start <= window.start && window.start < start + lines.length);
  if (!read) return undefined;
  const lines = read.lines.slice(window.start - read.start, window.end + 1 - read.start);
  const span = { path: window.path, start: window.start, end: window.start + lines.length - 1 };
  const body = lines.map((line, i) => `${span.start + i} | ${inertLine(line, MAX_WIDTH)}`).join('\n');
  const head = `[${number}] ${inertLine(span.path, MAX_PATH)}, lines ${span.start}–${span.end}`;
  return { number, span, head, body, tokens: Math.ceil(estimateTokens(body)) };
}

/** Windows of one file among the documents of a query. */
const MAX_OF_FILE = 2;
/** What speaks for a place without the query weighs less than the query's words. */
const PRIOR_WEIGHT = 0.3;

/** What the model has seen of a place: all of it as another document, itself, or something new. */
export type Seen = 'elsewhere' | 'itself' | 'new';

/**
 * The candidates that fit a query best, best first, none over another: by the query's words and by the prior. `most` of
 * them are new to the model; what it has seen before takes no place from them.
 */
export function bestWindows(
  observation: Observation,
  query: string,
  most: number,
  seenAs: (span: Span) => Seen,
): Candidate[] {
  const { candidates } = observation;
  const fits = fitsOf(candidates, query);
  const bestPrior = Math.max(1e-9, candidates[0]?.prior ?? 0);
  const score = candidates.map(({ prior }, i) => fits[i]! + (PRIOR_WEIGHT * prior) / bestPrior);
  const order = candidates.map((_, i) => i).sort((a, b) => score[b]! - score[a]! || a - b);
  const chosen: Candidate[] = [];
  let room = most;
  for (const i of order) {
    if (room === 0 || chosen.length === 2 * most) break;
    const candidate = candidates[i]!;
    const seen = seenAs(candidate.span);
    if (seen === 'elsewhere' || isCrowded(candidate.span, chosen)) continue;
    chosen.push(candidate);
    if (seen === 'new') room--;
  }
  return chosen;
}

function isCrowded(span: Span, chosen: readonly Candidate[]): boolean {
  const ofFile = chosen.filter((one) => one.span.path === span.path);
  return ofFile.length === MAX_OF_FILE || ofFile.some((one) => rangesOverlap(one.span, span));
}

/** [candidates] share of the query's words, rare ones first of all, in the lines with a match and half in the path. */
function fitsOf(candidates: readonly Candidate[], query: string): number[] {
  const stems = new Set(queryTerms(query).flatMap(({ parts }) => parts.map(stemOf)));
  const known = new Map<FileEvidence, FileWords>();
  const wordsOf = (file: FileEvidence): FileWords => {
    let words = known.get(file);
    if (!words) known.set(file, (words = { path: pathWords(file.path), lines: new Map() }));
    return words;
  };
  const found = candidates.map(({ span, file }) => inWindow(span, file, wordsOf(file), stems));
  const rarity = new Map([...stems].map((stem) => [stem, rarityOf(stem, candidates.length, found)]));
  const sum = (values: Iterable<string>): number => [...values].reduce((total, stem) => total + rarity.get(stem)!, 0);
  const all = sum(stems) || 1;
  return candidates.map(({ file }, i) => {
    const { path } = wordsOf(file);
    const inPath = [...stems].filter((stem) => path.has(stem) && !found[i]!.has(stem));
    return (sum(found[i]!) + sum(inPath) / 2) / all;
  });
}

interface FileWords {
  readonly path: ReadonlySet<string>;
  /** Stems by line. */
  readonly lines: Map<number, readonly string[]>;
}

function pathWords(path: string): ReadonlySet<string> {
  const { name, folders } = pathStems(path);
  return new Set([...name, ...folders]);
}

function inWindow(span: Span, { hits }: FileEvidence, { lines }: FileWords, stems: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const { lines: hitLines } of hits)
    for (const { line, text } of hitLines) {
      if (line < span.start || line > span.end) continue;
      let words = lines.get(line);
      if (!words) lines.set(line, (words = stemsIn(text)));
      for (const word of words) if (stems.has(word)) found.add(word);
    }
  return found;
}

const rarityOf = (stem: string, count: number, found: readonly ReadonlySet<string>[]): number =>
  Math.log(1 + count / (1 + found.filter((words) => words.has(stem)).length));
