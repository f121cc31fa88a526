/** The candidates of an observation as the network reads them: [C, F], best prior first. */
import { FEATURES, type Candidate } from '#core/agent/candidates.ts';
import { BLOCK_LINES } from '#core/agent/lineDigest.ts';
import type { FileEvidence } from '#core/agent/pool.ts';
import type { Observation } from '#core/agent/observation.ts';
import type { Definition } from '#core/agent/tools.ts';
import { CANDIDATE_INPUTS, FILE_KINDS } from '#core/policy/inputs.ts';
import type { Question } from '#core/search/question.ts';
import { rangesOverlap } from '#core/search/span.ts';
import { stemsIn } from '#core/search/words.ts';

export interface EncodedCandidates {
  /** [C, F] */
  readonly rows: Float32Array;
  /** [C] */
  readonly isRead: readonly boolean[];
}

const COLUMN = Object.fromEntries(CANDIDATE_INPUTS.map((name, i) => [name, i])) as Record<
  (typeof CANDIDATE_INPUTS)[number],
  number
>;
const WIDTH = CANDIDATE_INPUTS.length;

/** What a file has among the candidates. */
interface FileView {
  readonly rank: number;
  /** Of its best candidate. */
  readonly prior: number;
  bestWindow: number;
  seen: number;
  count: number;
  /** BM25 by the first line of a window. */
  readonly windows: Map<number, number>;
}

export function encodeCandidates({ candidates, question }: Observation): EncodedCandidates {
  const rows = new Float32Array(candidates.length * WIDTH);
  const files = viewFiles(candidates);
  const best = Math.max(1e-9, ...candidates.slice(0, 1).map(({ prior }) => prior));
  const isRead = candidates.map(wasRead);
  for (const [index, candidate] of candidates.entries()) {
    const row = rows.subarray(index * WIDTH, (index + 1) * WIDTH);
    row.set(candidate.features);
    row[FEATURES.length + FILE_KINDS.indexOf(candidate.file.kind)] = 1;
    encodePlace(row, candidate, files.get(candidate.file)!, index, best);
    if (isRead[index]) encodeReading(row, candidate, question);
    row[COLUMN['asks-tests']] = Number(question.asksTests);
    row[COLUMN['asks-docs']] = Number(question.asksDocs);
    row[COLUMN['question-length']] = Math.log1p(question.terms.length) / 4;
  }
  return { rows, isRead };
}

function viewFiles(candidates: readonly Candidate[]): Map<FileEvidence, FileView> {
  const files = new Map<FileEvidence, FileView>();
  for (const { file, prior, span, features } of candidates) {
    let view = files.get(file);
    if (!view)
      files.set(file, (view = { rank: files.size, prior, bestWindow: 1e-9, seen: 0, count: 0, windows: new Map() }));
    view.count++;
    view.bestWindow = Math.max(view.bestWindow, features[0]!);
    view.windows.set(span.start, features[0]!);
  }
  return files;
}

function encodePlace(
  row: Float32Array,
  { prior, span, features }: Candidate,
  file: FileView,
  index: number,
  best: number,
) {
  row[COLUMN.prior] = prior;
  row[COLUMN['prior-share']] = prior / best;
  row[COLUMN.rank] = Math.log1p(index) / 6;
  row[COLUMN['file-rank']] = Math.log1p(file.rank) / 5;
  row[COLUMN['file-prior']] = file.prior / best;
  row[COLUMN['share-of-file']] = prior / Math.max(file.prior, 1e-9);
  row[COLUMN['window-of-file']] = features[0]! / file.bestWindow;
  row[COLUMN['rank-in-file']] = Math.log1p(file.seen++) / 3;
  row[COLUMN['windows-in-file']] = Math.log1p(file.count) / 4;
  row[COLUMN.depth] = Math.log1p(span.start) / 8;
  row[COLUMN['top-of-file']] = Number(span.start === 1);
  row[COLUMN.before] = file.windows.get(span.start - 2 * BLOCK_LINES) ?? 0;
  row[COLUMN.after] = file.windows.get(span.start + 2 * BLOCK_LINES) ?? 0;
}

/** Whether the episode has read the line that the window begins with. */
function wasRead({ span, file }: Candidate): boolean {
  return file.reads.some(({ start, lines }) => start <= span.start && span.start < start + lines.length);
}

/** What reading showed: which of the question's terms the definitions in and around the window are about. */
function encodeReading(row: Float32Array, { span, file }: Candidate, question: Question): void {
  const around = (file.outline ?? []).filter((definition) => rangesOverlap(definition.span, span));
  row[COLUMN.read] = 1;
  row[COLUMN['defined-names']] = sharedWeight(question, around, namesOf);
  row[COLUMN['doc-comments']] = sharedWeight(question, around, docOf);
  row[COLUMN.signatures] = sharedWeight(question, around, signatureOf);
}

type StemsOf = (definition: Definition) => ReadonlySet<string>;

const namesOf = remembered(({ name, inside }) => [...inside, name].join(' '));
const docOf = remembered(({ doc }) => doc ?? '');
const signatureOf = remembered(({ signature }) => signature);

/** Definitions outlive the states that show them: each is taken apart once. */
function remembered(textOf: (definition: Definition) => string): StemsOf {
  const known = new WeakMap<Definition, ReadonlySet<string>>();
  return (definition) => {
    let stems = known.get(definition);
    if (!stems) known.set(definition, (stems = new Set(stemsIn(textOf(definition)))));
    return stems;
  };
}

/** Share of the question's terms, by weight, that one of the definitions has. */
function sharedWeight({ terms }: Question, definitions: readonly Definition[], stemsOf: StemsOf): number {
  let shared = 0;
  let all = 0;
  const stems = definitions.map(stemsOf).filter(({ size }) => size > 0);
  for (const { term, weight } of terms) {
    all += weight;
    const parts = term.key.split(' ');
    if (stems.some((one) => parts.every((part) => one.has(part)))) shared += weight;
  }
  return all ? shared / all : 0;
}
