/**
 * Opens the databases in which indexes are kept between runs. All of them are caches: a file that cannot be used is
 * moved aside and made anew, and where nothing can be written the database lives in memory, with a note that says so.
 *
 * Several processes may have a file open, and any of them may be killed in the middle of a write: what a transaction
 * wrote is there as a whole or not at all.
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  loadEngine,
  type Connection,
  type Engine,
  type EngineName,
  type Row,
  type Statement,
} from '#node/sqliteEngines.ts';

/**
 * Opens `file` and gives it the schema. `:memory:` or undefined keeps everything in memory. Rejects only when no
 * SQLite can be loaded at all.
 */
export async function openDatabase(
  file: string | undefined,
  schema: Schema,
  engineName?: EngineName,
): Promise<Database> {
  const engine = await loadEngine(engineName);
  if (file === undefined || file === ':memory:') return inMemory(engine, schema);
  try {
    mkdirSync(dirname(file), { recursive: true });
    return (
      openFile(engine, file, schema) ??
      (setAside(file), openFile(engine, file, schema)) ??
      inMemory(engine, schema, file)
    );
  } catch (error) {
    return inMemory(engine, schema, file, error);
  }
}

export interface Schema {
  /** 1 or more. A file of another version is moved aside. */
  readonly version: number;
  /** Statements that make all tables. */
  readonly sql: string;
}

export interface Database {
  readonly engine: EngineName;
  /** Undefined for a database in memory. */
  readonly file: string | undefined;
  /** Set when a file was asked for and memory is used: one sentence that says why and what to do. */
  readonly note: string | undefined;
  exec(sql: string): void;
  /** The statement for this text, prepared once. */
  prepare(sql: string): Statement;
  /** Runs `work` in a write transaction: all of it is kept, or nothing when it throws. Not to be nested. */
  transaction<T>(work: () => T): T;
  sizeBytes(): number;
  close(): void;
}

/**
 * What is wrong when a statement threw: the file is damaged (`corrupt`: close, `setAside`, open again), it cannot be
 * written (`storage`: full disk, no permission), another process writes for too long (`busy`), or the statement.
 */
export function troubleOf(error: unknown): 'corrupt' | 'storage' | 'busy' | 'statement' {
  const message = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed|corrupt|no such (table|column)/i.test(message)) return 'corrupt';
  if (
    /\bfull\b|readonly|read-only|disk I\/O|unable to open|could not open|ENOSPC|EACCES|EROFS|EPERM|ENOTDIR|EEXIST/i.test(
      message,
    )
  )
    return 'storage';
  return /locked|busy/i.test(message) ? 'busy' : 'statement';
}

/** Moves a database file out of the way, to `FILE.bad`; an older one is overwritten. Throws if that is not possible. */
export function setAside(file: string): void {
  renameSync(file, `${file}.bad`);
  for (const ending of ['-wal', '-shm', '-journal']) rmSync(file + ending, { force: true });
}

function openFile(engine: Engine, file: string, schema: Schema): Database | undefined {
  let connection: Connection | undefined;
  try {
    connection = engine.open(file);
    const database = wrap(engine, connection, file, undefined);
    if (install(database, schema)) return database;
  } catch (error) {
    if (troubleOf(error) !== 'corrupt') {
      connection?.close();
      throw error;
    }
  }
  connection?.close();
  return undefined;
}

/** False for a file of another version. */
function install(database: Database, schema: Schema): boolean {
  if (versionOf(database) === schema.version) return true;
  return database.transaction(() => {
    const version = versionOf(database);
    if (version === schema.version) return true;
    if (version !== 0 || database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get()) return false;
    database.exec(schema.sql);
    database.exec(`PRAGMA user_version = ${schema.version}`);
    return true;
  });
}

const versionOf = (database: Database): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

function inMemory(engine: Engine, schema: Schema, file?: string, error?: unknown): Database {
  const reason = error === undefined ? 'it is damaged' : error instanceof Error ? error.message : String(error);
  const note =
    file &&
    `Nothing is kept between runs, because ${file} cannot be used (${reason}). Free space or allow writing there.`;
  const database = wrap(engine, engine.open(':memory:'), undefined, note);
  install(database, schema);
  return database;
}

function wrap(engine: Engine, connection: Connection, file: string | undefined, note: string | undefined): Database {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = connection.prepare(sql)));
    return statement;
  };
  const number = (row: Row | undefined): number => Number(Object.values(row ?? {})[0] ?? 0);
  return {
    engine: engine.name,
    file,
    note,
    exec: (sql) => connection.exec(sql),
    prepare,
    transaction: (work) => inTransaction(connection, work),
    sizeBytes: () =>
      number(prepare('PRAGMA page_count').get()) * number(prepare('PRAGMA page_size').get()) + walBytes(file),
    close: () => {
      statements.clear();
      connection.close();
    },
  };
}

function inTransaction<T>(connection: Connection, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    connection.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      connection.exec('ROLLBACK');
    } catch {
      // SQLite itself has rolled back already, as it does on a full disk.
    }
    throw error;
  }
}

function walBytes(file: string | undefined): number {
  return file === undefined ? 0 : (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}
