/**
 * A language model of the editor (`vscode.lm`) as the port that the rest of Spoor knows. The editor asks the user for
 * consent at the first request; nothing is sent before.
 *
 * The editor has no system role and no limits that every model keeps to: instructions go as a user's message, and a
 * reply is cut here. Options such as the temperature have other names with every model, and some models refuse what
 * they do not know, so none is sent.
 */
import * as vscode from 'vscode';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatMessage, ChatModel, ChatRequest, ModelReply, TakePiece, ToolCall } from '#core/llm/chatModel.ts';
import { ModelFailure, type ModelFailureKind } from '#core/llm/modelFailure.ts';
import { editorFailureKind } from './editorFailureKind.ts';

/** Vendor of the model that Spoor itself offers; it is no language model. */
export const OWN_VENDOR = 'spoor';

/** Must be called, and its `chat` too, in answer to something that the user did. */
export const editorModel = (model: vscode.LanguageModelChat): ChatModel => ({
  name: model.name || model.id,
  ...(model.maxInputTokens > 0 && { contextTokens: model.maxInputTokens }),
  countTokens: (text) => Promise.resolve(model.countTokens(text)),
  chat: (request, take, signal) => chat(model, request, take, signal),
});

/** The longest silence in the middle of a reply, in milliseconds. The first piece may wait for a model to be loaded. */
const SILENCE_MS = 60_000;
const FIRST_PIECE_MS = 180_000;
/** No tokenizer makes fewer tokens of a text than one in so many UTF-16 units, long runs of blanks aside. */
const UNITS_A_TOKEN = 8;

async function chat(
  model: vscode.LanguageModelChat,
  request: ChatRequest,
  take: TakePiece,
  signal: CancelSignal,
): Promise<ModelReply> {
  if (signal.aborted) throw failure('cancelled', model);
  const source = new vscode.CancellationTokenSource();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => undefined);
  const stop = (): void => {
    source.cancel();
    stopped.reject(failure('cancelled', model));
  };
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([reply(model, request, take, source.token), stopped.promise]);
  } catch (error) {
    throw error instanceof ModelFailure ? error : failure(editorFailureKind(error), model, error);
  } finally {
    signal.removeEventListener('abort', stop);
    // Whatever it still does is not waited for.
    source.cancel();
    source.dispose();
  }
}

async function reply(
  model: vscode.LanguageModelChat,
  { messages, tools, maxTokens }: ChatRequest,
  take: TakePiece,
  token: vscode.CancellationToken,
): Promise<ModelReply> {
  const options = {
    justification: vscode.l10n.t('Spoor lets it write over the places that were found in your code.'),
    ...(tools && {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
    }),
  };
  // The user may take any time to consent.
  const { stream } = await model.sendRequest(messages.map(messageOf), options, token);
  const pieces = stream[Symbol.asyncIterator]();
  let text = '';
  const calls: ToolCall[] = [];
  for (let waitMs = FIRST_PIECE_MS; ; waitMs = SILENCE_MS) {
    const { value, done } = await within(pieces.next(), waitMs, model);
    if (token.isCancellationRequested) throw failure('cancelled', model);
    if (done) return { text, calls, end: 'done' };
    if (value instanceof vscode.LanguageModelToolCallPart) calls.push(callOf(value));
    if (!(value instanceof vscode.LanguageModelTextPart) || !value.value) continue;
    text += value.value;
    take(value.value);
    if (text.length > maxTokens * UNITS_A_TOKEN) return { text, calls, end: 'cut' };
  }
}

function messageOf(message: ChatMessage): vscode.LanguageModelChatMessage {
  const { User, Assistant } = vscode.LanguageModelChatMessage;
  switch (message.role) {
    case 'system':
    case 'user':
      return User(message.text);
    case 'assistant': {
      const said = message.text ? [new vscode.LanguageModelTextPart(message.text)] : [];
      return Assistant([...said, ...(message.calls ?? []).map(callPart)]);
    }
    case 'tool': {
      const text = new vscode.LanguageModelTextPart(message.text);
      return User([new vscode.LanguageModelToolResultPart(message.callId, [text])]);
    }
  }
}

const callPart = ({ id, name, argumentsText }: ToolCall): vscode.LanguageModelToolCallPart =>
  new vscode.LanguageModelToolCallPart(id, name, objectOf(argumentsText));

const callOf = ({ callId, name, input }: vscode.LanguageModelToolCallPart): ToolCall => ({
  id: callId,
  name,
  argumentsText: JSON.stringify(input ?? {}),
});

/** A model's own words come back to it; those that are no JSON as none. */
function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

async function within<T>(work: Promise<T>, limitMs: number, model: vscode.LanguageModelChat): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('timeout', model)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const failure = (kind: ModelFailureKind, { name, id }: vscode.LanguageModelChat, cause?: unknown): ModelFailure =>
  new ModelFailure(kind, sentenceOf(kind, name || id), { cause });

function sentenceOf(kind: ModelFailureKind, name: string): string {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'key':
      return t('You have not allowed Spoor to use {0}, or it wants you to sign in. Allow it under Accounts.', name);
    case 'no-model':
      return t('The editor has no model {0} any more. Choose another one.', name);
    case 'limit':
      return t('{0} takes no more requests for now: its limit is reached. Try again later.', name);
    case 'too-long':
      return t('This is too long for {0}. Choose a model that reads more.', name);
    case 'refused':
      return t('{0} did not want to answer this.', name);
    case 'timeout':
      return t('{0} said nothing for too long. Try again, or choose another model.', name);
    case 'unreachable':
      return t('{0} cannot be reached. Check the connection, or choose another model.', name);
    case 'cancelled':
      return t('This was stopped.');
    case 'broken':
    case 'malformed':
    case 'failed':
      return t('{0} gave no answer because of an error. See its own log for the reason.', name);
  }
}
