/** One opened workspace with its tools: asks questions of it, any number in a row. */
import { performance } from 'node:perf_hooks';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { cachedTools } from '#core/agent/cachedTools.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { Action } from '#core/agent/action.ts';
import { questionTools } from '#core/agent/questionTools.ts';
import type { ToolName, Tools } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import { buildAnswer } from '#core/answer/buildAnswer.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { askedKind } from '#core/search/askedKind.ts';
import { searchText, type Asked } from '#core/search/followUp.ts';
import { parseQuestion } from '#core/search/question.ts';
import { createDocsTool, type IndexedDocs } from '#node/docs/docsTool.ts';
import { filesNamedIn } from '#node/filesNamedIn.ts';
import { createHistoryTool, type HistoryIndex } from '#node/history/historyTool.ts';
import { searchedHistory } from '#node/history/searchedHistory.ts';
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import type { ModelAccess } from '#node/policy/modelPolicies.ts';
import { createReadTool } from '#node/readTool.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { sharedGrep } from '#node/ripgrep/sharedGrep.ts';
import { createSearcherPolicies, type ChosenPolicy, type WantedPolicy } from '#node/searcherPolicies.ts';
import { cacheDirectory } from '#node/storage.ts';
import { createSymbolsTool, type ClosableSymbolsTool } from '#node/symbols/symbolsTool.ts';
import { verifySpans } from '#node/verifySpans.ts';
import { Workspace } from '#node/workspace.ts';
import { createWorkspaceFiles, type WorkspaceFiles } from '#node/workspaceFiles.ts';

export interface SearcherOptions {
  /** Folders of the workspace; a `WorkspaceError` is thrown for one that cannot be opened. */
  readonly directories: readonly string[];
  /** Docs folders outside of the workspace that are searched too. */
  readonly docsFolders?: readonly string[];
  readonly docs?: boolean;
  readonly history?: boolean;
  /** Folder for what is kept between runs (docs index, commits); a per-user cache folder by default. */
  readonly storage?: string;
  /** The ripgrep program to use instead of the bundled one. */
  readonly rg?: string;
  /** The editor's own folder, where there may be a ripgrep too. */
  readonly appRoot?: string;
  /** What runs the learned policy; `auto` by default. */
  readonly runtime?: RuntimeChoice;
  /** How policies that are language models are opened; they are refused without it, whatever names them. */
  readonly models?: ModelAccess;
  /** The files will not change while this searcher lives: results of tools are kept from one question to the next. */
  readonly frozen?: boolean;
}

export interface AskOptions extends Omit<Asked, 'question'> {
  /**
   * `learned`, `hand`, `uniform`, a model file or a language model (`llm:…`, `hybrid:…`); or sources of learned ones. By default the shipped one, and the written
   * one where that cannot run.
   */
  readonly policy?: WantedPolicy;
  /** Most turns of tool calls, 1 to 4; by default what the policy needs, 4 for most. */
  readonly turns?: number;
  readonly seed?: number;
  /** Workspace files and folders that every tool stays inside of; the whole workspace when empty. */
  readonly scope?: readonly string[];
  readonly signal?: AbortSignal;
  readonly emit?: (event: EpisodeEvent) => void;
}

export type SearchTrajectory = Trajectory<Observation, Action, EpisodeOutcome>;

/** An answer with the episode that it comes from. */
export interface Search {
  readonly answer: Answer;
  readonly trajectory: SearchTrajectory;
  /** The question together with what it follows up and what was selected. */
  readonly searchedFor: string;
  /** The policy that searched. */
  readonly policy: { readonly name: string; readonly digest: string };
}

export interface Searcher {
  /** Throws `QuestionError` for a question without a word to search for, `PolicyError` for a policy that cannot be used. */
  ask(question: string, options?: AskOptions): Promise<Answer>;
  /** One episode as the trainer plays it, without an answer in words. */
  play(question: string, options?: AskOptions): Promise<SearchTrajectory>;
  /** Waits until the history and the docs index are complete. */
  ready(): Promise<void>;
  /** Ends everything that runs for this workspace: child processes, index writers. */
  close(): Promise<void>;
}

/** A searcher whose parts others may use as long as it is open. */
export interface WorkspaceSearcher extends Searcher {
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
  readonly tools: WorkspaceTools;
  /** As `ask`, with the episode. */
  search(question: string, options?: AskOptions): Promise<Search>;
  /** Opens a policy before it is asked for; returns what `ask` would search with. Throws `PolicyError`. */
  choosePolicy(wanted: WantedPolicy | undefined): Promise<ChosenPolicy>;
}

export interface WorkspaceTools extends Tools {
  readonly symbols: ClosableSymbolsTool;
  readonly docs: IndexedDocs;
  readonly history: HistoryIndex;
}

