/**
 * Everything that an episode has found so far, by file. Tools' results go in; candidates and answers come out.
 *
 * Term indices are positions in `terms`: the question's terms first, then those discovered on the way.
 */
import type { TermOrigin } from '#core/agent/action.ts';
import { lineDigests, type LineDigest } from '#core/agent/lineDigest.ts';
import { pathFacts, type PathFacts } from '#core/agent/pathFacts.ts';
import type {
  CoChange,
  CommitHit,
  Definition,
  DocsSection,
  GrepResult,
  LineHit,
  ReadResult,
} from '#core/agent/tools.ts';
import type { FileKind } from '#core/search/fileKind.ts';
import type { Question } from '#core/search/question.ts';
import { joinRanges, rangeContains, type LineRange, type Span } from '#core/search/span.ts';
import type { Term } from '#core/search/words.ts';

export interface PoolTerm {
  readonly term: Term;
  readonly origin: TermOrigin;
  /** Weight in the question; `MODEL_WEIGHT` for a word of a language model's, 0 for a name found on the way. */
  readonly weight: number;
  /** How strongly what was found pointed at a discovered term, in [0, 1]; 1 for the question's own. */
  readonly lead: number;
  readonly isName: boolean;
  searched: boolean;
  /** Files with a match, all kinds of files. */
  files: number;
  /** Files with a match that are neither tests nor generated. */
  sourceFiles: number;
  matches: number;
}

export interface TermLines {
  /** Index into the pool's terms. */
  readonly term: number;
  readonly lines: readonly LineHit[];
  readonly digest: LineDigest;
}

export interface FileEvidence {
  readonly path: string;
  readonly kind: FileKind;
  /** What the path says by itself. */
  readonly facts: PathFacts;
  /** 0 if not known. */
  readonly sizeBytes: number;
  readonly hits: readonly TermLines[];
  /** Definitions that the symbols tool found by name here. */
  readonly definitions: readonly Definition[];
  /** Outline of a file that was read; undefined if not read yet. */
  readonly outline: readonly Definition[] | undefined;
  /** Lines read, in the order of reading. */
  readonly reads: readonly { readonly start: number; readonly lines: readonly string[] }[];
  /** How much the commits that match the question point here: ln(1 + 4 Σ of their weights). */
  readonly history: number;
  /** Commits that point here, best first. */
  readonly commits: readonly CommitHit[];
  readonly coChange: number;
}

/** Evidence that the pool which made it may still add to. */
type OwnEvidence = { -readonly [K in keyof FileEvidence]: FileEvidence[K] } & { hits: TermLines[] };

const NONE: readonly never[] = [];

/**
 * A query in a language model's own words asks as the question does: its words find places in which none of the
 * question's stand. They weigh as words that the question says in passing.
 */
const MODEL_WEIGHT = 1;

export class EvidencePool {
  readonly question: Question;
  readonly terms: PoolTerm[] = [];
  readonly files: ReadonlyMap<string, FileEvidence>;
  readonly sections: DocsSection[] = [];
  readonly commits: CommitHit[] = [];
  filesSearched = 0;
  readonly #files: Map<string, FileEvidence>;
  /** What no other pool has: it may be changed. */
  readonly #own = new Set<FileEvidence>();
  #termIndex = new Map<string, number>();
  #hasReads = false;

  /** `from`: a pool of the same question that the new one begins as a copy of. */
  constructor(question: Question, from?: EvidencePool) {
    this.question = question;
    this.#files = new Map(from?.files);
    this.files = this.#files;
    if (!from) {
      for (const { term, weight, isName } of question.terms) this.#addTerm(term, 'question', weight, 1, isName);
      return;
    }
    for (const term of from.terms) this.terms.push({ ...term });
    this.sections.push(...from.sections);
    this.commits.push(...from.commits);
    this.filesSearched = from.filesSearched;
    this.#termIndex = new Map(from.#termIndex);
    this.#hasReads = from.#hasReads;
  }

  /** A copy to add to; this pool, and what was made from it, stays as it is. */
  fork(): EvidencePool {
    return new EvidencePool(this.question, this);
  }

  /** The index of a term, added if it is new. */
  discover(term: Term, origin: TermOrigin, lead: number): number {
    const known = this.#termIndex.get(term.key);
    if (known !== undefined) return known;
    if (origin !== 'model') return this.#addTerm(term, origin, 0, lead, true);
    return this.#addTerm(term, origin, MODEL_WEIGHT, lead, term.parts.length > 1);
  }

  indexOf(term: Term): number | undefined {
    return this.#termIndex.get(term.key);
  }

  addGrep(terms: readonly Term[], result: GrepResult): void {
    this.filesSearched = Math.max(this.filesSearched, result.filesSearched);
    terms.forEach((term, i) => {
      const found = result.terms[i];
      const index = this.#termIndex.get(term.key);
      const pooled = index === undefined ? undefined : this.terms[index];
      if (!found || index === undefined || !pooled || pooled.searched) return;
      pooled.searched = true;
      pooled.files = found.files.length;
      pooled.matches = found.matches;
      const digests = lineDigests(found);
      found.files.forEach(({ path, sizeBytes, lines }, at) => {
        const file = this.#ownFile(path);
        file.sizeBytes = sizeBytes;
        file.hits.push({ term: index, lines, digest: digests[at]! });
        if (file.kind !== 'test' && file.kind !== 'generated') pooled.sourceFiles++;
      });
    });
  }

