import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, setAside, troubleOf, type Database, type Schema } from '#node/sqlite.ts';
import type { EngineName } from '#node/sqliteEngines.ts';

const SCHEMA: Schema = { version: 3, sql: 'CREATE TABLE word (text TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID' };
let directory = '';
let opened: Database[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spoor-sqlite-'));
  opened = [];
});
afterEach(() => {
  for (const database of opened) database.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(file: string | undefined, engine: EngineName, schema = SCHEMA): Promise<Database> {
  const database = await openDatabase(file, schema, engine);
  opened.push(database);
  return database;
}

const close = (database: Database): void => {
  opened = opened.filter((other) => other !== database);
  database.close();
};

const insert = (database: Database, text: string): void =>
  database.prepare('INSERT INTO word VALUES (?, ?)').run(text, 1);

const words = (database: Database): unknown[] =>
  database
    .prepare('SELECT text FROM word ORDER BY text')
    .all()
    .map((row) => row['text']);

/** A process that writes one row, begins to write a second, and says so. */
function writer(file: string, engine: EngineName): ChildProcess {
  const script = `
    const { openDatabase } = await import(${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)});
    const database = await openDatabase(${JSON.stringify(file)}, ${JSON.stringify(SCHEMA)}, ${JSON.stringify(engine)});
    database.prepare('INSERT INTO word VALUES (?, ?)').run('kept', 1);
    database.transaction(() => {
      database.exec("PRAGMA cache_size = 1");
      for (let i = 0; i < 5000; i++) database.prepare('INSERT INTO word VALUES (?, ?)').run('lost' + i, 1);
      console.log('writing');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe.each(['node', 'wasm'] as const)('openDatabase with %s', (engine) => {
  it('keeps rows between openings, and makes missing folders', async () => {
    const file = join(directory, 'a', 'b', 'words.db');
    const first = await open(file, engine);
    insert(first, 'one');
    close(first);
    const second = await open(file, engine);
    expect(words(second)).toEqual(['one']);
    expect(second).toMatchObject({ engine, file, note: undefined });
    expect(second.sizeBytes()).toBeGreaterThan(0);
    close(second);
    expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['words.db']);
  });

  it('takes back a transaction that throws', async () => {
    const database = await open(undefined, engine);
    const work = (): void => {
      insert(database, 'one');
      throw new Error('no');
    };
    expect(() => database.transaction(work)).toThrow('no');
    expect(words(database)).toEqual([]);
    database.transaction(() => insert(database, 'two'));
    expect(words(database)).toEqual(['two']);
  });

  it('has FTS5, blobs and bound values of all kinds', async () => {
    const schema = { version: 1, sql: `CREATE VIRTUAL TABLE t USING fts5(a, b, content='', contentless_delete=1)` };
    const database = await open(undefined, engine, schema);
    database.prepare('INSERT INTO t (rowid, a, b) VALUES (?, ?, ?)').run(7, 'retry upload', 'queue');
    expect(database.prepare('SELECT rowid AS id FROM t WHERE t MATCH ?').all('upload')).toEqual([{ id: 7 }]);
    const row = database.prepare('SELECT ? AS blob, ? AS empty').get(new Uint8Array([1, 2]), null);
    expect(Buffer.from(row?.['blob'] as Uint8Array)).toEqual(Buffer.from([1, 2]));
    expect(row?.['empty']).toBeNull();
    expect(database.prepare('SELECT 1 WHERE 0').get()).toBeUndefined();
  });

  it.each(['garbage', 'cut'])('moves a damaged file aside (%s)', async (damage) => {
    const file = join(directory, 'words.db');
    writeFileSync(file, damage === 'cut' ? 'SQLite format 3\0and no more' : Buffer.alloc(9000, 65));
    const database = await open(file, engine);
    insert(database, 'new');
    expect(database.file).toBe(file);
    expect(existsSync(`${file}.bad`)).toBe(true);
  });

  it('makes a file of another version anew', async () => {
    const file = join(directory, 'words.db');
    const old = await open(file, engine);
    insert(old, 'old');
    close(old);
    expect(words(await open(file, engine, { ...SCHEMA, version: 4 }))).toEqual([]);
  });

  it('lives in memory, with a note, where no file can be', async () => {
    writeFileSync(join(directory, 'plain'), '');
    mkdirSync(join(directory, 'folder.db'));
    for (const place of [join('plain', 'words.db'), 'folder.db']) {
      const database = await open(join(directory, place), engine);
      insert(database, 'one');
      expect(words(database)).toEqual(['one']);
      expect(database.file).toBeUndefined();
      expect(database.note).toMatch(/^Nothing is kept between runs, because .*cannot be used/);
    }
  });

  it('calls a full disk and a damaged page by their names', async () => {
    const database = await open(join(directory, 'words.db'), engine);
    database.exec(`PRAGMA max_page_count = ${Number(database.prepare('PRAGMA page_count').get()?.['page_count']) + 1}`);
    const fill = (): void => database.transaction(() => insert(database, 'x'.repeat(100_000)));
    expect(fill).toThrow(expect.toSatisfy((error: unknown) => troubleOf(error) === 'storage'));
    expect(words(database)).toEqual([]);
  });

  it('loses nothing but the open transaction of a killed process', async () => {
    const file = join(directory, 'words.db');
    const child = writer(file, engine);
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = await open(file, engine);
    expect(words(database)).toEqual(['kept']);
    insert(database, 'next');
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });

  it('lets two connections write in turns', async () => {
    const file = join(directory, 'words.db');
    const [one, two] = await Promise.all([open(file, engine), open(file, engine)]);
    for (let i = 0; i < 20; i++) (i % 2 ? one : two).transaction(() => insert((i % 2 ? one : two)!, `w${i}`));
    expect(words(one)).toHaveLength(20);
    expect(words(two)).toEqual(words(one));
  });
});

it('sets a file aside over an older one', () => {
  const file = join(directory, 'words.db');
  for (const text of ['first', 'second']) {
    writeFileSync(file, text);
    setAside(file);
  }
  expect(readdirSync(directory)).toEqual(['words.db.bad']);
});

it('picks node:sqlite by itself', async () => {
  const database = await openDatabase(undefined, SCHEMA);
  expect(database.engine).toBe('node');
  database.close();
});