/** What is wrong with a question, as a sentence for people. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
}

export async function createSearcher(options: SearcherOptions): Promise<WorkspaceSearcher> {
  const workspace = Workspace.open(options.directories);
  const files = createWorkspaceFiles({
    workspace,
    ripgrep: { setting: options.rg, appRoot: options.appRoot },
    keptMs: options.frozen ? Infinity : undefined,
  });
  const tools = openTools(workspace, files, options);
  const frozen = options.frozen ? cachedTools({ ...tools, grep: sharedGrep(tools.grep) }) : undefined;
  const without: ToolName[] = [
    ...(options.docs === false ? ['docs' as const] : []),
    ...(options.history === false ? ['history' as const] : []),
  ];
  const hasAddedDocs = (options.docsFolders ?? []).length > 0;
  const policies = createSearcherPolicies(options.runtime, options.models);
  const playWith = (text: string, asked: AskOptions, policy: SearchPolicy): Promise<SearchTrajectory> =>
    playEpisode({ text, asked, policy, without, hasAddedDocs, tools: frozen ?? cachedTools(tools), workspace, files });

  const search: WorkspaceSearcher['search'] = async (question, asked = {}) => {
    const startedMs = performance.now();
    const searchedFor = searchText({ question, ...asked });
    const chosen = await policies.choose(asked.policy);
    const trajectory = await playWith(searchedFor, asked, chosen.policy);
    const answer = await answerOf(trajectory.outcome, { question, chosen, startedMs, tools, signal: asked.signal });
    return { answer, trajectory, searchedFor, policy: { name: chosen.policy.name, digest: chosen.digest } };
  };

  return {
    workspace,
    files,
    tools,
    search,
    ask: async (question, asked) => (await search(question, asked)).answer,
    play: async (question, asked = {}) =>
      playWith(searchText({ question, ...asked }), asked, (await policies.choose(asked.policy)).policy),
    choosePolicy: (wanted) => policies.choose(wanted),
    ready: async () => {
      await Promise.all([
        without.includes('history') ? undefined : tools.history.ready(),
        without.includes('docs') ? undefined : tools.docs.ready(),
      ]);
    },
    close: async () => {
      files.close();
      tools.symbols.close();
      await Promise.all([tools.docs.close(), tools.history.close(), policies.close()]);
    },
  };
}

function openTools(
  workspace: Workspace,
  files: WorkspaceFiles,
  { storage, docsFolders, rg, appRoot }: SearcherOptions,
): WorkspaceTools {
  const storageDirectory = storage ?? cacheDirectory();
  const grep = createGrepTool({ workspace, rg, appRoot });
  return {
    grep,
    read: createReadTool({ workspace }),
    symbols: createSymbolsTool({ workspace, grep }),
    docs: createDocsTool({
      workspace,
      storageDirectory,
      rg,
      appRoot,
      ...(docsFolders && { addedFolders: docsFolders }),
    }),
    history: searchedHistory(createHistoryTool({ workspace, storageDirectory }), workspace, files),
  };
}

interface Episode {
  readonly text: string;
  readonly asked: AskOptions;
  readonly policy: SearchPolicy;
  readonly without: readonly ToolName[];
  readonly hasAddedDocs: boolean;
  readonly tools: Tools;
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
}

async function playEpisode(episode: Episode): Promise<SearchTrajectory> {
  const { text, asked, policy, without, hasAddedDocs, tools, workspace, files } = episode;
  const question = parseQuestion(text);
  if (question.terms.length === 0)
    throw new QuestionError('The question has no word to search for. Ask about a name, a behaviour or a message.');
  const places = { scope: asked.scope ?? [], docs: !without.includes('docs'), hasAddedDocs };
  const environment = new SearchEnvironment({
    question,
    without,
    tools: questionTools(tools, question, places),
    clock: { nowMs: () => performance.now() },
    budget: { ...DEFAULT_BUDGET, ...policy.budget, ...(asked.turns !== undefined && { turns: asked.turns }) },
    signal: asked.signal ?? new AbortController().signal,
    suggest: policy.suggest,
    named: await filesNamedIn(text, { workspace, files, scope: places.scope, signal: asked.signal }),
    ...(asked.emit && { emit: asked.emit }),
  });
  return rollout(environment, policy, createRng(asked.seed ?? 0));
}

interface AnswerParts {
  readonly question: string;
  readonly chosen: ChosenPolicy;
  readonly startedMs: number;
  readonly tools: Tools;
  readonly signal: AbortSignal | undefined;
}

async function answerOf(outcome: EpisodeOutcome, parts: AnswerParts): Promise<Answer> {
  const { question, chosen, startedMs, tools, signal } = parts;
  const searchedMs = performance.now();
  const { verified, lost } = await verifySpans(outcome, tools.read, signal);
  const answeredMs = performance.now();
  const answer = buildAnswer({
    outcome,
    verified,
    policy: chosen.policy,
    mostFiles: DEFAULT_BUDGET.files,
    notes: [
      ...(chosen.note === undefined ? [] : [chosen.note]),
      ...(chosen.policy.notes?.(outcome.observation) ?? []),
      ...kindNote(question),
      ...indexNotes(outcome),
      ...lostNote(lost),
    ],
    timings: {
      total: answeredMs - startedMs,
      tools: outcome.toolsMs,
      policy: searchedMs - startedMs - outcome.toolsMs,
      answer: answeredMs - searchedMs,
    },
  });
  return { ...answer, question };
}

function kindNote(question: string): string[] {
  const kind = askedKind(question);
  if (!kind) return [];
  return [`Only ${kind === 'test' ? 'tests' : 'documents'} were searched, as the question asks for them.`];
}

function lostNote(lost: number): string[] {
  if (lost === 0) return [];
  const places = lost === 1 ? '1 place' : `${lost} places`;
  return [`${places} changed while this answer was made and ${lost === 1 ? 'is' : 'are'} left out.`];
}

/** What of the docs the answer could not take into account; the history says so itself, as a partial result. */
function indexNotes({ docs }: EpisodeOutcome): string[] {
  const notes: string[] = [];
  if (docs && !docs.complete && !docs.made)
    notes.push(
      `The docs index is still being made: ${docs.sectionsIndexed} sections of ${docs.filesIndexed} files so far.`,
    );
  if (docs) notes.push(...docs.leftOut);
  return notes;
}
