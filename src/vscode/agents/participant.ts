/**
 * `@spoor` in the editor's chat: Spoor's own search answers, whatever model is chosen there. Nothing is sent to a model
 * unless the user asks for its words (`/write`).
 */
import * as vscode from 'vscode';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { ServiceError } from '#node/service/searchService.ts';
import { answerQuestion } from './answerQuestion.ts';
import { resultOf, type AgentParts, type ChatTurn } from './agentParts.ts';
import { askedText } from './askedWords.ts';
import { chatText } from './chatText.ts';
import { explainName } from './explainName.ts';
import { findPlaces } from './findPlaces.ts';
import { followUps } from './followUps.ts';
import { searchDocs } from './searchDocs.ts';
import { withSignal } from './withSignal.ts';
import { writeOver } from './writeOver.ts';

export const PARTICIPANT = 'spoor.participant';

export function registerParticipant(parts: AgentParts): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(PARTICIPANT, (request, context, stream, token) =>
    withSignal(token, (signal) => respond({ parts, request, context, stream, signal })),
  );
  participant.iconPath = new vscode.ThemeIcon('search');
  participant.followupProvider = { provideFollowups: ({ metadata }) => followUps(metadata) };
  const listener = participant.onDidReceiveFeedback(({ result, kind }) => void judge(parts, result, kind));
  return vscode.Disposable.from(participant, listener);
}

const COMMANDS: Readonly<Record<string, (turn: ChatTurn) => Promise<vscode.ChatResult>>> = {
  explain: explainName,
  find: findPlaces,
  docs: searchDocs,
  write: writeOver,
};
/** Commands that need no words. */
const WORDLESS = ['explain', 'write'];

async function respond(turn: ChatTurn): Promise<vscode.ChatResult> {
  const { request, signal, parts } = turn;
  const text = askedText(request);
  try {
    if (text === '' && !WORDLESS.includes(request.command ?? '')) return await greet(turn);
    const command = COMMANDS[request.command ?? ''];
    return await (command ? command(turn) : answerQuestion(turn, text));
  } catch (error) {
    if (signal.aborted) return {};
    if (!isOurs(error)) parts.log.error(error instanceof Error ? error : String(error));
    return { errorDetails: { message: sentenceOf(error) } };
  }
}

async function greet({ parts, stream }: ChatTurn): Promise<vscode.ChatResult> {
  stream.markdown(
    vscode.l10n.t('Ask where something is, how it works or why it changed. Nothing leaves this machine.'),
  );
  return resultOf({ kind: 'greeting', examples: await parts.search.service.examples() });
}

/** Errors whose messages are sentences for people. */
const isOurs = (error: unknown): error is Error => error instanceof ServiceError || error instanceof ModelFailure;

function sentenceOf(error: unknown): string {
  return isOurs(error)
    ? chatText(error.message)
    : vscode.l10n.t('Something went wrong inside Spoor. See the log for what it was, and ask again.');
}

/** The chat's thumbs say the same as Accept and its opposite. */
async function judge(parts: AgentParts, { metadata }: vscode.ChatResult, kind: vscode.ChatResultFeedbackKind) {
  const id: unknown = metadata?.['id'];
  if (typeof id !== 'string') return;
  const verdict = kind === vscode.ChatResultFeedbackKind.Helpful ? 'accepted' : 'rejected';
  await parts
    .chat()
    .judgeOther(id, verdict)
    .catch((error: unknown) => parts.log.error(String(error)));
}
