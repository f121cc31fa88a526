/**
 * Replies of the agents' tools as results of MCP: the text for models, and the same as structured content. Clients hand
 * the one or the other to their model, so both are bounded, and in both the workspace's text is data.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { Definition } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import { textOf } from '#core/answer/compose.ts';
import { printable } from '#core/answer/plainText.ts';
import { searchFailure } from '#core/answer/searchFailure.ts';
import type { AgentReply, DocsPlace, FoundCommit } from '#node/agentTools/agentTools.ts';
import { boundedTexts, lineText } from '#node/agentTools/quotedText.ts';
import type {
  FIND_DEFINITIONS_OUTPUT,
  SEARCH_CODEBASE_OUTPUT,
  SEARCH_DOCS_OUTPUT,
  SEARCH_HISTORY_OUTPUT,
} from './mcpSchemas.ts';

/** Where nothing could be searched it says why, which is another thing than that nothing was found. */
export function answerResult({ text, data }: AgentReply<Answer>): CallToolResult {
  const failure = searchFailure(data);
  if (failure !== undefined) return errorResult(failure);
  const texts = boundedTexts(data.citations.map(({ lines }) => lines));
  const content: z.input<typeof SEARCH_CODEBASE_OUTPUT> = {
    question: lineText(data.question, 500),
    answer: printable(textOf(data.sentences)),
    found: data.found,
    sure: data.sure,
    confidence: data.confidence,
    citations: data.citations.map(({ number, path, start, end, score, why, symbol }, i) => ({
      number,
      path,
      start,
      end,
      score,
      why: why.map((one) => lineText(one)),
      ...(symbol && { symbol: { ...symbol, inside: [...symbol.inside] } }),
      text: texts[i]!,
    })),
    files: [...data.files],
    notes: data.notes.map((note) => lineText(note)),
  };
  return result(text, content);
}

export function definitionsResult({ text, data, notes }: AgentReply<readonly Definition[]>): CallToolResult {
  const docs = boundedTexts(data.map(({ doc = '' }) => doc.split('\n')));
  const content: z.input<typeof FIND_DEFINITIONS_OUTPUT> = {
    definitions: data.map(({ name, kind, inside, span, line, signature }, i) => ({
      name,
      kind,
      inside: [...inside],
      ...span,
      line,
      signature: lineText(signature),
      ...(docs[i] && { doc: docs[i] }),
    })),
    notes: [...notes],
  };
  return result(text, content);
}

export function docsResult({ text, data, notes }: AgentReply<readonly DocsPlace[]>): CallToolResult {
  const texts = boundedTexts(data.map((place) => place.text.split('\n')));
  const content: z.input<typeof SEARCH_DOCS_OUTPUT> = {
    sections: data.map(({ path, start, end, title }, i) => ({ path, start, end, title, text: texts[i]! })),
    notes: [...notes],
  };
  return result(text, content);
}

export function historyResult({ text, data, notes }: AgentReply<readonly FoundCommit[]>): CallToolResult {
  const messages = boundedTexts(data.map(({ message }) => message.split('\n')));
  const content: z.input<typeof SEARCH_HISTORY_OUTPUT> = {
    commits: data.map(({ id, date, files }, i) => ({ id, date, message: messages[i]!, files: [...files] })),
    notes: [...notes],
  };
  return result(text, content);
}

export const errorResult = (sentence: string): CallToolResult => ({
  content: [{ type: 'text', text: lineText(sentence, 2_000) }],
  isError: true,
});

const result = (text: string, structuredContent: Record<string, unknown>): CallToolResult => ({
  content: [{ type: 'text', text }],
  structuredContent,
});
