/**
 * The places that an episode may read or cite, each with what speaks for it.
 *
 * A candidate is a window of lines. Its features are the evidence of the searches, each divided by its maximum over all
 * candidates, so that they lie in [0, 1]. No file has to be opened for them.
 */
import { clearFileBlocks, emptyFileBlocks, fillFileBlocks, type FileBlocks } from '#core/agent/fileBlocks.ts';
import { scoreFiles, termIdfs, type FileScore } from '#core/agent/fileScores.ts';
import { BLOCK_LINES } from '#core/agent/lineDigest.ts';
import type { EvidencePool, FileEvidence } from '#core/agent/pool.ts';
import { termWorth, type TermWorth } from '#core/agent/termWorth.ts';
import { topIndices } from '#core/agent/topIndices.ts';
import { saturate } from '#core/search/bm25.ts';
import { rangesOverlap, type LineRange, type Span } from '#core/search/span.ts';

/** Lines of a window: two blocks in a row. */
export const WINDOW_LINES = 2 * BLOCK_LINES;
export const MAX_CANDIDATES = 300;

/** In the order of a candidate's features; a model file carries these names. */
export const FEATURES = [
  /** BM25 of the question over the window; over the file. */
  'window',
  'file',
  /** Question terms in the file's name; in its folders. */
  'file-name',
  'folders',
  /** Question terms in the names that the window defines. */
  'definition',
  /** Share of the question's terms that the window has; that the file has; that the window's best line has. */
  'coverage',
  'file-coverage',
  'line-coverage',
  /** Names of the question, as written, in the window. */
  'names',
  /** Commits that match the question changed the file. */
  'history',
  /** The file changed together with the best ones. */
  'co-change',
  /** The window defines a name found on the way; it mentions one. */
  'hop',
  'mention',
  /** A test that matches the question bears the file's name; docs that match it name the file. */
  'tested',
  'documented',
  /** The symbols tool found a name of the question defined in the window. */
  'symbol',
  /** The question spells out the file's name or path. */
  'spelled-out',
] as const;
export type Feature = (typeof FEATURES)[number];
const FEATURE_COUNT = FEATURES.length;
const F = Object.fromEntries(FEATURES.map((name, i) => [name, i])) as Record<Feature, number>;

export interface Candidate {
  readonly span: Span;
  readonly file: FileEvidence;
  /** [FEATURES] in [0, 1]. */
  readonly features: Float64Array;
  /** The weighted sum of the features, times the factor of the file's kind. */
  readonly prior: number;
  /** Share of the question's terms, by weight and idf, that the window has: the feature before it was divided. */
  readonly coverage: number;
}

/** Weights of a mixture by feature; a feature without one weighs nothing. */
export type MixtureWeights = Partial<Record<Feature, number>>;

/** All candidates of a pool, best prior first, at most `MAX_CANDIDATES`; ties go by path and line. */
export function rankCandidates(
  pool: EvidencePool,
  weights: MixtureWeights,
  factor: (file: FileEvidence) => number,
): Candidate[] {
  const worth = termWorth(pool, termIdfs(pool));
  const rows = emptyRows();
  const blocks = emptyFileBlocks();
  for (const score of scoreFiles(pool, worth.idfs, factor)) addWindows(rows, score, blocks, worth);
  const coverages = columnOf(rows, F.coverage);
  normalise(rows);
  const priors = priorsOf(rows, weights, factor);
  const byPlace = (a: number, b: number): number => {
    const [one, other] = [rows.files[a]!.path, rows.files[b]!.path];
    return one < other ? -1 : one > other ? 1 : rows.blocks[a]! - rows.blocks[b]!;
  };
  const best = topIndices(priors, MAX_CANDIDATES, byPlace);
  const features = featuresOf(rows, best);
  return best.map((row, i): Candidate => {
    const file = rows.files[row]!;
    return {
      span: { path: file.path, ...windowAt(rows.blocks[row]!) },
      file,
      features: features.subarray(i * FEATURE_COUNT, (i + 1) * FEATURE_COUNT),
      prior: priors[row]!,
      coverage: coverages[row]!,
    };
  });
}

function columnOf({ features, count }: Rows, feature: number): Float64Array {
  const column = new Float64Array(count);
  for (let row = 0; row < count; row++) column[row] = features[row * FEATURE_COUNT + feature]!;
  return column;
}

function priorsOf(
  { features, files, count }: Rows,
  weights: MixtureWeights,
  factor: (file: FileEvidence) => number,
): Float64Array {
  const w = Float64Array.from(FEATURES, (name) => weights[name] ?? 0);
  const priors = new Float64Array(count);
  let ownFactor = 1;
  for (let row = 0; row < count; row++) {
    if (files[row] !== files[row - 1]) ownFactor = factor(files[row]!);
    priors[row] = dot(w, features, row * FEATURE_COUNT) * ownFactor;
  }
  return priors;
}

