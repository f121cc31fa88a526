/** One opened workspace with its tools: asks questions of it, any number in a row. */
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Answer } from '#core/answer/answer.ts';

export interface SearcherOptions {
  /** Folders of the workspace; a `WorkspaceError` is thrown for one that cannot be opened. */
  readonly directories: readonly string[];
  readonly docs?: boolean;
  readonly history?: boolean;
  /** Folder for what is kept between runs (docs index, commits); a per-user cache folder by default. */
  readonly storage?: string;
}

export interface AskOptions {
  /** `uniform`, `hand`. */
  readonly policy?: string;
  /** Most turns of tool calls, 1 to 4; 4 by default. */
  readonly turns?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly emit?: (event: EpisodeEvent) => void;
}

export interface Searcher {
  ask(question: string, options?: AskOptions): Promise<Answer>;
  /** Ends everything that runs for this workspace: child processes, index writers. */
  close(): Promise<void>;
}
