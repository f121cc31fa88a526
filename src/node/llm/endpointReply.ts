/**
 * A model's reply, read from what its server sends. Servers differ in what they leave out: only what is needed is asked
 * of them.
 */
import type { ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isRecord } from '#node/service/shapes.ts';
import type { Wanted } from './endpointCall.ts';
import { broken, saidBy, toldFailure, type Asked } from './endpointFailure.ts';
import { createObjectReader, malformed, type JsonObject } from './endpointObjects.ts';
import { createToolCalls } from './endpointToolCalls.ts';
import { createStoppedText, type TextLimits } from './stoppedText.ts';

export interface ReplyReader {
  /** Throws a `ModelFailure` for what is not of the protocol, and for an error that the server tells. */
  push(text: string): Wanted;
  /** When nothing more comes. Throws a `ModelFailure` where the reply is not whole. */
  reply(): ModelReply;
}

export interface ReplyOptions extends TextLimits {
  readonly asked: Asked;
  readonly take: TakePiece;
  /** Ids of the conversation's tool calls so far. */
  readonly knownIds: readonly string[];
}

export function createReplyReader({ asked, take, knownIds, ...limits }: ReplyOptions): ReplyReader {
  const text = createStoppedText(take, limits);
  const calls = createToolCalls(knownIds);
  let [finish, refusal] = ['', ''];
  let [hasChoice, hasThought] = [false, false];
  const objects = createObjectReader(asked.origin, (object) => {
    if (text.end() !== 'open') return;
    const choice = firstChoice(object, asked);
    if (!choice) return;
    const message = [choice['delta'], choice['message']].find(isRecord) ?? choice;
    text.push(textIn(message['content'] ?? choice['text']));
    hasThought ||= textIn(message['reasoning_content'] ?? message['reasoning']) !== '';
    refusal += textIn(message['refusal']);
    calls.push(listIn(message['tool_calls']));
    finish = textIn(choice['finish_reason']) || finish;
    hasChoice = true;
  });
  return {
    push(piece) {
      objects.push(piece);
      if (text.end() !== 'open') return 'nothing';
      if (finish !== '' || objects.isDone()) return 'settling';
      return hasThought || text.text() !== '' || calls.hasAny() ? 'more' : 'first';
    },
    reply() {
      if (text.end() === 'open' && finish === '') objects.end();
      if (finish === 'content_filter' || refusal !== '') throw refused(refusal, asked);
      if (!hasChoice && !objects.isDone()) throw malformed(asked.origin, 'no reply of a model');
      const isWhole = text.end() !== 'open' || finish !== '' || objects.isDone() || objects.isObject();
      if (!isWhole) throw broken(asked.origin);
      const said = { text: text.text(), calls: calls.calls(), end: endOf(text.end(), finish) };
      return hasThought ? { ...said, hasThought } : said;
    },
  };
}

function endOf(end: 'open' | 'stop' | 'full', finish: string): ModelReply['end'] {
  if (end === 'stop') return 'stop';
  return end === 'full' || finish === 'length' || finish === 'max_tokens' ? 'cut' : 'done';
}

function firstChoice(object: JsonObject, asked: Asked): JsonObject | undefined {
  const error = object['error'] ?? (object['object'] === 'error' ? object : undefined);
  if (error != null) throw toldFailure(error, asked);
  const choices = listIn(object['choices']).filter(isRecord);
  return choices.find((choice) => (choice['index'] ?? 0) === 0);
}

/** Some servers send a list of parts. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  return listIn(value)
    .map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function refused(words: string, { origin, key }: Asked): ModelFailure {
  const said = saidBy(words, key);
  return new ModelFailure('refused', `${origin} refuses to answer this.${said && ` It says: ${said}`}`);
}