/** The features of some rows, one after another: one array is cheaper than hundreds of small ones. */
function featuresOf({ features }: Rows, rows: readonly number[]): Float64Array {
  const own = new Float64Array(rows.length * FEATURE_COUNT);
  rows.forEach((row, i) =>
    own.set(features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), i * FEATURE_COUNT),
  );
  return own;
}

const windowAt = (block: number): LineRange => ({
  start: block * BLOCK_LINES + 1,
  end: block * BLOCK_LINES + WINDOW_LINES,
});

function dot(weights: Float64Array, features: Float64Array, at: number): number {
  let sum = 0;
  for (let f = 0; f < FEATURE_COUNT; f++) sum += weights[f]! * features[at + f]!;
  return sum;
}

/** Windows with their features, side by side: there are thousands of them, and few become candidates. */
interface Rows {
  count: number;
  readonly files: FileEvidence[];
  /** The first block of each window. */
  readonly blocks: number[];
  /** [windows, FEATURES] and room for more. */
  features: Float64Array;
}

const emptyRows = (): Rows => ({ count: 0, files: [], blocks: [], features: new Float64Array(1024 * FEATURE_COUNT) });

/** Returns where the features of the new window begin; they are 0. */
function addRow(rows: Rows, file: FileEvidence, block: number): number {
  rows.files.push(file);
  rows.blocks.push(block);
  const at = rows.count++ * FEATURE_COUNT;
  if (at === rows.features.length) {
    const larger = new Float64Array(2 * at);
    larger.set(rows.features);
    rows.features = larger;
  }
  return at;
}

/** Features that are shares already: one weak hop must not look like the strongest evidence there is. */
const SHARES: ReadonlySet<number> = new Set([F.hop, F.mention, F['spelled-out']]);

/** Divides each feature but the shares by its maximum over the rows, in place. */
function normalise({ features, count }: Rows): void {
  for (let f = 0; f < FEATURE_COUNT; f++) {
    if (SHARES.has(f)) continue;
    let max = 0;
    for (let at = f; at < count * FEATURE_COUNT; at += FEATURE_COUNT) if (features[at]! > max) max = features[at]!;
    if (max > 0) for (let at = f; at < count * FEATURE_COUNT; at += FEATURE_COUNT) features[at]! /= max;
  }
}

/** A window begins at every block with a hit and at the block before it; a file without a hit has one window. */
function addWindows(rows: Rows, score: FileScore, blocks: FileBlocks, worth: TermWorth): void {
  fillFileBlocks(blocks, score.file, worth);
  if (blocks.count === 0) addWindow(rows, score, 0, blocks, worth);
  for (let block = 0; block < blocks.count; block++)
    if (blocks.isHit[block] || blocks.isHit[block + 1]) addWindow(rows, score, block, blocks, worth);
  clearFileBlocks(blocks, score.file);
}

function addWindow(rows: Rows, score: FileScore, block: number, blocks: FileBlocks, worth: TermWorth): void {
  const { file } = score;
  const at = addRow(rows, file, block);
  const { features } = rows;
  addTerms(features, at, file, block, blocks, worth);
  features[at + F.file] = score.bm25;
  features[at + F['file-name']] = score.name;
  features[at + F.folders] = score.folders;
  features[at + F.definition] = blocks.definition[block]! + blocks.definition[block + 1]!;
  features[at + F['file-coverage']] = score.coverage;
  features[at + F['line-coverage']] = Math.max(blocks.bestLine[block]!, blocks.bestLine[block + 1]!) / worth.asked;
  features[at + F.history] = file.history;
  features[at + F['co-change']] = file.coChange;
  features[at + F.hop] = (blocks.hop[block]! + blocks.hop[block + 1]!) / worth.followed;
  features[at + F.tested] = score.tested;
  features[at + F.documented] = score.documented;
  features[at + F.symbol] = file.definitions.length && definesIn(file, block) ? 1 : 0;
  features[at + F['spelled-out']] = file.facts.spelledOut;
}

function definesIn({ definitions }: FileEvidence, block: number): boolean {
  const window = windowAt(block);
  return definitions.some(({ span }) => rangesOverlap(span, window));
}

/** Adds up what the terms of a window are worth: first those of its first block, then those of the second alone. */
function addTerms(
  features: Float64Array,
  at: number,
  { hits }: FileEvidence,
  block: number,
  { matches }: FileBlocks,
  worth: TermWorth,
): void {
  const first = block * hits.length;
  const second = first + hits.length;
  for (let half = 0; half < 2; half++)
    for (let hit = 0; hit < hits.length; hit++) {
      const before = matches[first + hit]!;
      const after = matches[second + hit]!;
      if (half === 0 ? before === 0 : before > 0 || after === 0) continue;
      const { term } = hits[hit]!;
      if (worth.isAsked[term]) {
        const value = worth.values[term]!;
        features[at + F.window]! += value * saturate(before + after, 1);
        features[at + F.coverage]! += value / worth.asked;
        if (worth.isName[term]) features[at + F.names]! += value;
      } else features[at + F.mention]! += worth.strengths[term]! / worth.followed;
    }
}
