/**
 * The commits of one repository, kept by id in a database that all work trees and processes share.
 *
 * A commit is told apart by its number: numbers rise in the order of arrival and never change. Commits come in segments;
 * a stem's postings are one row for each segment it occurs in, so a query reads few rows, and counts only the commits
 * that it may show. FTS5 would count all commits of the file, whatever HEAD is: the same question would get other
 * scores after another work tree was read.
 */
import { openDatabase, setAside, troubleOf, type Database, type Schema } from '#node/sqlite.ts';
import type { EngineName } from '#node/sqliteEngines.ts';
import { BitSet } from '#node/history/bitSet.ts';
import type { LoggedCommit } from '#node/history/logParser.ts';
import { eachPostingOf } from '#node/history/postings.ts';
import { writeSegment } from '#node/history/writeSegment.ts';

/** Opens the commits kept in `file`, or in memory without one. A damaged file is made anew. */
export async function openCommitStore(file: string | undefined, engine?: EngineName): Promise<CommitStore> {
  const database = await openDatabase(file, SCHEMA, engine);
  try {
    return new CommitStore(database);
  } catch (error) {
    database.close();
    if (file === undefined || troubleOf(error) !== 'corrupt') throw error;
    setAside(file);
    return new CommitStore(await openDatabase(file, SCHEMA, engine));
  }
}

export interface CommitRow {
  readonly subject: string;
  /** Numbers of paths, in the order of the paths. */
  readonly paths: Uint32Array;
  readonly fileCount: number;
}

export interface Rename {
  /** The commit that renamed. */
  readonly number: number;
  readonly to: number;
}

export const SCHEMA: Schema = {
  version: 1,
  sql: `
    CREATE TABLE segment (number INTEGER PRIMARY KEY, ids TEXT, times BLOB, lengths BLOB);
    CREATE TABLE commits (number INTEGER PRIMARY KEY, subject TEXT, paths BLOB, file_count INTEGER);
    CREATE TABLE posting (stem TEXT, segment INTEGER, entries BLOB, PRIMARY KEY (stem, segment)) WITHOUT ROWID;
    CREATE TABLE path (number INTEGER PRIMARY KEY, text TEXT UNIQUE);
    CREATE TABLE touched (path INTEGER, number INTEGER, PRIMARY KEY (path, number)) WITHOUT ROWID;
    CREATE TABLE renamed (number INTEGER, old INTEGER, new INTEGER, PRIMARY KEY (number, old)) WITHOUT ROWID;
    CREATE TABLE head (key TEXT PRIMARY KEY, members BLOB);`,
};

/** Heads whose ancestors are kept. */
const MAX_HEADS = 64;
const MAX_CACHED_PATHS = 10_000;
/** Marks the id of a commit that was kept without its files. */
const WITHOUT_FILES = '~';

export class CommitStore {
  readonly #database: Database;
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #times: number[] = [];
  readonly #lengths: number[] = [];
  readonly #renames = new Map<number, Rename[]>();
  readonly #paths = new Map<number, string>();
  /** First number of each segment. */
  readonly #firsts: number[] = [];
  #lastSegment = 0;

  constructor(database: Database) {
    this.#database = database;
    this.refresh();
  }

  /** Why nothing is kept between runs, if so. */
  get note(): string | undefined {
    return this.#database.note;
  }

  get file(): string | undefined {
    return this.#database.file;
  }

  get size(): number {
    return this.#ids.length;
  }

  sizeBytes(): number {
    return this.#database.sizeBytes();
  }

  close(): void {
    this.#database.close();
  }

  /** The number of a commit, if it is here; `withoutFiles` takes one without its files too. */
  numberOf(id: string, withoutFiles: boolean): number | undefined {
    const number = this.#numbers.get(id);
    return number === undefined && withoutFiles ? this.#numbers.get(id + WITHOUT_FILES) : number;
  }

  idOf(number: number): string {
    const id = this.#ids[number]!;
    return id.endsWith(WITHOUT_FILES) ? id.slice(0, -1) : id;
  }

  timeOf(number: number): number {
    return this.#times[number]!;
  }

  /** Stems of the message. */
  lengthOf(number: number): number {
    return this.#lengths[number]!;
  }

  renamesOf(path: number): readonly Rename[] {
    return this.#renames.get(path) ?? [];
  }

