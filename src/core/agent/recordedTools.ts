/**
 * Tools that answer from a record of one task's workspace: thousands of episodes without a file or a process.
 *
 * What was recorded is answered as the tools answered it; only sentences about lines that were cut are left out. What
 * was not is a failure with a sentence, and counted: a record with many misses is not what the policy will meet.
 */
import { sortCoChanges, weighCoChanges } from '#core/agent/coChange.ts';
import type {
  CoChange,
  Definition,
  FailureReason,
  GrepResult,
  ReadRequest,
  ReadResult,
  TermHits,
  ToolFailure,
  ToolResult,
  Tools,
} from '#core/agent/tools.ts';
import {
  grepKey,
  searchKey,
  type RecordedFile,
  type RecordedSearch,
  type WorldRecord,
} from '#core/agent/worldRecord.ts';
import type { Term } from '#core/search/words.ts';

export interface RecordedTools extends Tools {
  /** Calls that the record had no answer to, so far. */
  readonly misses: () => number;
}

export function recordedTools(record: WorldRecord): RecordedTools {
  let misses = 0;
  const answer = <T>(result: ToolResult<T> | undefined, what: string): Promise<ToolResult<T>> => {
    if (!result) misses++;
    return Promise.resolve(result ?? notRecorded(what));
  };
  return {
    misses: () => misses,
    grep: {
      search({ terms, within }) {
        const missing = terms.filter((term) => !record.terms.has(grepKey(term)));
        if (within || (terms.length && missing.length === terms.length))
          return answer<GrepResult>(undefined, searchFor(terms));
        if (missing.length) misses++;
        return Promise.resolve(grep(record, terms, missing));
      },
    },
    read: {
      read: (request) => answer(read(record.files.get(request.path), request), `Reading ${request.path}`),
    },
    symbols: {
      outline: (path) => answer(outline(record.files.get(path)), `The outline of ${path}`),
      definitions: ({ names, within }) =>
        answer(within ? undefined : definitions(record, names), `Looking up ${names.join(', ')}`),
    },
    docs: {
      search: ({ terms, limit }) =>
        answer(
          searched(record.docs, terms, limit, (value) => ({ ...value, sections: value.sections.slice(0, limit) })),
          'A search of the docs',
        ),
    },
    history: {
      search: ({ terms, limit }) =>
        answer(
          searched(record.history, terms, limit, (value) => ({ ...value, commits: value.commits.slice(0, limit) })),
          'A search of the history',
        ),
      coChanges: ({ paths, limit }) => answer(coChanges(record, paths, limit), 'A search for what changed together'),
    },
  };
}

const NOT_RECORDED: FailureReason = 'unsupported';

const notRecorded = (what: string): ToolFailure => ({
  ok: false,
  reason: NOT_RECORDED,
  message: `${what} was not recorded. Record the world anew with more episodes.`,
});

/** A term that was not recorded is as one without a match, and the result is partial. */
function grep(record: WorldRecord, terms: readonly Term[], missing: readonly Term[]): ToolResult<GrepResult> {
  const { filesSearched, bytesSearched, grepNote } = record;
  const found = terms.map((term) => record.terms.get(grepKey(term)) ?? NO_HITS);
  const note = missing.length ? notRecorded(searchFor(missing)).message : grepNote;
  return { ok: true, value: { terms: found, filesSearched, bytesSearched }, ...noteOf(note) };
}

const NO_HITS: TermHits = { files: [], matches: 0 };

const searchFor = (terms: readonly Term[]): string => `A search for ${terms.map(({ text }) => text).join(', ')}`;

/** The lines of the range, as far as the file has them; undefined if one of them was not recorded. */
function read(
  file: ToolResult<RecordedFile> | undefined,
  { path, range }: ReadRequest,
): ToolResult<ReadResult> | undefined {
  if (!file?.ok) return file;
  const { totalLines, sizeBytes, encoding, lossy, pieces } = file.value;
  const known = { path, totalLines, sizeBytes, encoding, lossy };
  const end = Math.min(range.end, totalLines ?? range.end);
  if (range.start > end) return { ok: true, value: { ...known, start: Math.min(range.start, end + 1), lines: [] } };
  const piece = pieces.find(({ start, lines }) => start <= range.start && end < start + lines.length);
  if (!piece) return undefined;
  const lines = piece.lines.slice(range.start - piece.start, end + 1 - piece.start);
  return { ok: true, value: { ...known, start: range.start, lines } };
}

const outline = (file: ToolResult<RecordedFile> | undefined): ToolResult<readonly Definition[]> | undefined =>
  file?.ok ? file.value.outline : file;

/** By the recorded set of names, else name by name: a file found for one name then does not count for another. */
function definitions(record: WorldRecord, names: readonly string[]): ToolResult<readonly Definition[]> | undefined {
  const together = record.definitions.get(names.join(' '));
  if (together) return together;
  const value: Definition[] = [];
  for (const name of new Set(names)) {
    const one = record.definitions.get(name);
    if (!one?.ok) return one;
    value.push(...one.value);
  }
  return { ok: true, value };
}

function searched<T>(
  recorded: RecordedSearch<T> | undefined,
  terms: readonly Term[],
  limit: number,
  cut: (value: T) => T,
): ToolResult<T> | undefined {
  if (!recorded || recorded.asked !== searchKey(terms) || limit > recorded.limit) return undefined;
  const { result } = recorded;
  return result.ok && limit < recorded.limit ? { ...result, value: cut(result.value) } : result;
}

function coChanges(
  { coChange }: WorldRecord,
  paths: readonly string[],
  limit: number,
): ToolResult<readonly CoChange[]> | undefined {
  const own = paths.map((path) => coChange?.touching.get(path));
  if (!coChange || !own.every((commits) => commits !== undefined)) return undefined;
  const commits = [...new Set(own.flat())].sort((a, b) => a - b);
  const { weights, note } = weighCoChanges(commits, (commit) => coChange.commits[commit]!, new Set(paths));
  const value = sortCoChanges(weights)
    .slice(0, limit)
    .map(([path, weight]): CoChange => ({ path, weight }));
  return {
    ok: true,
    value,
    ...noteOf([coChange.note, note].filter((one) => one !== undefined).join(' ') || undefined),
  };
}

const noteOf = (partial: string | undefined): { partial?: string } => (partial === undefined ? {} : { partial });