  addCommits(found: readonly CommitHit[]): void {
    const known = new Set(this.commits.map(({ commit }) => commit.id));
    const hits = found.filter(({ commit }) => !known.has(commit.id));
    const best = hits.reduce((max, { score }) => Math.max(max, score), 1e-9);
    const newestS = hits.reduce((max, { commit }) => Math.max(max, commit.timeS), 0);
    const told = new Map<OwnEvidence, number>();
    for (const hit of hits) {
      this.commits.push(hit);
      for (const path of hit.commit.files) {
        const file = this.#ownFile(path);
        told.set(file, (told.get(file) ?? 0) + commitWeight(hit, best, newestS));
        file.commits = [...file.commits, hit];
      }
    }
    for (const [file, weight] of told) {
      const before = Math.expm1(file.history) / COMMITS_SATURATION;
      file.history = Math.log1p(COMMITS_SATURATION * (before + weight));
    }
  }

  addCoChanges(changes: readonly CoChange[]): void {
    for (const { path, weight } of changes) this.#ownFile(path).coChange += weight;
  }

  addSections(sections: readonly DocsSection[]): void {
    const known = new Set(this.sections.map(placeOf));
    this.sections.push(...sections.filter((section) => !known.has(placeOf(section))));
  }

  addDefinitions(definitions: readonly Definition[]): void {
    for (const definition of definitions) {
      const file = this.#ownFile(definition.span.path);
      file.definitions = [...file.definitions, definition];
    }
  }

  addRead(result: ReadResult, outline: readonly Definition[]): void {
    const file = this.#ownFile(result.path);
    file.sizeBytes = result.sizeBytes;
    file.reads = [...file.reads, { start: result.start, lines: result.lines }];
    file.outline = outline;
    if (result.lines.length) this.#hasReads = true;
  }

  /** The evidence of a file, empty if it is new. */
  file(path: string): FileEvidence {
    return this.#files.get(path) ?? this.#ownFile(path);
  }

  #ownFile(path: string): OwnEvidence {
    const known = this.#files.get(path);
    if (known && this.#own.has(known)) return known as OwnEvidence;
    const own: OwnEvidence = known ? { ...known, hits: [...known.hits] } : emptyEvidence(this.question, path);
    this.#files.set(path, own);
    this.#own.add(own);
    return own;
  }

  /** Lines of a file that this episode read, joined and sorted. */
  readRanges(path: string): LineRange[] {
    const reads = this.files.get(path)?.reads ?? [];
    return joinRanges(
      reads
        .filter((read) => read.lines.length > 0)
        .map((read) => ({ start: read.start, end: read.start + read.lines.length - 1 })),
    );
  }

  /** Whether any line of any file was read. */
  hasReads(): boolean {
    return this.#hasReads;
  }

  hasRead(span: Span): boolean {
    return this.readRanges(span.path).some((range) => rangeContains(range, span));
  }

  /** Text of lines that were read; undefined where a line was not. */
  textOf(span: Span): string[] | undefined {
    const reads = this.files.get(span.path)?.reads ?? [];
    const lines: string[] = [];
    for (let line = span.start; line <= span.end; line++) {
      const read = reads.find((one) => line >= one.start && line < one.start + one.lines.length);
      if (!read) return undefined;
      lines.push(read.lines[line - read.start]!);
    }
    return lines;
  }

  #addTerm(term: Term, origin: TermOrigin, weight: number, lead: number, isName: boolean): number {
    const index = this.terms.length;
    this.terms.push({ term, origin, weight, lead, isName, searched: false, files: 0, sourceFiles: 0, matches: 0 });
    this.#termIndex.set(term.key, index);
    return index;
  }
}

function emptyEvidence(question: Question, path: string): OwnEvidence {
  const facts = pathFacts(question, path);
  return {
    path,
    kind: facts.kind,
    facts,
    sizeBytes: 0,
    hits: [],
    definitions: NONE,
    outline: undefined,
    reads: NONE,
    history: 0,
    commits: NONE,
    coChange: 0,
  };
}

const placeOf = ({ span }: DocsSection): string => `${span.path}:${span.start}`;

const COMMITS_SATURATION = 4;
const COMMIT_HALF_LIFE_S = 3 * 365 * 24 * 3600;

/**
 * What a matching commit says of each of its files: the better its message fits, the fewer files it changed, and the
 * younger it is beside the newest one that matches, the more. Set by measuring on the training repositories.
 */
function commitWeight({ score, commit }: CommitHit, best: number, newestS: number): number {
  const fit = (score / best) ** 3;
  return (fit / Math.sqrt(Math.max(1, commit.fileCount))) * 2 ** ((commit.timeS - newestS) / COMMIT_HALF_LIFE_S);
}
