/** A question of the chat: searched for as the panel does, kept for feedback, and shown with what can be done with it. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { ServiceError, type AskReply } from '#node/service/searchService.ts';
import { answeredEvent } from '#vscode/chat/askQuestions.ts';
import { missingTool } from '#vscode/chat/failures.ts';
import type { OtherAnswer } from '#vscode/chat/otherAnswers.ts';
import { OWN_VENDOR } from '#vscode/models/editorModel.ts';
import { resultOf, type AgentParts, type ChatTurn } from './agentParts.ts';
import { askedPlaces } from './askedPlaces.ts';
import { earlierQuestions } from './askedWords.ts';
import { fileFinder, streamAnswer, streamProgress } from './streamAnswer.ts';

export async function answerQuestion(
  turn: ChatTurn,
  question: string,
  show: 'all' | 'places' = 'all',
): Promise<vscode.ChatResult> {
  const kept = await answerAndKeep(turn, question, show);
  return kept ? resultOfAnswer(turn, kept) : {};
}

/** Undefined when it was cancelled. */
export async function answerAndKeep(
  turn: ChatTurn,
  question: string,
  show: 'all' | 'places' = 'all',
): Promise<OtherAnswer | undefined> {
  const { parts, stream } = turn;
  const kept = await ask(turn, question);
  if (!kept) return undefined;
  await streamAnswer(stream, kept.answer, fileFinder(parts), show);
  const [accept, open] = [vscode.l10n.t('Accept'), vscode.l10n.t('Open in Spoor')];
  stream.button({ command: 'spoor.acceptAnswer', title: accept, arguments: [kept.id] });
  stream.button({ command: 'spoor.openAnswer', title: open, arguments: [kept.id, question] });
  return kept;
}

export function resultOfAnswer({ request }: ChatTurn, { id, question, answer }: OtherAnswer): vscode.ChatResult {
  const symbol = answer.citations[0]?.symbol?.name;
  return resultOf({
    kind: 'answer',
    id,
    question,
    found: answer.found,
    ...(symbol !== undefined && { symbol }),
    ...(request.model.vendor !== OWN_VENDOR && { model: request.model.name }),
  });
}

/** Undefined when it was cancelled. Throws `ServiceError`, also where nothing could be searched. */
async function ask(turn: ChatTurn, question: string): Promise<OtherAnswer | undefined> {
  const { parts, request, context, stream, signal } = turn;
  const { scope, selection } = await askedPlaces(request.references, parts.paths());
  const asked = { question, scope, earlier: earlierQuestions(context), ...(selection && { selection }) };
  const askedMs = Date.now();
  const reply = await parts.search.service.ask(asked, (event) => streamProgress(stream, event), signal);
  if (reply.answer.stopReason === 'cancelled') return undefined;
  const missing = missingTool(reply);
  if (missing) throw new ServiceError('failed', missing.message);
  const kept = { id: randomUUID(), ...asked, askedMs, answer: reply.answer };
  parts.answers.add(kept);
  await keep(parts, kept, reply);
  return kept;
}

/** An answer that feedback cannot keep is an answer still. */
async function keep({ feedback, log }: AgentParts, kept: OtherAnswer, reply: AskReply): Promise<void> {
  try {
    await feedback().append(answeredEvent(kept, reply, kept.askedMs));
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
  }
}
