/** What speaks for a whole file, from what the searches returned: the first, cheap cut of all files with any evidence. */
import type { EvidencePool, FileEvidence } from '#core/agent/pool.ts';
import type { DocsSection } from '#core/agent/tools.ts';
import { topIndices } from '#core/agent/topIndices.ts';
import { idf, saturate } from '#core/search/bm25.ts';
import { identifiersIn } from '#core/search/words.ts';

/** Files whose windows are worth looking at. */
const MAX_FILES = 200;

export interface FileScore {
  readonly file: FileEvidence;
  /** BM25 of the question over the file. */
  readonly bm25: number;
  /** Question terms in the file's name and in its folders, by idf. */
  readonly name: number;
  readonly folders: number;
  /** Share of the question's terms, by idf and weight, that the file has. */
  readonly coverage: number;
  /** BM25 of the best test that bears the file's name. */
  readonly tested: number;
  /** Score of the docs sections that name the file. */
  readonly documented: number;
}

/** How telling each term of the pool is here: from files that are neither tests nor generated. 0 if not searched. */
export const termIdfs = (pool: EvidencePool): Float64Array =>
  Float64Array.from(pool.terms, (term) => (term.searched ? idf(pool.filesSearched, term.sourceFiles) : 0));

/** The best files, best first; ties go by path. `factor` weighs a file by its kind. */
export function scoreFiles(
  pool: EvidencePool,
  idfs: Float64Array,
  factor: (file: FileEvidence) => number,
): FileScore[] {
  const files = [...pool.files.values()];
  const columns = columnsOf(files.length);
  scoreHits(files, columns, pool, idfs);
  scorePaths(files, columns, pool, idfs);
  linkTests(files, columns);
  linkDocs(files, columns, pool);
  const rank = coarseRank(files, columns);
  files.forEach((file, i) => (rank[i]! *= factor(file)));
  const first = topIndices(rank, MAX_FILES, (a, b) => (files[a]!.path < files[b]!.path ? -1 : 1));
  return first.map((i) => ({
    file: files[i]!,
    bm25: columns.bm25[i]!,
    name: columns.name[i]!,
    folders: columns.folders[i]!,
    coverage: columns.coverage[i]!,
    tested: columns.tested[i]!,
    documented: columns.documented[i]!,
  }));
}

/** Scores of all files, each [files]: thousands of files are scored after every turn. */
interface Columns {
  readonly bm25: Float64Array;
  readonly name: Float64Array;
  readonly folders: Float64Array;
  readonly coverage: Float64Array;
  readonly tested: Float64Array;
  readonly documented: Float64Array;
  /** Names found on the way that the file has, by how strong the lead and how rare the name. */
  readonly leads: Float64Array;
}

const columnsOf = (count: number): Columns => ({
  bm25: new Float64Array(count),
  name: new Float64Array(count),
  folders: new Float64Array(count),
  coverage: new Float64Array(count),
  tested: new Float64Array(count),
  documented: new Float64Array(count),
  leads: new Float64Array(count),
});

function scoreHits(files: readonly FileEvidence[], columns: Columns, pool: EvidencePool, idfs: Float64Array): void {
  const meanSize = meanSizeBytes(files);
  const values = Float64Array.from(pool.terms, (term, i) => term.weight * idfs[i]!);
  const strengths = Float64Array.from(pool.terms, (term, i) => term.lead * idfs[i]!);
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  for (let i = 0; i < files.length; i++) {
    const { sizeBytes, hits } = files[i]!;
    const relativeLength = sizeBytes > 0 ? sizeBytes / meanSize : 1;
    let bm25 = 0;
    let covered = 0;
    let leads = 0;
    for (const { term, digest } of hits) {
      const value = values[term]!;
      if (value === 0) leads += strengths[term]!;
      else {
        bm25 += value * saturate(digest.matches, relativeLength);
        covered += value;
      }
    }
    columns.bm25[i] = bm25;
    columns.coverage[i] = covered / total;
    columns.leads[i] = leads;
  }
}

