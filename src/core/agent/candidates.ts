/**
 * The places that an episode may read or cite, each with what speaks for it.
 *
 * A candidate is a window of lines. Its features are the evidence of the searches, each divided by its maximum over all
 * candidates, so that they lie in [0, 1]. No file has to be opened for them.
 */
import { scoreFiles, termIdfs, type FileScore } from '#core/agent/fileScores.ts';
import type { EvidencePool, FileEvidence, PoolTerm } from '#core/agent/pool.ts';
import { saturate } from '#core/search/bm25.ts';
import { definedName } from '#core/search/definitionLine.ts';
import { rangesOverlap, type Span } from '#core/search/span.ts';
import { partsOf, stemOf, type Term } from '#core/search/words.ts';

/** Lines of a window, and of the step from one window to the next. */
export const WINDOW_LINES = 40;
export const WINDOW_STEP = 20;
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

interface Row {
  readonly span: Span;
  readonly file: FileEvidence;
  readonly features: Float64Array;
}

/** All candidates of a pool, best prior first, at most `MAX_CANDIDATES`; ties go by path and line. */
export function rankCandidates(
  pool: EvidencePool,
  weights: MixtureWeights,
  factor: (file: FileEvidence) => number,
): Candidate[] {
  const scale = scaleOf(pool);
  const rows = scoreFiles(pool, scale.idfs, factor).flatMap((score) => windowsOf(score, scale));
  const coverages = rows.map(({ features }) => features[F.coverage]!);
  normalise(rows);
  const w = Float64Array.from(FEATURES, (name) => weights[name] ?? 0);
  return rows
    .map((row, i) => ({ ...row, coverage: coverages[i]!, prior: dot(w, row.features) * factor(row.file) }))
    .sort(byPrior)
    .slice(0, MAX_CANDIDATES);
}

const byPrior = (a: Candidate, b: Candidate): number =>
  b.prior - a.prior || (a.span.path < b.span.path ? -1 : a.span.path > b.span.path ? 1 : a.span.start - b.span.start);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Features that are shares already: one weak hop must not look like the strongest evidence there is. */
const SHARES: ReadonlySet<number> = new Set([F.hop, F.mention, F['spelled-out']]);

/** Divides each feature but the shares by its maximum over the rows, in place. */
function normalise(rows: readonly Row[]): void {
  const max = new Float64Array(FEATURE_COUNT);
  for (const { features } of rows) for (let f = 0; f < FEATURE_COUNT; f++) max[f] = Math.max(max[f]!, features[f]!);
  for (const { features } of rows)
    for (let f = 0; f < FEATURE_COUNT; f++) if (max[f]! > 0 && !SHARES.has(f)) features[f] = features[f]! / max[f]!;
}

/** What the terms of a pool are worth; the same for all windows. */
interface Scale {
  readonly terms: readonly PoolTerm[];
  /** By term. */
  readonly idfs: Float64Array;
  /** Worth of all terms of the question, and of all names that were followed. */
  readonly asked: number;
  readonly followed: number;
}

function scaleOf(pool: EvidencePool): Scale {
  const idfs = termIdfs(pool);
  const sum = (worth: (term: PoolTerm) => number): number =>
    pool.terms.reduce((total, term, i) => total + worth(term) * idfs[i]!, 0) || 1;
  return {
    terms: pool.terms,
    idfs,
    asked: sum(({ weight }) => weight),
    followed: sum(({ weight, lead }) => (weight === 0 ? lead : 0)),
  };
}

/** What one block of `WINDOW_STEP` lines holds; a window is two blocks in a row. */
interface Block {
  /** Matches by term of the pool. */
  readonly tf: Map<number, number>;
  bestLine: number;
  definition: number;
  hop: number;
}

function windowsOf(score: FileScore, scale: Scale): Row[] {
  const { file } = score;
  const blocks = blocksOf(file, scale);
  const starts = new Set<number>();
  for (const block of blocks.keys()) {
    starts.add(block);
    if (block > 0) starts.add(block - 1);
  }
  if (starts.size === 0) starts.add(0);
  return [...starts]
    .sort((a, b) => a - b)
    .map((start) => {
      const span = { path: file.path, start: start * WINDOW_STEP + 1, end: start * WINDOW_STEP + WINDOW_LINES };
      return { span, file, features: windowFeatures(span, score, [blocks.get(start), blocks.get(start + 1)], scale) };
    });
}

function blocksOf(file: FileEvidence, { terms, idfs }: Scale): Map<number, Block> {
  const blocks = new Map<number, Block>();
  const lineWeight = new Map<number, number>();
  for (const { term, lines } of file.hits) {
    const { weight, lead, term: searched } = terms[term]!;
    for (const hit of lines) {
      const index = Math.floor((hit.line - 1) / WINDOW_STEP);
      let block = blocks.get(index);
      if (!block) blocks.set(index, (block = { tf: new Map(), bestLine: 0, definition: 0, hop: 0 }));
      block.tf.set(term, (block.tf.get(term) ?? 0) + hit.count);
      const onLine = (lineWeight.get(hit.line) ?? 0) + weight * idfs[term]!;
      lineWeight.set(hit.line, onLine);
      block.bestLine = Math.max(block.bestLine, onLine);
      if (!defines(file, hit.line, hit.text, searched)) continue;
      if (weight > 0) block.definition += weight * idfs[term]!;
      else block.hop += lead * idfs[term]!;
    }
  }
  return blocks;
}

/** Whether the line defines a name that the term is, or is a part of. */
function defines(file: FileEvidence, line: number, text: string, term: Term): boolean {
  let stems = file.definedStems.get(line);
  if (stems === undefined) {
    const name = definedName(text, file.path);
    stems = name === undefined ? null : new Set(partsOf(name).map(stemOf));
    file.definedStems.set(line, stems);
  }
  return stems !== null && term.key.split(' ').every((stem) => stems.has(stem));
}

function windowFeatures(
  span: Span,
  score: FileScore,
  blocks: readonly (Block | undefined)[],
  { terms, idfs, asked, followed }: Scale,
): Float64Array {
  const features = new Float64Array(FEATURE_COUNT);
  const { file } = score;
  const here = blocks.filter((block) => block !== undefined);
  for (const term of new Set(here.flatMap(({ tf }) => [...tf.keys()]))) {
    const { weight, isName, lead } = terms[term]!;
    const value = weight * idfs[term]!;
    const tf = here.reduce((sum, block) => sum + (block.tf.get(term) ?? 0), 0);
    features[F.window]! += value * saturate(tf, 1);
    features[F.coverage]! += value / asked;
    if (weight > 0 && isName) features[F.names]! += value;
    if (weight === 0) features[F.mention]! += (lead * idfs[term]!) / followed;
  }
  features[F.file] = score.bm25;
  features[F['file-name']] = score.name;
  features[F.folders] = score.folders;
  features[F.definition] = here.reduce((sum, block) => sum + block.definition, 0);
  features[F['file-coverage']] = score.coverage;
  features[F['line-coverage']] = Math.max(0, ...here.map((block) => block.bestLine)) / asked;
  features[F.history] = file.history;
  features[F['co-change']] = file.coChange;
  features[F.hop] = here.reduce((sum, block) => sum + block.hop, 0) / followed;
  features[F.tested] = score.tested;
  features[F.documented] = score.documented;
  features[F.symbol] = file.definitions.some((definition) => rangesOverlap(definition.span, span)) ? 1 : 0;
  features[F['spelled-out']] = score.spelledOut;
  return features;
}
