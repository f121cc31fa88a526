/**
 * The docs index on disk: one row a document, one a section, and a contentless FTS5 table over the sections' stems.
 *
 * The stems stand in the sections too, because FTS5 forgets a row exactly only when it is told what was in it: its
 * `contentless_delete` leaves the row count and the lengths that BM25 divides by as they were, so that an index would
 * rank differently after each change than one made afresh.
 *
 * A document whose hash is null is being written; whoever finds it so (a later run, after a kill) writes it anew. All
 * changes are generators of small steps, which the caller runs in transactions as long as it likes: between two steps
 * everything may stop for ever without harm.
 */
import type { DocsSection, DocsSource } from '#core/agent/tools.ts';
import type { DocSection } from '#core/search/docSections.ts';
import { stemsIn } from '#core/search/words.ts';
import { openDatabase, type Database, type Schema } from '#node/sqlite.ts';

/** Opens or makes the index; undefined for one in memory. */
export async function openDocsIndex(file: string | undefined, engine?: 'node' | 'wasm'): Promise<DocsIndex> {
  const database = await openDatabase(file, SCHEMA, engine);
  // SQLite waits by blocking the process, so it does so briefly; longer waits are the callers'.
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return {
    database,
    documents: () => documentsOf(database),
    unfinished: () => unfinishedIn(database),
    counts: () => countsOf(database),
    isMade: () => database.prepare('SELECT once FROM made').get() !== undefined,
    setMade: () => database.prepare('INSERT OR IGNORE INTO made (once) VALUES (1)').run(),
  };
}

export interface DocsIndex {
  readonly database: Database;
  /** All documents by path. */
  documents(): Map<string, StoredDocument>;
  /** Paths of the documents that are being written, or were when somebody was killed. */
  unfinished(): string[];
  counts(): DocsCounts;
  /** Whether a refresh has come to its end, be it in an earlier process. */
  isMade(): boolean;
  setMade(): void;
}

export interface DocsCounts {
  /** Documents that are written completely. */
  readonly files: number;
  /** Files that turned out not to be text. */
  readonly binary: number;
  readonly sections: number;
}

export interface StoredDocument {
  readonly id: number;
  readonly source: DocsSource;
  /** Null while it is being written. */
  readonly hash: string | null;
  readonly sizeBytes: number;
  /** Modification and change time; 0 when the file was too young to trust them. */
  readonly stamp: number;
}

export interface NewDocument {
  readonly path: string;
  readonly source: DocsSource;
  readonly hash: string;
  readonly sizeBytes: number;
  readonly stamp: number;
}

/** Stands for the hash of a file that is not text, so that it is not read again until it changes. */
export const BINARY = 'binary';

const BUSY_TIMEOUT_MS = 10;

/** Weights of headings, path, body, code: a word in a heading says what the section is about. */
const WEIGHTS = '3.0, 1.5, 1.0, 0.7';

const SCHEMA: Schema = {
  version: 3,
  sql: `
    CREATE TABLE documents (
      id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, source TEXT NOT NULL, hash TEXT,
      size INTEGER NOT NULL, stamp REAL NOT NULL);
    CREATE TABLE sections (
      id INTEGER PRIMARY KEY, document INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
      headings TEXT NOT NULL, text TEXT NOT NULL, stems TEXT NOT NULL);
    CREATE INDEX sections_document ON sections (document);
    CREATE VIRTUAL TABLE words USING fts5(
      headings, path, body, code, content='',
      tokenize="unicode61 remove_diacritics 0 tokenchars '_$'");
    CREATE TABLE made (once INTEGER PRIMARY KEY);
    INSERT INTO words (words, rank) VALUES ('rank', 'bm25(${WEIGHTS})');
  `,
};

/** Sections deleted in one step. */
const DELETE_STEP = 50;
/** Longer stems are data, not words. */
const MAX_STEM = 64;

/** Steps that replace what is known of a document. They give up quietly when another process takes it over. */
export function* putDocument(
  { database }: DocsIndex,
  document: NewDocument,
  sections: readonly DocSection[],
): Generator<void> {
  yield* removeDocument({ database }, document.path);
  if (documentAt(database, document.path)) return;
  const { path, source, sizeBytes, stamp } = document;
  const row = database
    .prepare('INSERT INTO documents (path, source, hash, size, stamp) VALUES (?, ?, NULL, ?, ?) RETURNING id')
    .get(path, source, sizeBytes, stamp);
  const id = Number(row?.['id']);
  const pathStems = indexable(path);
  for (const section of sections) {
    if (!addSection(database, id, pathStems, section)) return;
    yield;
  }
  database.prepare('UPDATE documents SET hash = ? WHERE id = ?').run(document.hash, id);
}

