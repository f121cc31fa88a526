/**
 * The ports of the workspace's tools. Adapters stand in `node/`; tests and trainers may bring others.
 *
 * A tool is total: it never throws for what it finds in a workspace. It returns a value, a partial value with the
 * reason why it is partial, or a typed failure with a sentence. Every list is sorted by a documented key, so that the
 * same workspace state gives the same result.
 */
import type { LineRange, Span } from '#core/search/span.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import type { Term } from '#core/search/words.ts';

export type ToolName = 'grep' | 'read' | 'symbols' | 'docs' | 'history';

/** The part of `AbortSignal` that the core needs; an `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CallContext {
  readonly signal: CancelSignal;
  /** Time that the call may take. A tool that runs out of it returns what it has, as partial, or fails by `timeout`. */
  readonly timeoutMs: number;
}

export type FailureReason = 'missing' | 'denied' | 'timeout' | 'cancelled' | 'unsupported' | 'failed';

export interface ToolFailure {
  readonly ok: false;
  readonly reason: FailureReason;
  /** One sentence for people: what happened and, where something can be done, what. */
  readonly message: string;
}

export interface ToolSuccess<T> {
  readonly ok: true;
  readonly value: T;
  /** Set when something was left out: one sentence that says what and why. */
  readonly partial?: string;
}

export type ToolResult<T> = ToolSuccess<T> | ToolFailure;

// ---- grep ----------------------------------------------------------------------------------------------------------

export interface GrepRequest {
  /** Terms, searched in one pass. A term of one part matches every identifier part with the same stem, whatever the
   * case; a term of several parts matches its camelCase, snake_case, kebab-case and joined forms. */
  readonly terms: readonly Term[];
  /** Workspace folders or files to stay inside of; all roots when absent. */
  readonly within?: readonly string[];
}

/** A line with at least one match of a term. */
export interface LineHit {
  /** 1-based. */
  readonly line: number;
  /** Matches of the term in the line. */
  readonly count: number;
  /** The line without its terminator, cut after `MAX_HIT_TEXT` UTF-16 units. */
  readonly text: string;
}

export const MAX_HIT_TEXT = 250;

export interface FileHits {
  readonly path: string;
  readonly sizeBytes: number;
  /** Sorted by line. At most the adapter's cap of lines a file (documented there). */
  readonly lines: readonly LineHit[];
}

export interface TermHits {
  /** Files with at least one match, sorted by path. Their number is the term's document frequency. */
  readonly files: readonly FileHits[];
  /** Sum of the counts over all lines of all files. */
  readonly matches: number;
}

export interface GrepResult {
  /** One for each term of the request, in its order. */
  readonly terms: readonly TermHits[];
  /** Files that the pass looked at, with or without a match. */
  readonly filesSearched: number;
  readonly bytesSearched: number;
}

export interface GrepTool {
  search(request: GrepRequest, context: CallContext): Promise<ToolResult<GrepResult>>;
}

// ---- read ----------------------------------------------------------------------------------------------------------

export interface ReadRequest {
  readonly path: string;
  /** Lines wanted, 1-based inclusive; an end beyond the file is cut to it. */
  readonly range: LineRange;
}

export interface ReadResult {
  readonly path: string;
  /** First line given; equals the range's start unless the file is shorter. */
  readonly start: number;
  /** Text of the lines without terminators; may be fewer than asked for (end of file, size caps). */
  readonly lines: readonly string[];
  /** Lines of the whole file, or undefined when the file is too large to be counted. */
  readonly totalLines: number | undefined;
  readonly sizeBytes: number;
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';
  /** Bytes that are not text in the encoding were replaced by U+FFFD. */
  readonly lossy: boolean;
}

export interface ReadTool {
  read(request: ReadRequest, context: CallContext): Promise<ToolResult<ReadResult>>;
}

// ---- symbols -------------------------------------------------------------------------------------------------------

