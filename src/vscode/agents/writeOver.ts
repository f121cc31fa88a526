/**
 * `/write`: has the chat's language model write over a cited answer, the latest one or that of a new question. The
 * question and the cited lines are sent to the model, which the user has chosen in the chat and asks for by this.
 */
import * as vscode from 'vscode';
import type { Citation } from '#core/answer/answer.ts';
import type { ProseSentence } from '#core/answer/prose.ts';
import { writeProse } from '#core/llm/writeProse.ts';
import type { OtherAnswer } from '#vscode/chat/otherAnswers.ts';
import { editorModel, OWN_VENDOR } from '#vscode/models/editorModel.ts';
import { answerAndKeep, resultOfAnswer } from './answerQuestion.ts';
import { resultOf, type ChatTurn, type TurnMetadata } from './agentParts.ts';
import { askedText, lastAnswer } from './askedWords.ts';
import { chatBlock, chatText } from './chatText.ts';
import { proseTeller } from './proseTeller.ts';
import { linked, linksOf, sentenceMarkdown } from './streamAnswer.ts';

export async function writeOver(turn: ChatTurn): Promise<vscode.ChatResult> {
  const { request, context } = turn;
  const { t } = vscode.l10n;
  if (request.model.vendor === OWN_VENDOR)
    return failed(t('No language model is chosen in this chat. Choose one below, and ask again.'));
  const asked = askedText(request);
  const last = lastAnswer(context);
  if (asked === '' && !last) return failed(t('There is no answer to write over. Ask a question first.'));
  const kept = asked === '' ? turn.parts.answers.get(last!.id) : undefined;
  // One of another session is found anew.
  const answer = kept ?? (await answerAndKeep(turn, asked || last!.question));
  return answer ? write(turn, answer) : {};
}

const failed = (message: string): vscode.ChatResult => ({ errorDetails: { message } });

async function write(turn: ChatTurn, kept: OtherAnswer): Promise<vscode.ChatResult> {
  const { request, stream, signal } = turn;
  const { question, earlier = [], answer } = kept;
  const model = editorModel(request.model);
  stream.progress(vscode.l10n.t('{0} writes…', chatText(model.name)));
  const tell = proseTeller({
    begin: (hadThought) => stream.markdown(`\n\n**${headOf(model.name, hadThought)}**`),
    sentence: (sentence, isFirst) => stream.markdown(linked(proseMarkdown(sentence, answer.citations, isFirst))),
  });
  const prose = await writeProse({ model, answer, question, earlier, emit: tell }, signal);
  tell(prose);
  if (signal.aborted) return {};
  const notes = [...new Set(prose.notes)].map(chatText);
  if (prose.sentences.length === 0) return { ...writtenResult(turn, kept), errorDetails: { message: notes.join(' ') } };
  stream.markdown(`\n\n${notes.map((note) => `*${note}*\n\n`).join('')}`);
  return writtenResult(turn, kept);
}

/** It was written over, so that is not offered again. */
function writtenResult(turn: ChatTurn, kept: OtherAnswer): vscode.ChatResult {
  const { model: _, ...metadata } = resultOfAnswer(turn, kept).metadata as TurnMetadata & { kind: 'answer' };
  return resultOf(metadata);
}

const headOf = (model: string, hadThought: boolean): string =>
  hadThought
    ? vscode.l10n.t('The model had only thought so far. It writes:')
    : vscode.l10n.t('{0} wrote:', chatText(model));

function proseMarkdown(sentence: ProseSentence, places: readonly Citation[], isFirst: boolean): string {
  const { text, citations, begins } = sentence;
  const before = begins === 'item' ? '\n- ' : begins || isFirst ? '\n\n' : ' ';
  const isBare = !places.some(({ number }) => citations.includes(number));
  const bare = isBare ? ` *(${vscode.l10n.t('rests on no cited place')})*` : '';
  if (begins === 'code') return `\n\n${chatBlock(text.split('\n'), '')}\n${linksOf(sentence, places)}${bare}\n`;
  return `${before}${sentenceMarkdown(sentence, places)}${bare}`;
}
