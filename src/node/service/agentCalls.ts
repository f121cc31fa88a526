/** Calls of the tools for other agents: a language model wrote what comes in, so its form is looked at first. */
import { searchFailure } from '#core/answer/searchFailure.ts';
import type { AgentReply, AgentTools } from '#node/agentTools/agentTools.ts';
import { ServiceError, type AgentCalls } from '#node/service/searchService.ts';
import { count, isRecord, list, optional, record, text, type Shape } from './shapes.ts';

export type CalledTool = keyof AgentCalls;

/** Throws `ServiceError`: of kind `question` for an input of another form, `cancelled` when the signal is aborted. */
export async function callAgentTool<N extends CalledTool>(
  tools: AgentTools,
  name: N,
  input: unknown,
  signal: AbortSignal,
): Promise<AgentReply<AgentCalls[N]['data']>> {
  const { fits, takes, call } = CALLS[name];
  if (!fits(input) || JSON.stringify(input).length > MAX_INPUT)
    throw new ServiceError('question', `${name} takes ${takes}. Call it again with that.`);
  try {
    return await call(tools, input as AgentCalls[N]['input'], signal);
  } catch (error) {
    throw signal.aborted ? new ServiceError('cancelled', 'This was cancelled.') : error;
  }
}

/** UTF-16 units of an input as JSON. */
const MAX_INPUT = 50_000;

interface Call<N extends CalledTool> {
  readonly fits: Shape;
  /** What it takes, as the sentence about an input of another form says it. */
  readonly takes: string;
  call(
    tools: AgentTools,
    input: AgentCalls[N]['input'],
    signal: AbortSignal,
  ): Promise<AgentReply<AgentCalls[N]['data']>>;
}

const searchedText: Shape = (input) => isRecord(input) && text(input['query']) && optional(count)(input['limit']);
const SEARCHED_TEXT = 'an object with `query`, a text, and if need be `limit`, a whole number';

const CALLS: { readonly [N in CalledTool]: Call<N> } = {
  search_codebase: {
    fits: record({ question: text, scope: optional(list(text)), places: optional(count) }),
    takes:
      'an object with `question`, a text, and if need be `scope`, a list of workspace paths, and `places`, a whole number',
    async call(tools, input, signal) {
      const reply = await tools.searchCodebase(input, signal);
      // That nothing was found says nothing where nothing could be searched.
      const failure = searchFailure(reply.data);
      if (failure !== undefined) throw new ServiceError('failed', failure);
      return reply;
    },
  },
  find_definitions: {
    fits: record({ names: list(text), scope: optional(list(text)) }),
    takes: 'an object with `names`, a list of names, and if need be `scope`, a list of workspace paths',
    call: (tools, input, signal) => tools.findDefinitions(input, signal),
  },
  search_docs: {
    fits: searchedText,
    takes: SEARCHED_TEXT,
    call: (tools, input, signal) => tools.searchDocs(input, signal),
  },
  search_history: {
    fits: searchedText,
    takes: SEARCHED_TEXT,
    call: (tools, input, signal) => tools.searchHistory(input, signal),
  },
};

export const CALLED_TOOLS = Object.keys(CALLS) as readonly CalledTool[];
