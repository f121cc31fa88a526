/**
 * A language model behind a server that speaks the OpenAI protocol: Ollama, llama.cpp, vLLM, LM Studio, hosted ones.
 *
 * Nothing is tried again by itself, with one exception: a server that names what it does not take (a parameter, the role
 * of the system) is asked once more without it, for it has done no work yet.
 */
import type { CancelSignal } from '#core/agent/tools.ts';
import type {
  ChatMessage,
  ChatModel,
  ChatRequest,
  ContinueRequest,
  ModelReply,
  TakePiece,
} from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { callIdsIn } from './callIds.ts';
import { endpointAddress, type EndpointAddress } from './endpointAddress.ts';
import { callEndpoint, type EndpointTimeouts, type Refusal } from './endpointCall.ts';
import { refusalFailure } from './endpointFailure.ts';
import { createReplyReader } from './endpointReply.ts';

export interface EndpointOptions {
  /** As `endpointAddress` takes it; `http://localhost:11434/v1` is Ollama's. */
  readonly url: string;
  /** As the server calls the model. */
  readonly name: string;
  /** Sent in the `Authorization` header to the server of `url` alone. */
  readonly key?: string;
  /** Of the model, where the address does not say it. */
  readonly contextTokens?: number;
  readonly timeouts?: EndpointTimeouts;
}

/** Opens no connection by itself. Throws a `ModelFailure` for an address that cannot be asked. */
export function endpointModel(options: EndpointOptions): ChatModel {
  const { name } = options;
  const address = endpointAddress(options.url);
  const { contextTokens = options.contextTokens } = address;
  const server = openServer(address, options);
  return {
    name,
    ...(contextTokens !== undefined && { contextTokens }),
    chat: (request, take, signal) => server('chat/completions', chatBody(request), limitsOf(request), take, signal),
    continue: (request, take, signal) =>
      server('completions', { prompt: request.prompt, ...sampling(request) }, limitsOf(request), take, signal),
  };
}

interface Limits {
  readonly stop: readonly string[];
  readonly maxCharacters: number;
  readonly knownIds: readonly string[];
}

type Server = (path: string, body: Body, limits: Limits, take: TakePiece, signal: CancelSignal) => Promise<ModelReply>;

function openServer(address: EndpointAddress, { name, key, timeouts }: EndpointOptions): Server {
  const asked = { origin: address.origin, name, key };
  const dialect: Dialect = {};
  return async (path, parameters, limits, take, signal) => {
    for (;;) {
      const reader = createReplyReader({ asked, take, ...limits });
      const body = inDialect({ model: name, stream: true, ...parameters }, dialect);
      const call = { address, path, body, key, timeouts, signal };
      const refusal = await callEndpoint(call, (text) => reader.push(text)).catch(inStream);
      if (!refusal) return reader.reply();
      if (!learns(dialect, body, refusal))
        throw refusal instanceof ModelFailure ? refusal : refusalFailure(refusal, asked);
    }
  };
}

/** LM Studio tells in the stream of a success what its template said. */
function inStream(error: unknown): ModelFailure {
  if (error instanceof ModelFailure && error.kind === 'failed') return error;
  throw error;
}

/** What a server has said that it does not take. */
interface Dialect {
  /** Newer hosted models want `max_completion_tokens`. */
  otherLimit?: boolean;
  /** Reasoning models have one temperature. */
  noTemperature?: boolean;
  /** Templates of older Gemma and Mistral models know no system; vLLM and LM Studio pass that on. */
  noSystem?: boolean;
}

interface WireMessage {
  readonly role: string;
  readonly content: string | null;
  readonly [more: string]: unknown;
}

interface Body {
  readonly messages?: readonly WireMessage[];
  readonly [parameter: string]: unknown;
}

function inDialect(body: Body, { otherLimit, noTemperature, noSystem }: Dialect): Body {
  const { max_tokens, temperature, messages, ...rest } = body;
  return {
    ...rest,
    ...(messages && { messages: noSystem ? withoutSystem(messages) : messages }),
    ...(otherLimit ? { max_completion_tokens: max_tokens } : { max_tokens }),
    ...(!noTemperature && { temperature }),
  };
}

/** The rules then begin what the user says first. */
function withoutSystem(messages: readonly WireMessage[]): readonly WireMessage[] {
  const [system, user, ...others] = messages;
  if (system?.role !== 'system' || user?.role !== 'user') return messages;
  return [{ role: 'user', content: `${system.content}\n\n${user.content}` }, ...others];
}

const NO_SYSTEM = /system role\b.{0,20}not supported|only user\b.{0,30}roles|roles must alternate/i;

/** Whether the refusal names what can be left out, which has not been left out yet. */
function learns(dialect: Dialect, body: Body, refusal: Refusal | ModelFailure): boolean {
  const said = refusal instanceof ModelFailure ? refusal.message : refusal.text;
  if (!dialect.noSystem && body.messages?.[0]?.role === 'system' && NO_SYSTEM.test(said))
    return (dialect.noSystem = true);
  return refusal instanceof ModelFailure ? false : learnsParameter(dialect, body, refusal);
}

function learnsParameter(dialect: Dialect, body: Body, { status, text }: Refusal): boolean {
  if (status !== 400 && status !== 422) return false;
  if ('max_tokens' in body && text.includes('max_completion_tokens')) return (dialect.otherLimit = true);
  const isTemperature = /unsupported|not support/i.test(text) && text.includes('temperature');
  return 'temperature' in body && isTemperature && (dialect.noTemperature = true);
}

/**
 * Stop texts are not sent: servers leave the stop out and do not say whether it was one, or which, so the end of a query
 * could not be told from the end of the text. They are looked for in the stream, which is closed after one.
 */
const sampling = ({ maxTokens, temperature }: ChatRequest | ContinueRequest) => ({
  max_tokens: maxTokens,
  temperature,
});

/** No tokenizer has many tokens of more characters; a server that does not heed the limit is left. */
const MAX_TOKEN_CHARACTERS = 64;

function limitsOf(request: ChatRequest | ContinueRequest): Limits {
  const maxCharacters = request.maxTokens * MAX_TOKEN_CHARACTERS;
  if ('prompt' in request) return { stop: request.stop, maxCharacters, knownIds: [] };
  return { stop: [], maxCharacters, knownIds: callIdsIn(request.messages) };
}

function chatBody(request: ChatRequest): Body {
  const tools = request.tools?.map((spec) => ({ type: 'function', function: spec }));
  return { messages: request.messages.map(wireMessage), ...sampling(request), ...(tools?.length && { tools }) };
}

function wireMessage(message: ChatMessage): WireMessage {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content: message.text };
  if (message.role !== 'assistant' || !message.calls?.length) return { role: message.role, content: message.text };
  const calls = message.calls.map(({ id, name, argumentsText }) => ({
    id,
    type: 'function',
    function: { name, arguments: argumentsText },
  }));
  return { role: 'assistant', content: message.text === '' ? null : message.text, tool_calls: calls };
}
