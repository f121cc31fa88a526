/** What a model's process and the side that holds it tell each other, and the shapes by which each checks it. */
import type { ChatRequest, ContinueRequest, ModelReply } from '#core/llm/chatModel.ts';
import type { ModelFailureKind } from '#core/llm/modelFailure.ts';
import type { OnnxModelOptions } from './onnxModel.ts';
import { count, flag, isRecord, list, oneOf, optional, record, text, type Shape } from '#node/service/shapes.ts';

export type ToModel =
  /** Comes first, once. */
  | { readonly kind: 'open'; readonly options: OnnxModelOptions }
  | { readonly kind: 'chat'; readonly id: number; readonly request: ChatRequest }
  | { readonly kind: 'continue'; readonly id: number; readonly request: ContinueRequest }
  | { readonly kind: 'count'; readonly id: number; readonly text: string }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromModel =
  | { readonly kind: 'opened'; readonly facts: OpenedFacts }
  /** It is this call's turn, and the weights are loaded. */
  | { readonly kind: 'begun'; readonly id: number }
  | { readonly kind: 'piece'; readonly id: number; readonly text: string }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: ModelReply }
  | { readonly kind: 'counted'; readonly id: number; readonly tokens: number }
  /** Without a call's number it could not be opened. */
  | { readonly kind: 'failure'; readonly id?: number; readonly failure: FailureText };

export interface OpenedFacts {
  readonly name: string;
  readonly contextTokens?: number;
  readonly promptTokens: number;
  readonly isBase?: boolean;
  /** What to know about its memory, as a sentence. */
  readonly needs: string;
}

export interface FailureText {
  readonly kind: ModelFailureKind;
  readonly message: string;
}

const finite: Shape = (value) => Number.isFinite(value);
const call = record({ id: text, name: text, argumentsText: text });
const MESSAGES: readonly Shape[] = [
  record({ role: oneOf('system', 'user'), text }),
  record({ role: oneOf('assistant'), text, calls: optional(list(call)) }),
  record({ role: oneOf('tool'), callId: text, text }),
];
const chatRequest = record({
  messages: list(anyOf(MESSAGES)),
  maxTokens: count,
  temperature: finite,
  tools: optional(list(record({ name: text, description: text, parameters: isRecord }))),
});
const continueRequest = record({ prompt: text, maxTokens: count, temperature: finite, stop: list(text) });
const options = record({
  directory: text,
  file: optional(text),
  runtime: optional(oneOf('auto', 'native', 'wasm')),
  seed: optional(count),
});
const KINDS = {
  unreachable: true,
  key: true,
  'no-model': true,
  limit: true,
  'too-long': true,
  refused: true,
  timeout: true,
  broken: true,
  malformed: true,
  cancelled: true,
  failed: true,
} satisfies Record<ModelFailureKind, true>;
const failure = record({ kind: oneOf(...Object.keys(KINDS)), message: text });
const reply = record({ text, calls: list(call), end: oneOf('done', 'cut', 'stop') });
const TO: readonly Shape[] = [
  record({ kind: oneOf('open'), options }),
  record({ kind: oneOf('chat'), id: count, request: chatRequest }),
  record({ kind: oneOf('continue'), id: count, request: continueRequest }),
  record({ kind: oneOf('count'), id: count, text }),
  record({ kind: oneOf('cancel'), id: count }),
];
const facts = record({
  name: text,
  contextTokens: optional(count),
  promptTokens: count,
  isBase: optional(flag),
  needs: text,
});
const FROM: readonly Shape[] = [
  record({ kind: oneOf('opened'), facts }),
  record({ kind: oneOf('begun'), id: count }),
  record({ kind: oneOf('piece'), id: count, text }),
  record({ kind: oneOf('reply'), id: count, reply }),
  record({ kind: oneOf('counted'), id: count, tokens: count }),
  record({ kind: oneOf('failure'), id: optional(count), failure }),
];

/** The message, or undefined for what is none. */
export const parseToModel = (said: unknown): ToModel | undefined => (anyOf(TO)(said) ? (said as ToModel) : undefined);

/** The message, or undefined for what is none. */
export const parseFromModel = (said: unknown): FromModel | undefined =>
  anyOf(FROM)(said) ? (said as FromModel) : undefined;

function anyOf(shapes: readonly Shape[]): Shape {
  return (value) => shapes.some((shape) => shape(value));
}
