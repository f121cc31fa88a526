/** One opened workspace with its tools: asks questions of it, any number in a row. */
import { performance } from 'node:perf_hooks';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { cachedTools } from '#core/agent/cachedTools.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { Action } from '#core/agent/action.ts';
import type { ToolName, Tools } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import { buildAnswer } from '#core/answer/buildAnswer.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion } from '#core/search/question.ts';
import { createDocsTool } from '#node/docs/docsTool.ts';
import { createHistoryTool } from '#node/history/historyTool.ts';
import { openPolicy, PolicyError, type OpenPolicy } from '#node/policy/policies.ts';
import { createReadTool } from '#node/readTool.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { cacheDirectory } from '#node/storage.ts';
import { createSymbolsTool } from '#node/symbols/symbolsTool.ts';
import { verifySpans } from '#node/verifySpans.ts';
import { Workspace } from '#node/workspace.ts';

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
  /** The files will not change while this searcher lives: results of tools are kept from one question to the next. */
  readonly frozen?: boolean;
}

export interface AskOptions {
  /** `learned`, `hand`, `uniform` or a model file. By default the learned one, and the written one where that cannot run. */
  readonly policy?: string;
  /** Most turns of tool calls, 1 to 4; 4 by default. */
  readonly turns?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly emit?: (event: EpisodeEvent) => void;
}

export interface Searcher {
  /** Throws `QuestionError` for a question without a word to search for, `PolicyError` for a policy that cannot be used. */
  ask(question: string, options?: AskOptions): Promise<Answer>;
  /** One episode as the trainer plays it, without an answer in words. */
  play(question: string, options?: AskOptions): Promise<Trajectory<Observation, Action, EpisodeOutcome>>;
  /** Waits until the history and the docs index are complete. */
  ready(): Promise<void>;
  /** Ends everything that runs for this workspace: child processes, index writers. */
  close(): Promise<void>;
}

/** What is wrong with a question, as a sentence for people. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
}

export function createSearcher(options: SearcherOptions): Promise<Searcher> {
  const workspace = Workspace.open(options.directories);
  const storageDirectory = options.storage ?? cacheDirectory();
  const grep = createGrepTool({ workspace, ...(options.rg && { rg: options.rg }) });
  const read = createReadTool({ workspace });
  const symbols = createSymbolsTool({ workspace, grep });
  const docs = createDocsTool({
    workspace,
    storageDirectory,
    ...(options.docsFolders && { addedFolders: options.docsFolders }),
  });
  const history = createHistoryTool({ workspace, storageDirectory });
  const tools: Tools = { grep, read, symbols, docs, history };
  const frozen = options.frozen ? cachedTools(tools) : undefined;
  const without: ToolName[] = [
    ...(options.docs === false ? ['docs' as const] : []),
    ...(options.history === false ? ['history' as const] : []),
  ];

  const policies = rememberedPolicies();
  const play = async (text: string, asked: AskOptions, policy: SearchPolicy): ReturnType<Searcher['play']> => {
    const question = parseQuestion(text);
    if (question.terms.length === 0)
      throw new QuestionError('The question has no word to search for. Ask about a name, a behaviour or a message.');
    const environment = new SearchEnvironment({
      question,
      without,
      tools: frozen ?? cachedTools(tools),
      clock: { nowMs: () => performance.now() },
      budget: { ...DEFAULT_BUDGET, turns: asked.turns ?? DEFAULT_BUDGET.turns },
      signal: asked.signal ?? new AbortController().signal,
      ...(asked.emit && { emit: asked.emit }),
    });
    return rollout(environment, policy, createRng(asked.seed ?? 0));
  };

  const ask: Searcher['ask'] = async (text, asked = {}) => {
    const startedMs = performance.now();
    const { policy, note } = await policies.choose(asked.policy);
    const { outcome } = await play(text, asked, policy);
    const searchedMs = performance.now();
    const { verified, lost } = await verifySpans(outcome, read, asked.signal);
    const answeredMs = performance.now();
    return buildAnswer({
      outcome,
      verified,
      policy,
      mostFiles: DEFAULT_BUDGET.files,
      notes: [
        ...(note === undefined ? [] : [note]),
        ...indexNotes(outcome),
        ...(lost
          ? [
              `${lost === 1 ? '1 place' : `${lost} places`} changed while this answer was made and ${lost === 1 ? 'is' : 'are'} left out.`,
            ]
          : []),
      ],
      timings: {
        total: answeredMs - startedMs,
        tools: outcome.toolsMs,
        policy: searchedMs - startedMs - outcome.toolsMs,
        answer: answeredMs - searchedMs,
      },
    });
  };

  return Promise.resolve({
    ask,
    play: async (text, asked = {}) => play(text, asked, (await policies.choose(asked.policy)).policy),
    ready: async () => {
      await Promise.all([
        without.includes('history') ? undefined : history.ready(),
        without.includes('docs') ? undefined : docs.ready(),
      ]);
    },
    close: async () => {
      symbols.close();
      await Promise.all([docs.close(), history.close(), policies.close()]);
    },
  });
}

/** Policies that were asked for, each opened once. */
function rememberedPolicies() {
  const open = new Map<string, Promise<OpenPolicy>>();
  const get = (name: string): Promise<OpenPolicy> => {
    let policy = open.get(name);
    if (!policy) open.set(name, (policy = openPolicy(name)));
    return policy;
  };
  return {
    /** Without a name the learned one; where that cannot run, the written one, and a note that says so. */
    async choose(name: string | undefined): Promise<{ readonly policy: SearchPolicy; readonly note?: string }> {
      if (name !== undefined) return get(name);
      try {
        return await get('learned');
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        const note = `The learned policy could not be used, so the one written by hand searched. ${error.message}`;
        return { policy: (await get('hand')).policy, note };
      }
    },
    async close(): Promise<void> {
      const policies = [...open.values()];
      open.clear();
      const opened = await Promise.allSettled(policies);
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
    },
  };
}

/** What of the docs the answer could not take into account; the history says so itself, as a partial result. */
function indexNotes({ docs }: EpisodeOutcome): string[] {
  const notes: string[] = [];
  if (docs && !docs.complete)
    notes.push(
      `The docs index is still being made: ${docs.sectionsIndexed} sections of ${docs.filesIndexed} files so far.`,
    );
  if (docs) notes.push(...docs.leftOut);
  return notes;
}