/** Steps that take a document out. */
export function* removeDocument({ database }: Pick<DocsIndex, 'database'>, path: string): Generator<void> {
  const id = documentAt(database, path)?.id;
  if (id === undefined) return;
  database.prepare('UPDATE documents SET hash = NULL WHERE id = ?').run(id);
  for (;;) {
    const rows = database.prepare('SELECT id, stems FROM sections WHERE document = ? LIMIT ?').all(id, DELETE_STEP);
    for (const row of rows) {
      database.prepare(FORGET_WORDS).run(row['id']!, ...String(row['stems']).split('\n'));
      database.prepare('DELETE FROM sections WHERE id = ?').run(row['id']!);
    }
    if (rows.length < DELETE_STEP) break;
    yield;
  }
  database.prepare('DELETE FROM documents WHERE id = ?').run(id);
}

/** Notes that a document has not changed although its file was touched; false if it has changed or is not there. */
export function touchDocument(database: Database, document: NewDocument): boolean {
  const stored = documentAt(database, document.path);
  if (stored?.hash !== document.hash || stored.source !== document.source) return false;
  if (stored.stamp !== document.stamp || stored.sizeBytes !== document.sizeBytes)
    database
      .prepare('UPDATE documents SET size = ?, stamp = ? WHERE id = ?')
      .run(document.sizeBytes, document.stamp, stored.id);
  return true;
}

/** Sections by their ids, without scores, in no order. */
export function sectionsById(database: Database, ids: readonly number[]): Map<number, Omit<DocsSection, 'score'>> {
  const statement = database.prepare(
    'SELECT path, source, start, end, headings, text FROM sections JOIN documents ON documents.id = document WHERE sections.id = ?',
  );
  const found = new Map<number, Omit<DocsSection, 'score'>>();
  for (const id of ids) {
    const row = statement.get(id);
    if (!row) continue;
    found.set(id, {
      span: { path: String(row['path']), start: Number(row['start']), end: Number(row['end']) },
      source: row['source'] as DocsSource,
      headings: JSON.parse(String(row['headings'])) as string[],
      text: String(row['text']),
    });
  }
  return found;
}

/** False when the document is not there any more. */
function addSection(database: Database, document: number, pathStems: string, section: DocSection): boolean {
  const { start, end, headings, text, body, code } = section;
  const stems = [indexable(headings.join('\n')), pathStems, indexable(body), indexable(code)];
  const row = database.prepare(ADD_SECTION).get(start, end, JSON.stringify(headings), text, stems.join('\n'), document);
  if (row) database.prepare(ADD_WORDS).run(row['id']!, ...stems);
  return row !== undefined;
}

const ADD_SECTION = `INSERT INTO sections (document, start, end, headings, text, stems)
  SELECT id, ?, ?, ?, ?, ? FROM documents WHERE id = ? RETURNING id`;
const ADD_WORDS = 'INSERT INTO words (rowid, headings, path, body, code) VALUES (?, ?, ?, ?, ?)';
const FORGET_WORDS = `INSERT INTO words (words, rowid, headings, path, body, code) VALUES ('delete', ?, ?, ?, ?, ?)`;

const indexable = (text: string): string =>
  stemsIn(text)
    .filter((stem) => stem.length <= MAX_STEM)
    .join(' ');

function documentAt(database: Database, path: string): StoredDocument | undefined {
  const row = database.prepare('SELECT id, source, hash, size, stamp FROM documents WHERE path = ?').get(path);
  return row && storedDocument(row);
}

function documentsOf(database: Database): Map<string, StoredDocument> {
  const rows = database.prepare('SELECT path, id, source, hash, size, stamp FROM documents').all();
  return new Map(rows.map((row) => [String(row['path']), storedDocument(row)]));
}

const unfinishedIn = (database: Database): string[] =>
  database
    .prepare('SELECT path FROM documents WHERE hash IS NULL')
    .all()
    .map((row) => String(row['path']));

const storedDocument = (row: Record<string, unknown>): StoredDocument => ({
  id: Number(row['id']),
  source: row['source'] as DocsSource,
  hash: row['hash'] === null ? null : String(row['hash']),
  sizeBytes: Number(row['size']),
  stamp: Number(row['stamp']),
});

function countsOf(database: Database): DocsCounts {
  const files = database.prepare(
    'SELECT hash = ? AS binary, count(*) AS n FROM documents WHERE hash IS NOT NULL GROUP BY 1',
  );
  const counts = new Map(files.all(BINARY).map((row) => [Number(row['binary']), Number(row['n'])]));
  const sections = database.prepare('SELECT count(*) AS n FROM sections').get();
  return { files: counts.get(0) ?? 0, binary: counts.get(1) ?? 0, sections: Number(sections?.['n'] ?? 0) };
}
