/**
 * Writes commits into the tables of `commitStore.ts`, as one segment.
 */
import type { Database } from '#node/sqlite.ts';
import type { LoggedCommit } from '#node/history/logParser.ts';
import { lengthOf, postingsIn, type MessagePostings } from '#node/history/postings.ts';

/** Belongs in a transaction. `commits` has them by the id to keep; they are numbered from `first` in its order. */
export function writeSegment(
  database: Database,
  segment: number,
  first: number,
  commits: ReadonlyMap<string, LoggedCommit>,
): void {
  const messages = [...commits.values()].map(({ subject, body }) => postingsIn(subject, body));
  const times = Float64Array.from(commits.values(), ({ timeS }) => timeS);
  const lengths = Uint16Array.from(messages, lengthOf);
  database
    .prepare('INSERT INTO segment (number, ids, times, lengths) VALUES (?, ?, ?, ?)')
    .run(segment, [...commits.keys()].join('\n'), bytesOf(times), bytesOf(lengths));
  writePostings(database, segment, messages);
  let number = first;
  for (const commit of commits.values()) writeCommit(database, number++, commit);
}

/** Commits of more files tell little about what belongs together; only smaller ones can be found by path. */
export const MAX_FILES_TOGETHER = 20;

function writePostings(database: Database, segment: number, messages: readonly MessagePostings[]): void {
  const byStem = new Map<string, number[]>();
  messages.forEach((message, offset) => {
    for (const [stem, counts] of message) {
      const entries = byStem.get(stem);
      if (entries) entries.push(offset * 65_536 + counts);
      else byStem.set(stem, [offset * 65_536 + counts]);
    }
  });
  const insert = database.prepare('INSERT INTO posting (stem, segment, entries) VALUES (?, ?, ?)');
  for (const [stem, entries] of byStem) insert.run(stem, segment, bytesOf(Uint32Array.from(entries)));
}

function writeCommit(database: Database, number: number, { subject, files, fileCount, renames }: LoggedCommit): void {
  const paths = Uint32Array.from(files, (file) => internPath(database, file));
  database
    .prepare('INSERT INTO commits (number, subject, paths, file_count) VALUES (?, ?, ?, ?)')
    .run(number, subject, bytesOf(paths), fileCount);
  const touch = database.prepare('INSERT INTO touched (path, number) VALUES (?, ?)');
  if (fileCount > 1 && fileCount <= MAX_FILES_TOGETHER) for (const path of paths) touch.run(path, number);
  const rename = database.prepare('INSERT OR IGNORE INTO renamed (number, old, new) VALUES (?, ?, ?)');
  for (const [from, to] of renames) rename.run(number, internPath(database, from), internPath(database, to));
}

function internPath(database: Database, text: string): number {
  const find = database.prepare('SELECT number FROM path WHERE text = ?');
  const known = find.get(text);
  if (known) return Number(known['number']);
  database.prepare('INSERT INTO path (text) VALUES (?)').run(text);
  return Number(find.get(text)!['number']);
}

const bytesOf = ({ buffer }: Uint32Array | Uint16Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer);
