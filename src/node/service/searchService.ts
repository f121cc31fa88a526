/**
 * What the editor asks of the process that searches. The editor's side (`serviceClient.ts`) and the process's side
 * (`createService.ts`) both have this form; between them run the messages of `wire.ts`.
 *
 * Searching, parsing, indexing and inference block their thread, so none of it runs in the extension host.
 */
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Definition, DocsState } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import type { Selection } from '#core/answer/conversation.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import type { FeedbackStep, FolderState, PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { Span } from '#core/search/span.ts';
import type {
  AgentReply,
  DocsPlace,
  FindDefinitionsInput,
  FoundCommit,
  SearchCodebaseInput,
  SearchTextInput,
} from '#node/agentTools/agentTools.ts';
import type { PolicyFolders } from '#node/stores/policyVersion.ts';

/** Everything that the process has to know of the editor; sent again, whole, when something of it changes. */
export interface ServiceSettings {
  /** Full paths of the workspace's folders. */
  readonly folders: readonly string[];
  readonly storage: string;
  readonly docsFolders: readonly string[];
  readonly docs: boolean;
  /** False: git is not run at all, neither for answers nor for explanations nor for the commits of feedback. */
  readonly history: boolean;
  /** `hand`, `uniform` or a model file; `learned` for the first there is of `policyFile`, `policies` and the shipped one. */
  readonly policy: string;
  /** Workspace path of the team's model file, which stays inside of the workspace; only of a workspace that is trusted. */
  readonly policyFile?: string;
  /** Folders of the versions that were learned in this workspace, and of the user's. */
  readonly policies?: PolicyFolders;
  /** Most turns of a question, 1 to 4. */
  readonly turns: number;
  /** Full path of ripgrep, if the user has set one. */
  readonly rg?: string;
  /** The editor's own folder, where there may be a ripgrep. */
  readonly appRoot?: string;
  /** The model's runtime: native where there is one by default; `wasm` runs the same model anywhere. */
  readonly runtime: 'auto' | 'native' | 'wasm';
}

export interface AskRequest {
  readonly question: string;
  /** Workspace files and folders to stay inside of; the whole workspace when empty. */
  readonly scope: readonly string[];
  readonly selection?: Selection;
  /** Earlier questions of the conversation, the latest last. */
  readonly earlier: readonly string[];
}

export interface AskReply {
  readonly answer: Answer;
  /** What feedback keeps beside the answer. */
  readonly episode: {
    readonly searchedFor: string;
    readonly folders: readonly FolderState[];
    readonly policy: { readonly name: string; readonly digest: string };
    readonly steps: readonly FeedbackStep[];
  };
}

/** Where the lines of a citation are now. */
export type PlaceState =
  | { readonly state: 'same' }
  /** The same lines, elsewhere in the file. */
  | { readonly state: 'moved'; readonly span: Span }
  /** The lines are no longer there. */
  | { readonly state: 'stale' };

/** One run of text of a line in one style. */
export interface Token {
  readonly text: string;
  /** `#rrggbb`; the editor's foreground without it. */
  readonly color?: string;
  readonly italic?: boolean;
  readonly bold?: boolean;
}

/** What the editor knows of its languages and its theme: previews have the editor's own colours. */
export interface EditorLook {
  readonly kind: 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';
  /** Full path of the theme's file, JSON with comments; the colours of `kind` without it. */
  readonly theme?: string;
  readonly grammars: readonly EditorGrammar[];
}

export interface EditorGrammar {
  /** `source.ts`. */
  readonly scope: string;
  /** Full path of the TextMate grammar. */
  readonly file: string;
  /** Endings (`.ts`) and whole names (`Dockerfile`) of the files that it is for; none for a grammar used by others. */
  readonly files: readonly string[];
}

export interface ExplainRequest {
  /** The word at the position. */
  readonly name: string;
  /** Workspace path of the file and the line of the word. */
  readonly path: string;
  readonly line: number;
  /** Column at which the word begins, 0-based, if known: a line may have the same word in code and in a comment. */
  readonly column?: number;
  /**
   * What the editor's language providers said, if they said something in time. Empty definitions: it is defined outside
   * of the workspace's files, so nothing in them is its definition.
   */
  readonly definitions?: readonly Span[];
  readonly references?: readonly Span[];
}

export interface DocsStatus extends DocsState {
  readonly paused: boolean;
}

/** `file` is one that the user has set by its path, `team` one that the workspace names. */
export type PolicyKind = 'shipped' | 'workspace' | 'user' | 'team' | 'file' | 'hand' | 'uniform';

