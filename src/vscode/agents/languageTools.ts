/**
 * Spoor's four tools for every language model of the editor. The searching process answers them; nothing is sent
 * anywhere by them, but what they return goes to the model that called.
 */
import * as vscode from 'vscode';
import type { AgentCalls, SearchService } from '#node/service/searchService.ts';
import { chatText } from './chatText.ts';
import { fitTokens } from './fitTokens.ts';
import { withSignal } from './withSignal.ts';

type ToolName = keyof AgentCalls;

export interface ToolParts {
  readonly search: { readonly service: Pick<SearchService, 'agentTool'> };
}

export function registerLanguageTools(parts: ToolParts): vscode.Disposable {
  const tools = Object.entries(ASKED) as [ToolName, (input: unknown) => string][];
  return vscode.Disposable.from(
    ...tools.map(([name, asked]) => vscode.lm.registerTool(name, languageTool(parts, name, asked))),
  );
}

function languageTool(
  { search }: ToolParts,
  name: ToolName,
  asked: (input: unknown) => string,
): vscode.LanguageModelTool<object> {
  return {
    prepareInvocation: ({ input }) => ({ invocationMessage: new vscode.MarkdownString(asked(input)) }),
    invoke: ({ input, tokenizationOptions }, token) =>
      withSignal(token, async (signal) => {
        // The process looks at the input's form: a model wrote it.
        const { text } = await search.service.agentTool(name, input as AgentCalls[ToolName]['input'], signal);
        return toolResult(await within(text, tokenizationOptions, token));
      }),
  };
}

const toolResult = (text: string): vscode.LanguageModelToolResult =>
  new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);

function within(
  text: string,
  options: vscode.LanguageModelToolTokenizationOptions | undefined,
  token: vscode.CancellationToken,
): Promise<string> {
  if (!options) return Promise.resolve(text);
  return fitTokens(text, options.tokenBudget, (part) => options.countTokens(part, token));
}

/** What the chat shows while a tool runs, as Markdown. */
const ASKED: { readonly [N in ToolName]: (input: unknown) => string } = {
  search_codebase: (input) => vscode.l10n.t('Searching the code: {0}', shown(input, 'question')),
  find_definitions: (input) => vscode.l10n.t('Looking for the definition of {0}', shown(input, 'names')),
  search_docs: (input) => vscode.l10n.t('Searching the docs: {0}', shown(input, 'query')),
  search_history: (input) => vscode.l10n.t('Searching the history: {0}', shown(input, 'query')),
};

/** A model wrote the input: it may be anything. */
function shown(input: unknown, field: string): string {
  const value = (input as Record<string, unknown> | null | undefined)?.[field];
  const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
  const line = texts.join(', ').slice(0, MAX_SHOWN + 1);
  return chatText(line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line);
}

/** UTF-16 units. */
const MAX_SHOWN = 120;
