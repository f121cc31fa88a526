/**
 * What Spoor offers to other agents: four questions with bounded, cited answers. The MCP server, the editor's language
 * model tools and the retrieval server all give what these give.
 */
import type { Definition } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import type { Span } from '#core/search/span.ts';
import type { EpisodeEvent } from '#core/agent/event.ts';

export type AgentToolName = 'search_codebase' | 'find_definitions' | 'search_docs' | 'search_history';

export interface SearchCodebaseInput {
  readonly question: string;
  /** Workspace files and folders to stay inside of. */
  readonly scope?: readonly string[];
  /** Most places, 1 to 10; 5 by default. */
  readonly places?: number;
}

export interface FindDefinitionsInput {
  /** Exact names, at most 8. */
  readonly names: readonly string[];
  readonly scope?: readonly string[];
}

export interface SearchTextInput {
  readonly query: string;
  /** Most results, 1 to 20; 5 by default. */
  readonly limit?: number;
}

/** A section of the workspace's docs or of a dependency's. */
export interface DocsPlace extends Span {
  readonly title: string;
  readonly text: string;
}

export interface FoundCommit {
  readonly id: string;
  /** ISO date of the commit, UTC. */
  readonly date: string;
  readonly message: string;
  /** Workspace paths of the files that it changed, at most 20. */
  readonly files: readonly string[];
}

/** One reply: text for a model to read, bounded in characters, and the same as data. */
export interface AgentReply<T> {
  readonly text: string;
  readonly data: T;
  /** Why it is less than it could be, a sentence each. */
  readonly notes: readonly string[];
}

export type AgentEmit = (event: EpisodeEvent) => void;

/** All throw `QuestionError` for what cannot be searched for. */
export interface AgentTools {
  searchCodebase(input: SearchCodebaseInput, signal: AbortSignal, emit?: AgentEmit): Promise<AgentReply<Answer>>;
  findDefinitions(input: FindDefinitionsInput, signal: AbortSignal): Promise<AgentReply<readonly Definition[]>>;
  searchDocs(input: SearchTextInput, signal: AbortSignal): Promise<AgentReply<readonly DocsPlace[]>>;
  searchHistory(input: SearchTextInput, signal: AbortSignal): Promise<AgentReply<readonly FoundCommit[]>>;
}
