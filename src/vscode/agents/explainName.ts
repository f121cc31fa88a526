/** `/explain`: what is known of a name, the one that is asked for or the one at the cursor. */
import * as vscode from 'vscode';
import { explainText } from '#core/answer/explainText.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';
import { cardMarkdown, HOVER_COMMANDS } from '#vscode/hover/hoverCard.ts';
import { explainWords } from '#vscode/hover/hoverWords.ts';
import { languageFacts } from '#vscode/hover/languageFacts.ts';
import { spotAt } from '#vscode/hover/spotAt.ts';
import { answerQuestion } from './answerQuestion.ts';
import { resultOf, type ChatTurn } from './agentParts.ts';
import { askedPlaces } from './askedPlaces.ts';
import { askedText } from './askedWords.ts';
import { askedNames } from './askedNames.ts';
import { chatText } from './chatText.ts';
import { definitionsOf, streamDefinitions } from './findPlaces.ts';
import { fileFinder, locationOf } from './streamAnswer.ts';

/** What is no name is answered as a question. */
export async function explainName(turn: ChatTurn): Promise<vscode.ChatResult> {
  const text = askedText(turn.request);
  if (text === '') return explainAtCursor(turn);
  const [name, ...more] = askedNames(text);
  if (name === undefined || more.length > 0) return answerQuestion(turn, text);
  const atCursor = await cursorRequest(turn);
  if (atCursor?.name === name) return explain(turn, atCursor);
  const [first, ...others] = await definitionsOf(turn, [name]);
  if (!first) return answerQuestion(turn, text);
  const result = await explain(turn, { name: first.name, path: first.span.path, line: first.line });
  if (others.length === 0) return result;
  turn.stream.markdown(`${vscode.l10n.t('Also defined in:')}\n\n`);
  await streamDefinitions(turn, others);
  return result;
}

async function explainAtCursor(turn: ChatTurn): Promise<vscode.ChatResult> {
  const request = await cursorRequest(turn);
  if (request) return explain(turn, request);
  return {
    errorDetails: {
      message: vscode.l10n.t(
        'There is no name to explain at the cursor. Put it on a name, or write one: /explain NAME.',
      ),
    },
  };
}

/** The name where the user attached a place, else at the cursor of the active editor. */
async function cursorRequest({ parts, request }: ChatTurn): Promise<ExplainRequest | undefined> {
  const { pathOf } = parts.paths();
  const { location } = await askedPlaces(request.references, parts.paths());
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  const document = location ? await vscode.workspace.openTextDocument(location.uri) : editor?.document;
  const position = location?.range.start ?? editor?.selection.active;
  if (!document || !position || document.uri.scheme !== 'file') return undefined;
  const path = pathOf(document.uri.fsPath);
  const spot = path ? spotAt(document, position) : undefined;
  if (!path || !spot) return undefined;
  const { facts } = await languageFacts(document.uri, new vscode.Position(spot.line, spot.column), pathOf);
  return { name: spot.name, path, line: spot.line + 1, column: spot.column, ...facts };
}

async function explain({ parts, stream, signal }: ChatTurn, request: ExplainRequest): Promise<vscode.ChatResult> {
  const { name } = request;
  stream.progress(vscode.l10n.t('Explaining {0}', chatText(name)));
  const explanation = await parts.search.service.explain(request, signal);
  if (!explanation) {
    stream.markdown(vscode.l10n.t('Spoor knows nothing about {0}.', chatText(name)));
    return resultOf({ kind: 'explained', name });
  }
  stream.markdown(cardOf(explanation));
  stream.markdown('\n\n');
  const find = fileFinder(parts);
  for (const span of placesOf(explanation)) {
    const location = locationOf(await find(span.path), span);
    if (location) stream.reference(location);
  }
  const path = explanation.definition?.span.path;
  return resultOf({ kind: 'explained', name, ...(path !== undefined && { path }) });
}

function cardOf(explanation: Explanation): vscode.MarkdownString {
  const lines = explainText(explanation, explainWords(), Date.now() / 1000);
  const card = new vscode.MarkdownString(cardMarkdown(lines), false);
  card.isTrusted = { enabledCommands: HOVER_COMMANDS };
  return card;
}

const placesOf = ({ definition, uses, docs }: Explanation) => [
  ...(definition ? [definition.span] : []),
  ...(uses?.most.map(({ span }) => span) ?? []),
  ...(docs ? [docs.span] : []),
];