function scorePaths(files: readonly FileEvidence[], columns: Columns, pool: EvidencePool, idfs: Float64Array): void {
  const values = Float64Array.from(pool.terms, (term, i) => term.weight * Math.max(idfs[i]!, 1));
  const sum = (terms: readonly number[]): number => {
    let total = 0;
    for (const term of terms) total += values[term]!;
    return total;
  };
  for (let i = 0; i < files.length; i++) {
    const { nameTerms, folderTerms, nameDivisor, folderDivisor } = files[i]!.facts;
    columns.name[i] = sum(nameTerms) / nameDivisor;
    columns.folders[i] = sum(folderTerms) / folderDivisor;
  }
}

/** Mean size of the sources with a match. */
function meanSizeBytes(files: readonly FileEvidence[]): number {
  let sum = 0;
  let count = 0;
  for (const file of files)
    if (file.kind === 'source' && file.sizeBytes > 0) {
      sum += file.sizeBytes;
      count++;
    }
  return count ? sum / count : 1;
}

/** A test that matches the question speaks for the source of its name. */
function linkTests(files: readonly FileEvidence[], { bm25, tested }: Columns): void {
  const tests = new Map<string, number>();
  files.forEach(({ kind, facts }, i) => {
    if (kind === 'test') tests.set(facts.testedName, Math.max(tests.get(facts.testedName) ?? 0, bm25[i]!));
  });
  if (tests.size === 0) return;
  files.forEach(({ kind, facts }, i) => {
    if (kind !== 'test') tested[i] = tests.get(facts.bareName) ?? 0;
  });
}

/** A docs section that matches the question speaks for the sources that it names. */
function linkDocs(files: readonly FileEvidence[], { documented }: Columns, { sections }: EvidencePool): void {
  if (sections.length === 0) return;
  const named = new Map<string, number>();
  for (const section of sections)
    for (const word of wordsOf(section)) named.set(word, (named.get(word) ?? 0) + section.score);
  files.forEach(({ facts }, i) => (documented[i] = named.get(facts.bareName) ?? 0));
}

const knownWords = new WeakMap<DocsSection, ReadonlySet<string>>();

/** Told once for each section, however many episodes are given it. */
function wordsOf(section: DocsSection): ReadonlySet<string> {
  let words = knownWords.get(section);
  if (!words) {
    words = new Set(identifiersIn(`${section.headings.join(' ')} ${section.text}`.toLowerCase()));
    knownWords.set(section, words);
  }
  return words;
}

/** A first mixture, good enough to keep the right files among the first `MAX_FILES`. */
function coarseRank(files: readonly FileEvidence[], columns: Columns): Float64Array {
  const bm25 = largest(columns.bm25);
  const name = largest(columns.name);
  const folders = largest(columns.folders);
  const tested = largest(columns.tested);
  const documented = largest(columns.documented);
  const leads = largest(columns.leads);
  const history = files.reduce((max, file) => Math.max(max, file.history), LEAST);
  const coChange = files.reduce((max, file) => Math.max(max, file.coChange), LEAST);
  const rank = new Float64Array(files.length);
  files.forEach((file, i) => {
    rank[i] =
      columns.bm25[i]! / bm25 +
      (0.4 * columns.name[i]!) / name +
      (0.2 * columns.folders[i]!) / folders +
      0.3 * columns.coverage[i]! +
      file.facts.spelledOut +
      (0.2 * columns.tested[i]!) / tested +
      (0.2 * columns.documented[i]!) / documented +
      (0.5 * file.history) / history +
      (0.3 * file.coChange) / coChange +
      (file.definitions.length ? 0.5 : 0) +
      (0.3 * columns.leads[i]!) / leads;
  });
  return rank;
}

const LEAST = 1e-9;

function largest(column: Float64Array): number {
  let max = LEAST;
  for (const value of column) if (value > max) max = value;
  return max;
}
