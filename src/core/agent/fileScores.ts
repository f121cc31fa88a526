/** What speaks for a whole file, from what the searches returned: the first, cheap cut of all files with any evidence. */
import type { EvidencePool, FileEvidence } from '#core/agent/pool.ts';
import { idf, saturate } from '#core/search/bm25.ts';
import { testedName } from '#core/search/fileKind.ts';
import { pathStems } from '#core/search/question.ts';
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
  /** The question spells out the end of the file's path (1) or only its name, which may be another's (⅕). */
  readonly spelledOut: number;
  /** BM25 of the best test that bears the file's name. */
  tested: number;
  /** Names found on the way that the file has, by how strong the lead and how rare the name. */
  readonly leads: number;
  /** Score of the docs sections that name the file. */
  documented: number;
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
  const meanSize = meanSizeBytes(pool);
  const total = pool.terms.reduce((sum, term, i) => sum + term.weight * idfs[i]!, 0) || 1;
  const scores = [...pool.files.values()].map((file) => scoreFile(file, pool, idfs, meanSize, total));
  linkTests(scores);
  linkDocs(scores, pool);
  const rank = coarseRank(scores);
  return scores
    .map((score) => ({ score, rank: rank(score) * factor(score.file) }))
    .sort((a, b) => b.rank - a.rank || (a.score.file.path < b.score.file.path ? -1 : 1))
    .slice(0, MAX_FILES)
    .map(({ score }) => score);
}

function scoreFile(
  file: FileEvidence,
  pool: EvidencePool,
  idfs: Float64Array,
  meanSize: number,
  total: number,
): FileScore {
  const relativeLength = file.sizeBytes > 0 ? file.sizeBytes / meanSize : 1;
  let bm25 = 0;
  let covered = 0;
  let leads = 0;
  for (const { term, lines } of file.hits) {
    const weight = pool.terms[term]!.weight * idfs[term]!;
    if (weight === 0) leads += pool.terms[term]!.lead * idfs[term]!;
    if (weight === 0) continue;
    let tf = 0;
    for (const line of lines) tf += line.count;
    bm25 += weight * saturate(tf, relativeLength);
    covered += weight;
  }
  const { name, folders } = pathScore(file.path, pool, idfs);
  return {
    file,
    bm25,
    name,
    folders,
    coverage: covered / total,
    spelledOut: spelledOut(file.path, pool.question.paths),
    tested: 0,
    leads,
    documented: 0,
  };
}

function pathScore(path: string, pool: EvidencePool, idfs: Float64Array): { name: number; folders: number } {
  const stems = pathStems(path);
  let name = 0;
  let folders = 0;
  pool.terms.forEach(({ term, weight }, i) => {
    if (weight === 0) return;
    const value = weight * Math.max(idfs[i]!, 1);
    const parts = term.key.split(' ');
    if (parts.every((stem) => stems.name.has(stem))) name += value;
    else if (parts.every((stem) => stems.folders.has(stem))) folders += value;
  });
  // A long name matches more by chance than a short one.
  return {
    name: name / Math.sqrt(Math.max(1, stems.name.size - 1)),
    folders: folders / Math.sqrt(Math.max(1, stems.folders.size)),
  };
}

function spelledOut(path: string, asked: readonly string[]): number {
  const lower = path.toLowerCase();
  let best = 0;
  for (const name of asked) {
    if (name.includes('/') && (lower === name || lower.endsWith(`/${name.replace(/^\.?\//, '')}`))) return 1;
    if (lower.endsWith(`/${name}`) || lower === name) best = 0.2;
  }
  return best;
}

/** Mean size of the sources with a match. */
function meanSizeBytes(pool: EvidencePool): number {
  let sum = 0;
  let count = 0;
  for (const file of pool.files.values())
    if (file.kind === 'source' && file.sizeBytes > 0) {
      sum += file.sizeBytes;
      count++;
    }
  return count ? sum / count : 1;
}

/** A test that matches the question speaks for the source of its name. */
function linkTests(scores: readonly FileScore[]): void {
  const tests = new Map<string, number>();
  for (const { file, bm25 } of scores)
    if (file.kind === 'test') {
      const name = testedName(file.path);
      tests.set(name, Math.max(tests.get(name) ?? 0, bm25));
    }
  for (const score of scores) if (score.file.kind !== 'test') score.tested = tests.get(bareName(score.file.path)) ?? 0;
}

/** A docs section that matches the question speaks for the sources that it names. */
function linkDocs(scores: readonly FileScore[], pool: EvidencePool): void {
  const named = new Map<string, number>();
  for (const section of pool.sections)
    for (const word of new Set(identifiersIn(`${section.headings.join(' ')} ${section.text}`.toLowerCase())))
      named.set(word, (named.get(word) ?? 0) + section.score);
  for (const score of scores) score.documented = named.get(bareName(score.file.path)) ?? 0;
}

const bareName = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\..*$/, '')
    .toLowerCase();

/** A first mixture, good enough to keep the right files among the first `MAX_FILES`. */
function coarseRank(scores: readonly FileScore[]): (score: FileScore) => number {
  const largest = (value: (score: FileScore) => number): number =>
    scores.reduce((max, score) => Math.max(max, value(score)), 1e-9);
  const bm25 = largest((s) => s.bm25);
  const name = largest((s) => s.name);
  const folders = largest((s) => s.folders);
  const tested = largest((s) => s.tested);
  const documented = largest((s) => s.documented);
  const leads = largest((s) => s.leads);
  const history = largest((s) => s.file.history);
  const coChange = largest((s) => s.file.coChange);
  return (s) =>
    s.bm25 / bm25 +
    (0.4 * s.name) / name +
    (0.2 * s.folders) / folders +
    0.3 * s.coverage +
    s.spelledOut +
    (0.2 * s.tested) / tested +
    (0.2 * s.documented) / documented +
    (0.5 * s.file.history) / history +
    (0.3 * s.file.coChange) / coChange +
    (s.file.definitions.length ? 0.5 : 0) +
    (0.3 * s.leads) / leads;
}
