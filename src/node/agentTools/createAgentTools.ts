/**
 * Spoor's searching as four tools for other agents: the MCP server, the editor's language model tools and the retrieval
 * server give what these give.
 */
import type { Answer } from '#core/answer/answer.ts';
import { QuestionError, type AskOptions, type WorkspaceSearcher } from '#node/searcher.ts';
import { agentScope } from './agentScope.ts';
import type { AgentReply, AgentTools } from './agentTools.ts';
import { answerReply } from './answerReply.ts';
import { definitionsReply } from './definitionsReply.ts';
import { docsReply } from './docsReply.ts';
import { historyReply } from './historyReply.ts';

export interface AgentToolsOptions {
  /** How `searchCodebase` searches; as `WorkspaceSearcher.ask` does where not given. */
  readonly ask?: Pick<AskOptions, 'policy' | 'turns' | 'seed'>;
  /** False where the searcher was opened without them: searching them is refused with a sentence. */
  readonly docs?: boolean;
  readonly history?: boolean;
}

/**
 * A reply's text has at most `MAX_REPLY_UNITS` UTF-16 units; its data is whole. Files outside of the workspace and those
 * that commonly hold secrets are refused by the tools themselves. What goes wrong in a workspace is a note.
 *
 * Rejects with `QuestionError` for what cannot be searched for, with `PolicyError` for a policy that cannot be used, with
 * the signal's reason when it is aborted.
 */
export function createAgentTools(searcher: WorkspaceSearcher, options: AgentToolsOptions = {}): AgentTools {
  return {
    async searchCodebase({ question, scope, places }, signal, emit) {
      signal.throwIfAborted();
      const narrowing = { scope: agentScope(searcher.workspace, scope) };
      const answer: Answer = await searcher.ask(question, {
        ...options.ask,
        ...narrowing,
        signal,
        ...(emit && { emit }),
      });
      signal.throwIfAborted();
      return answerReply(answer, within(places, DEFAULT_PLACES, MAX_PLACES));
    },
    findDefinitions: (input, signal) =>
      answered(signal, () => definitionsReply(searcher, input, { signal, timeoutMs: TIMEOUT_MS })),
    searchDocs: ({ query, limit }, signal) =>
      answered(signal, () => {
        if (options.docs === false) throw new QuestionError('Searching documents is turned off.');
        const wanted = { query, limit: within(limit, DEFAULT_RESULTS, MAX_RESULTS) };
        return docsReply(searcher, wanted, { signal, timeoutMs: TIMEOUT_MS });
      }),
    searchHistory: ({ query, limit }, signal) =>
      answered(signal, () => {
        if (options.history === false) throw new QuestionError("Searching git's history is turned off.");
        const wanted = { query, limit: within(limit, DEFAULT_RESULTS, MAX_RESULTS) };
        return historyReply(searcher, wanted, { signal, timeoutMs: TIMEOUT_MS });
      }),
  };
}

export const DEFAULT_PLACES = 5;
export const MAX_PLACES = 10;
export const DEFAULT_RESULTS = 5;
export const MAX_RESULTS = 20;
/** Of one call of a tool of the workspace. */
const TIMEOUT_MS = 20_000;

/** A tool that was cancelled says so as a failure; here it ends as a cancelled call. */
async function answered<T>(signal: AbortSignal, work: () => Promise<AgentReply<T>>): Promise<AgentReply<T>> {
  signal.throwIfAborted();
  const reply = await work();
  signal.throwIfAborted();
  return reply;
}

const within = (wanted: number | undefined, usual: number, most: number): number =>
  Number.isFinite(wanted) ? Math.min(Math.max(Math.floor(wanted!), 1), most) : usual;
