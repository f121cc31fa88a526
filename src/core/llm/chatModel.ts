/**
 * The port of a language model that the user has chosen: an OpenAI-compatible server, a model folder on disk, a model of
 * the editor. Nothing in Spoor needs one.
 */
import type { CancelSignal } from '#core/agent/tools.ts';

export interface ToolCall {
  /** What the result must name; unique in a conversation. */
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON that must be parsed with care. */
  readonly argumentsText: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** Most tokens of the reply. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly tools?: readonly ToolSpec[];
}

/** Text that a base model goes on with. */
export interface ContinueRequest {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  /** Generation ends after one of these; it is the end of the reply's text. */
  readonly stop: readonly string[];
}

export interface ModelReply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** `cut`: at the token limit. `stop`: at a stop text of a `ContinueRequest`. */
  readonly end: 'done' | 'cut' | 'stop';
  /** It thought before it wrote, apart from the text; absent where nobody says so. */
  readonly hasThought?: boolean;
}

/** What a model writes comes piece by piece; the pieces together are the reply's text. */
export type TakePiece = (piece: string) => void;

/**
 * All calls reject with a `ModelFailure` and nothing else; an aborted signal with its kind `cancelled`. Pieces that came
 * before a failure stay with the caller.
 */
export interface ChatModel {
  /** To show: `qwen2.5-coder:7b`. */
  readonly name: string;
  /** Tokens that prompt and reply may have together, if it is known. */
  readonly contextTokens?: number;
  /** Tokens of a prompt that it reads in bearable time, where its context would take more. */
  readonly promptTokens?: number;
  /** It goes on with texts and was trained for no conversations: `continue` suits it, `chat` is a makeshift. */
  readonly isBase?: boolean;
  /** Tokens of a text, where the model's own tokenizer is at hand. `estimateTokens` (prompt.ts) is used without it. */
  countTokens?(text: string): number | Promise<number>;
  chat(request: ChatRequest, take: TakePiece, signal: CancelSignal): Promise<ModelReply>;
  /** Only of models that can go on with a plain text. */
  continue?(request: ContinueRequest, take: TakePiece, signal: CancelSignal): Promise<ModelReply>;
}