export interface Definition {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The whole definition, doc comment and decorators included. */
  readonly span: Span;
  /** Line of the name. */
  readonly line: number;
  /** The definition's head in one line, white space collapsed, at most 200 UTF-16 units. */
  readonly signature: string;
  /** Text of the doc comment or docstring without comment marks, at most 600 UTF-16 units. */
  readonly doc?: string;
  /** Names of the definitions around it, outermost first: `['UploadQueue']`. */
  readonly inside: readonly string[];
}

export interface SymbolsTool {
  /** All definitions of a file, by first line and then longest first. Empty for a language without definitions. */
  outline(path: string, context: CallContext): Promise<ToolResult<readonly Definition[]>>;
  /**
   * Definitions with exactly these names (case-sensitive), by name in the request's order, then path, then line.
   * `within` names the files to look at when the caller knows them; else the adapter finds them by grep, in all roots
   * or only `under` these folders and files.
   */
  definitions(
    request: {
      readonly names: readonly string[];
      readonly within?: readonly string[];
      readonly under?: readonly string[];
    },
    context: CallContext,
  ): Promise<ToolResult<readonly Definition[]>>;
}

// ---- docs ----------------------------------------------------------------------------------------------------------

/** Beginning of the paths of documents outside of the workspace. */
export const OUTSIDE_DOCS = '~docs/';

export type DocsSource = 'workspace' | 'dependency' | 'added';

export interface DocsSection {
  /** Workspace path, or a path under `~docs/` for what lies outside of the workspace; the read tool takes both. */
  readonly span: Span;
  readonly source: DocsSource;
  /** Headings from the outermost to the section's own. */
  readonly headings: readonly string[];
  /** BM25 with field boosts; larger is better, comparable within one result only. */
  readonly score: number;
  /** Beginning of the section's text, at most 400 UTF-16 units. */
  readonly text: string;
}

export interface DocsState {
  readonly filesIndexed: number;
  readonly sectionsIndexed: number;
  /** False while files are still to be indexed. */
  readonly complete: boolean;
  /** All files have been indexed once: until `complete`, only what changed since may be missing. */
  readonly made: boolean;
  /** What was left out and why, a sentence each; empty if nothing. */
  readonly leftOut: readonly string[];
}

export interface DocsResult {
  /** Best first. */
  readonly sections: readonly DocsSection[];
  readonly state: DocsState;
}

export interface DocsTool {
  /** Searches what is indexed so far; never waits for the index. */
  search(
    request: { readonly terms: readonly Term[]; readonly limit: number },
    context: CallContext,
  ): Promise<ToolResult<DocsResult>>;
}

// ---- history -------------------------------------------------------------------------------------------------------

export interface Commit {
  readonly id: string;
  /** Committer time, seconds since 1970. */
  readonly timeS: number;
  readonly subject: string;
  /** Files changed, workspace paths, sorted. At most the adapter's cap; `fileCount` has the true number. */
  readonly files: readonly string[];
  readonly fileCount: number;
}

export interface CommitHit {
  readonly commit: Commit;
  /** BM25 of the message; larger is better, comparable within one result only. */
  readonly score: number;
}

export interface HistoryState {
  /** Ancestors of HEAD that can be searched now. */
  readonly commits: number;
  readonly complete: boolean;
}

export interface HistoryResult {
  /** Best first. */
  readonly commits: readonly CommitHit[];
  readonly state: HistoryState;
}

/** How often another file changed in the same commits as the given ones. */
export interface CoChange {
  readonly path: string;
  /** Σ over common commits of 1 / (number of files of the commit − 1), commits of more than 20 files left out. */
  readonly weight: number;
}

export interface HistoryTool {
  search(
    request: { readonly terms: readonly Term[]; readonly limit: number },
    context: CallContext,
  ): Promise<ToolResult<HistoryResult>>;
  /** Files that changed together with these, heaviest first, the given ones left out. */
  coChanges(
    request: { readonly paths: readonly string[]; readonly limit: number },
    context: CallContext,
  ): Promise<ToolResult<readonly CoChange[]>>;
}

// ---- all -----------------------------------------------------------------------------------------------------------

export interface Tools {
  readonly grep: GrepTool;
  readonly read: ReadTool;
  readonly symbols: SymbolsTool;
  readonly docs: DocsTool;
  readonly history: HistoryTool;
}
