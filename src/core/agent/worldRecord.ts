/** What the tools answer about one task's workspace, kept so that episodes can be played without it. */
import type { SharedCommit } from '#core/agent/coChange.ts';
import type { Definition, DocsResult, HistoryResult, ReadResult, TermHits, ToolResult } from '#core/agent/tools.ts';
import type { Term } from '#core/search/words.ts';

export interface WorldRecord {
  readonly question: string;
  readonly filesSearched: number;
  readonly bytesSearched: number;
  /** What a pass of grep could not do, a sentence; undefined if nothing. */
  readonly grepNote: string | undefined;
  /** By `grepKey`. */
  readonly terms: ReadonlyMap<string, TermHits>;
  readonly docs: RecordedSearch<DocsResult> | undefined;
  readonly history: RecordedSearch<HistoryResult> | undefined;
  /** By the names asked for, joined by spaces: every name by itself, and all of them together. */
  readonly definitions: ReadonlyMap<string, ToolResult<readonly Definition[]>>;
  readonly coChange: RecordedCommits | undefined;
  /** Files that may be read, or why one cannot be. */
  readonly files: ReadonlyMap<string, ToolResult<RecordedFile>>;
}

/** A search by all terms of the question. */
export interface RecordedSearch<T> {
  /** Keys of the terms, joined by line ends. */
  readonly asked: string;
  readonly limit: number;
  readonly result: ToolResult<T>;
}

/** The commits that tie some files to others. */
export interface RecordedCommits {
  /** Newest first. */
  readonly commits: readonly SharedCommit<string>[];
  /** By file: indices of its commits, rising. A file that is not here was not asked about. */
  readonly touching: ReadonlyMap<string, readonly number[]>;
  readonly note: string | undefined;
}

export interface RecordedFile extends Pick<ReadResult, 'totalLines' | 'sizeBytes' | 'encoding' | 'lossy'> {
  /** Disjoint, by first line. */
  readonly pieces: readonly { readonly start: number; readonly lines: readonly string[] }[];
  readonly outline: ToolResult<readonly Definition[]>;
}

/** What makes two terms one search: the stem of a word, the parts of a name. */
export const grepKey = ({ parts, key }: Term): string => (parts.length === 1 ? key : parts.join(' '));

export const searchKey = (terms: readonly Term[]): string => terms.map(({ key }) => key).join('\n');
