/**
 * The protocol of instruction-tuned models: a chat with tool calls of their own form. Small models write calls as text now
 * and then, or in another shape than was asked for: what they mean is taken where it is plain.
 */
import type { ToolSpec } from '#core/llm/chatModel.ts';
import { writtenCalls, type WrittenCall } from '#core/llm/writtenCalls.ts';
import { MAX_QUERIES } from '#core/agent/suggestions.ts';
import { answerMove, readAnswer } from './answerText.ts';
import type { FoundDocument } from './documents.ts';
import type { Move, ReadMove } from './move.ts';
import { chatMessages, RULES, withoutThoughts, type Protocol } from './protocol.ts';
import { ANSWER, cleanQuery, QUERY, readTags } from './tags.ts';

const SEARCH: ToolSpec = {
  name: 'search',
  description: 'Searches the code base: code, documentation, symbols, git history.',
  parameters: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'A few words: names that the code may have, words of its domain.' },
    },
    required: ['query'],
  },
};
const FOUND: ToolSpec = {
  name: 'answer',
  description: 'Ends the search with the documents that answer the question.',
  parameters: {
    type: 'object',
    properties: {
      documents: { type: 'array', items: { type: 'integer' }, description: 'Their numbers, best first.' },
    },
    required: ['documents'],
  },
};
const NOT_FOUND: ToolSpec = {
  name: 'not_found',
  description: 'Ends the search where nothing in the code base answers the question, after several searches.',
  parameters: { type: 'object', properties: {} },
};

const SYSTEM = `${RULES}

Call the tool search to search, answer to end with the numbers of the documents that answer the question, best first, and not_found when nothing does after several searches.`;

export const toolProtocol: Protocol = {
  textsOf: (view) => [TOOLS_TEXT, ...messagesOf(view).map(({ text }) => text)],
  ask: (model, view, { isLast, maxTokens, take, signal }) =>
    model.chat({ messages: messagesOf(view), maxTokens, temperature: 0, tools: toolsFor(isLast) }, take, signal),
  // A call comes after the text; only a call in the form of the text is whole before the reply is.
  isEnough: (text) => readTags(text, []).move !== undefined && /<\/answer>|<\|end_of_query\|>/.test(text),
  read: readReply,
  reminder: 'Call search with a query, answer with the numbers of documents, or not_found.',
  lastCall: 'No search is left. Call answer or not_found now.',
};

const TOOLS_TEXT = JSON.stringify([SEARCH, FOUND, NOT_FOUND]);
const toolsFor = (isLast: boolean): readonly ToolSpec[] => (isLast ? [FOUND, NOT_FOUND] : [SEARCH, FOUND, NOT_FOUND]);

const messagesOf = (view: Parameters<Protocol['textsOf']>[0]) => chatMessages(SYSTEM, view);

function readReply(reply: Parameters<Protocol['read']>[0], known: readonly FoundDocument[]): ReadMove {
  const text = withoutThoughts(reply.text);
  if (reply.calls.length) return { text, move: moveOf(reply.calls, known) };
  const written = writtenCalls(text);
  if (written.length) return { text, move: moveOf(written, known) };
  if (text.includes(QUERY.begin) || text.includes(ANSWER.begin)) return readTags(text, known);
  const answer = readAnswer(text, known);
  const says = answer.kind === 'not-found' || (answer.kind === 'answer' && answer.documents.length > 0);
  return { text, move: says ? answer : undefined };
}

/** A search goes before an answer in the same breath: the answer did not wait for what is found. */
function moveOf(calls: readonly WrittenCall[], known: readonly FoundDocument[]): Move | undefined {
  const queries = calls.filter(({ name }) => name === SEARCH.name).map(({ argumentsText }) => queryIn(argumentsText));
  const asked = [...new Set(queries)].filter((query) => query !== '').slice(0, MAX_QUERIES);
  if (asked.length) return { kind: 'search', queries: asked };
  const answer = calls.find(({ name }) => name === FOUND.name);
  if (answer) return answerMove(numbersIn(answer.argumentsText), known);
  return calls.some(({ name }) => name === NOT_FOUND.name) ? { kind: 'not-found' } : undefined;
}

/** The argument `query`, else the first text among the arguments, else what is no JSON as it stands. */
function queryIn(argumentsText: string): string {
  const value = parsed(argumentsText);
  if (value === undefined) return /^[\s{["]/.test(argumentsText) ? '' : cleanQuery(argumentsText);
  const found = textIn(value);
  return found === undefined ? '' : cleanQuery(found);
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? value.join(' ') : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('query' in value) return textIn(value.query);
  return Object.values(value)
    .map(textIn)
    .find((text) => text !== undefined);
}

const MAX_ARGUMENTS = 8_000;
const numbersIn = (argumentsText: string): number[] =>
  (argumentsText.slice(0, MAX_ARGUMENTS).match(/(?<![\d.-])\d{1,4}(?![\d.])/g) ?? []).map(Number);

function parsed(text: string): unknown {
  try {
    return text.length > MAX_ARGUMENTS ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