export interface PolicyStatus {
  readonly name: string;
  readonly kind: PolicyKind;
  /** Version to show: `shipped 1`, `this workspace 3`, `yours 2`, `team`, `by hand`, a file's name. */
  readonly version: string;
  /** Of a version that was learned here, the user's or the shipped one. */
  readonly number?: number;
  /** Full path of the model file, unless it is the shipped one or there is none. */
  readonly file?: string;
  /** First 16 hex digits of the model file's SHA-256; empty without one. */
  readonly digest: string;
  /** Why the policy asked for is not the one in use. */
  readonly note?: string;
}

export interface Check {
  readonly name: 'ripgrep' | 'git' | 'runtime' | 'docs' | 'policy' | 'storage';
  readonly ok: boolean;
  /** What was found, one sentence. */
  readonly found: string;
  /** What to do; only when not ok. */
  readonly remedy?: string;
}

/** A file behind a workspace path or a path under `~docs/`. */
export interface NamedFile {
  /** Full path. */
  readonly file: string;
  /** Address of the page that the file was made from, for a page of a docs site. */
  readonly url?: string;
}

export interface CrawlRequest {
  readonly url: string;
  /** Folder that the site's pages are kept in; made when it is not there. */
  readonly directory: string;
}

export interface CrawlProgress {
  readonly pages: number;
  /** Address that is read now. */
  readonly url: string;
}

export interface CrawlReply {
  readonly pages: number;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}

/** The tools for other agents: what each takes and what it finds. */
export interface AgentCalls {
  readonly search_codebase: { readonly input: SearchCodebaseInput; readonly data: Answer };
  readonly find_definitions: { readonly input: FindDefinitionsInput; readonly data: readonly Definition[] };
  readonly search_docs: { readonly input: SearchTextInput; readonly data: readonly DocsPlace[] };
  readonly search_history: { readonly input: SearchTextInput; readonly data: readonly FoundCommit[] };
}

export type ServiceEvent = { readonly type: 'docs'; readonly status: DocsStatus };

export interface SearchService {
  /** Throws `ServiceError` for a question that cannot be asked and when the process ended. */
  ask(request: AskRequest, emit: (event: EpisodeEvent) => void, signal: AbortSignal): Promise<AskReply>;
  explain(request: ExplainRequest, signal: AbortSignal): Promise<Explanation | undefined>;
  /** Throws `ServiceError`, of kind `question` for an input that is not of the tool's form. */
  agentTool<N extends keyof AgentCalls>(
    name: N,
    input: AgentCalls[N]['input'],
    signal: AbortSignal,
  ): Promise<AgentReply<AgentCalls[N]['data']>>;
  /** A commit's message and diff as text, cut when long; undefined when no folder's repository has it. */
  commit(id: string, signal: AbortSignal): Promise<string | undefined>;
  /** Compares places with the files as they are now; one state for each, in order. */
  locate(places: readonly PlaceText[]): Promise<readonly PlaceState[]>;
  /** Tells the look that `color` goes by; kept until told again. */
  look(look: EditorLook): Promise<void>;
  /** Lines of tokens for each place, in order; undefined for one whose language the editor has no grammar for. */
  color(places: readonly PlaceText[]): Promise<readonly (readonly (readonly Token[])[] | undefined)[]>;
  /** Questions that this workspace can answer, at most three. */
  examples(): Promise<readonly string[]>;
  /** Files and folders whose path holds the text's characters in order, best first; a folder's path ends with `/`. */
  complete(text: string, limit: number): Promise<readonly string[]>;
  docs(command: 'status' | 'pause' | 'resume' | 'rebuild'): Promise<DocsStatus>;
  /** Needs no folder. Throws `ServiceError` for a policy that cannot be used. */
  policy(): Promise<PolicyStatus>;
  /** The policy's card as Markdown; as `policy`. */
  card(): Promise<string>;
  /** Needs no folder. */
  check(): Promise<readonly Check[]>;
  /** Where the files of these paths are, in order; undefined for what is not there or leads out of the workspace. */
  resolve(paths: readonly string[]): Promise<readonly (NamedFile | undefined)[]>;
  /** Reads a docs site, because the user asked for it. Needs no folder. Throws `ServiceError`, 'cancelled' on abort. */
  crawl(request: CrawlRequest, emit: (progress: CrawlProgress) => void, signal: AbortSignal): Promise<CrawlReply>;
}

/** What went wrong in the process, as sentences for people. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: 'question' | 'policy' | 'workspace' | 'ended' | 'cancelled' | 'failed';

  constructor(kind: ServiceError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
