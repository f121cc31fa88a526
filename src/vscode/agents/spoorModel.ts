/**
 * "Spoor (no language model)": a model for the editor's chat that needs no account. Whatever it is asked, it searches the
 * workspace for the last message of the user and gives the cited answer. With it chosen, `@spoor` can be used where no
 * language model is.
 */
import * as vscode from 'vscode';
import { estimateTokens } from '#core/llm/prompt.ts';
import { ServiceError, type SearchService } from '#node/service/searchService.ts';
import { missingTool } from '#vscode/chat/failures.ts';
import { OWN_VENDOR } from '#vscode/models/editorModel.ts';
import { versionOf } from './agentParts.ts';
import { answerText } from './answerText.ts';
import { userTexts } from './userTexts.ts';
import { withSignal } from './withSignal.ts';

export interface SpoorModelParts {
  readonly search: { readonly service: Pick<SearchService, 'ask'> };
  readonly extension: vscode.Extension<unknown>;
}

export function registerSpoorModel({ search, extension }: SpoorModelParts): vscode.Disposable {
  const information: vscode.LanguageModelChatInformation = {
    id: 'searcher',
    name: 'Spoor',
    family: 'spoor',
    version: versionOf(extension),
    detail: vscode.l10n.t('no language model'),
    tooltip: vscode.l10n.t('Searches this workspace and answers with citations. Nothing leaves this machine.'),
    maxInputTokens: 16_000,
    maxOutputTokens: 4_000,
    // The editor offers no other models in its agent mode, in which the chat begins. It never calls a tool.
    capabilities: { toolCalling: true },
  };
  return vscode.lm.registerLanguageModelChatProvider(OWN_VENDOR, {
    provideLanguageModelChatInformation: () => [information],
    provideLanguageModelChatResponse: (_, messages, __, progress, token) =>
      withSignal(token, async (signal) =>
        progress.report(new vscode.LanguageModelTextPart(await reply(search.service, messages, signal))),
      ),
    provideTokenCount: (_, text) => Promise.resolve(estimateTokens(typeof text === 'string' ? text : textOf(text))),
  });
}

/** The editor asks for a provider's models when it is told to, not before. */
export const showSpoorModel = (): Thenable<unknown> => vscode.lm.selectChatModels({ vendor: OWN_VENDOR });

async function reply(
  service: Pick<SearchService, 'ask'>,
  messages: readonly vscode.LanguageModelChatRequestMessage[],
  signal: AbortSignal,
): Promise<string> {
  const { User } = vscode.LanguageModelChatMessageRole;
  const [question = '', ...before] = userTexts(messages.filter(({ role }) => role === User).map(textOf)).toReversed();
  try {
    const asked = { question, scope: [], earlier: before.toReversed() };
    const said = await service.ask(asked, () => undefined, signal);
    const missing = missingTool(said);
    if (missing) throw new ServiceError('failed', missing.message);
    return answerText(said.answer);
  } catch (error) {
    // Whoever sees the model's failure sees only its message.
    throw error instanceof ServiceError ? new Error(error.message, { cause: error }) : error;
  }
}

const textOf = ({ content }: vscode.LanguageModelChatRequestMessage): string =>
  content.flatMap((part) => (part instanceof vscode.LanguageModelTextPart ? [part.value] : [])).join('\n');