  /** Learns what other connections have added. */
  refresh(): void {
    const rows = this.#database
      .prepare('SELECT number, ids, times, lengths FROM segment WHERE number > ? ORDER BY number')
      .all(this.#lastSegment);
    if (!rows.length) return;
    const renamedFrom = this.#ids.length;
    for (const row of rows) {
      this.#firsts[Number(row['number'])] = this.#ids.length;
      for (const id of String(row['ids']).split('\n')) this.#numbers.set(id, this.#ids.push(id) - 1);
      for (const time of new Float64Array((row['times'] as Uint8Array).slice().buffer)) this.#times.push(time);
      for (const length of new Uint16Array((row['lengths'] as Uint8Array).slice().buffer)) this.#lengths.push(length);
      this.#lastSegment = Number(row['number']);
    }
    this.#readRenames(renamedFrom);
  }

  /** Keeps commits in one transaction, those left out that are here already; it is there as a whole or not at all. */
  add(commits: readonly LoggedCommit[], withoutFiles: boolean): void {
    this.#database.transaction(() => {
      this.refresh();
      const unknown = new Map<string, LoggedCommit>();
      for (const commit of commits)
        if (this.numberOf(commit.id, withoutFiles) === undefined)
          unknown.set(withoutFiles ? commit.id + WITHOUT_FILES : commit.id, commit);
      if (unknown.size) writeSegment(this.#database, this.#lastSegment + 1, this.#ids.length, unknown);
    });
    this.refresh();
  }

  /** Calls back for each commit with a stem in its message. */
  eachPosting(stem: string, visit: (number: number, inSubject: number, inBody: number) => void): void {
    const rows = this.#database.prepare('SELECT segment, entries FROM posting WHERE stem = ?').all(stem);
    for (const row of rows) {
      const first = this.#firsts[Number(row['segment'])];
      if (first !== undefined) eachPostingOf(row['entries'] as Uint8Array, first, visit);
    }
  }

  rowOf(number: number): CommitRow {
    const row = this.#database.prepare('SELECT subject, paths, file_count FROM commits WHERE number = ?').get(number);
    if (!row) throw new Error('The kept history is malformed: a commit is missing.');
    return {
      subject: String(row['subject']),
      paths: new Uint32Array((row['paths'] as Uint8Array).slice().buffer),
      fileCount: Number(row['file_count']),
    };
  }

  pathOf(path: number): string {
    let text = this.#paths.get(path);
    if (text !== undefined) return text;
    text = String(this.#database.prepare('SELECT text FROM path WHERE number = ?').get(path)?.['text'] ?? '');
    if (this.#paths.size >= MAX_CACHED_PATHS) this.#paths.clear();
    this.#paths.set(path, text);
    return text;
  }

  pathNumber(text: string): number | undefined {
    return this.#database.prepare('SELECT number FROM path WHERE text = ?').get(text)?.['number'] as number | undefined;
  }

  /** Commits of two and more files, but not of too many, that changed a path. */
  touching(path: number): number[] {
    return this.#database
      .prepare('SELECT number FROM touched WHERE path = ?')
      .all(path)
      .map((row) => Number(row['number']));
  }

  /** Paths that were renamed to this one. */
  formerNames(path: number): number[] {
    const former: number[] = [];
    for (const [old, renames] of this.#renames) if (renames.some(({ to }) => to === path)) former.push(old);
    return former;
  }

  /** The ancestors kept for a head, if all of them are here. */
  membersOf(key: string): BitSet | undefined {
    const row = this.#database.prepare('SELECT members FROM head WHERE key = ?').get(key);
    return row && new BitSet(row['members'] as Uint8Array);
  }

  keepMembers(key: string, members: BitSet): void {
    this.#database.transaction(() => {
      this.#database.prepare('INSERT OR REPLACE INTO head (key, members) VALUES (?, ?)').run(key, members.toBytes());
      this.#database
        .prepare('DELETE FROM head WHERE rowid NOT IN (SELECT rowid FROM head ORDER BY rowid DESC LIMIT ?)')
        .run(MAX_HEADS);
    });
  }

  #readRenames(from: number): void {
    const rows = this.#database
      .prepare('SELECT number, old, new FROM renamed WHERE number >= ? AND number < ? ORDER BY number, old')
      .all(from, this.#ids.length);
    for (const row of rows) {
      const rename = { number: Number(row['number']), to: Number(row['new']) };
      const known = this.#renames.get(Number(row['old']));
      if (known) known.push(rename);
      else this.#renames.set(Number(row['old']), [rename]);
    }
  }
}
