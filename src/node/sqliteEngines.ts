/**
 * The two ways to run SQLite, behind one small interface: `node:sqlite` where it has FTS5, else a WebAssembly build.
 */
import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Database as WasmDatabase, Statement as WasmStatement } from 'node-sqlite3-wasm';

/** Opens connections with the best engine of this Node; `engine` forces one. Throws when it cannot be loaded. */
export async function loadEngine(engine?: EngineName): Promise<Engine> {
  const node = engine === 'wasm' ? undefined : nodeEngine();
  if (node) return node;
  if (engine === 'node') throw new Error('This Node has no node:sqlite with FTS5. Use Node 24 or newer.');
  return wasmEngine();
}

export type EngineName = 'node' | 'wasm';
export type SqlValue = number | string | Uint8Array | null;
export type Row = Record<string, SqlValue>;

export interface Statement {
  run(...values: SqlValue[]): void;
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

export interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Engine {
  readonly name: EngineName;
  /** Opens or makes a file; `:memory:` for none. Throws SQLite's error. */
  open(file: string): Connection;
}

/** Waiting time for another process's write, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

function nodeEngine(): Engine | undefined {
  const sqlite = quietly(() => process.getBuiltinModule?.('node:sqlite'));
  if (!sqlite) return undefined;
  try {
    const probe = new sqlite.DatabaseSync(':memory:');
    probe.exec(`CREATE VIRTUAL TABLE probe USING fts5(text, content='', contentless_delete=1)`);
    probe.close();
  } catch {
    return undefined;
  }
  return { name: 'node', open: (file) => openNode(new sqlite.DatabaseSync(file), file) };
}

/** Node 22 warns that its SQLite is experimental; nobody who asks a question can do anything about it. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function openNode(database: DatabaseSync, file: string): Connection {
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (file !== ':memory:') useWal(database);
    database.exec('PRAGMA synchronous = NORMAL');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => void statement.run(...values),
        get: (...values) => statement.get(...values) as Row | undefined,
        all: (...values) => statement.all(...values) as Row[],
      };
    },
    close: () => database.close(),
  };
}

/** Two processes that open a new file at once may meet here: the loser finds the file in WAL mode afterwards. */
function useWal(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA journal_mode = WAL');
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) throw error;
  }
}

async function wasmEngine(): Promise<Engine> {
  const { default: sqlite } = await import('node-sqlite3-wasm');
  return {
    name: 'wasm',
    open(file) {
      const owner = file === ':memory:' ? undefined : markOwner(file);
      try {
        return openWasm(new sqlite.Database(file), () => owner && rmSync(owner, { force: true }));
      } catch (error) {
        if (owner) rmSync(owner, { force: true });
        throw error;
      }
    },
  };
}

function openWasm(database: WasmDatabase, closed: () => void): Connection {
  const statements: WasmPrepared[] = [];
  const close = (): void => {
    for (const statement of statements) statement.finalize();
    if (database.isOpen) database.close();
    closed();
  };
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA synchronous = NORMAL`);
    database.get('PRAGMA user_version');
  } catch (error) {
    close();
    throw error;
  }
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = prepareWasm(database, sql);
      statements.push(statement);
      return statement;
    },
    close,
  };
}

interface WasmPrepared extends Statement {
  finalize(): void;
}

/** A statement that is prepared again after a failure, because a failed one refuses its next values. */
function prepareWasm(database: WasmDatabase, sql: string): WasmPrepared {
  let statement: WasmStatement | undefined = database.prepare(sql);
  const finalize = (): void => {
    try {
      statement?.finalize();
    } catch {
      // It repeats the error of the last run, which has been thrown already.
    }
    statement = undefined;
  };
  const use = <T>(action: (ready: WasmStatement) => T): T => {
    try {
      return action((statement ??= database.prepare(sql)));
    } catch (error) {
      finalize();
      throw error;
    }
  };
  const all = (...values: SqlValue[]): Row[] => use((ready) => ready.all(values) as Row[]);
  return {
    run: (...values) => use((ready) => void ready.run(values)),
    // Not the library's own `get`: it leaves the statement open, and with it the lock on the file.
    get: (...values) => all(...values)[0],
    all,
    finalize,
  };
}

/**
 * The WebAssembly build locks by making a folder `FILE.lock`, which a killed process leaves behind. So each process
 * that has the file open leaves its id beside it, and a lock that no living process can hold is taken away.
 */
function markOwner(file: string): string {
  const lock = `${file}.lock`;
  const prefix = `${basename(file)}.owner-`;
  let held = false;
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(prefix)) continue;
    if (isAlive(Number(name.slice(prefix.length)))) held = true;
    else rmSync(join(dirname(file), name), { force: true });
  }
  if (!held && existsSync(lock)) rmdirSync(lock);
  const mine = join(dirname(file), `${prefix}${process.pid}`);
  writeFileSync(mine, '');
  return mine;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
