/** The buttons below an answer of the chat. Their arguments come back from the chat's own memory, so they may be anything. */
import * as vscode from 'vscode';
import type { Command } from '#vscode/commands/parts.ts';

export const acceptAnswer: Command = async ({ chat }, id) => {
  if (typeof id !== 'string' || id.length > MAX_ID) return;
  if (await chat().judgeOther(id, 'accepted'))
    void vscode.window.setStatusBarMessage(vscode.l10n.t('The answer is accepted.'), MESSAGE_MS);
  else
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This answer is not known any more. Ask again, and accept the new one.'),
    );
};

/** The panel shows the answer; one of another session is asked for again. */
export const openAnswer: Command = async ({ chat, panels, answers }, id, question) => {
  const answer = typeof id === 'string' ? answers.get(id) : undefined;
  if (answer) await chat().showOther(answer);
  const text = typeof question === 'string' ? question.slice(0, MAX_QUESTION) : '';
  await panels.show({ type: 'compose', ...(!answer && { text }) });
};

const MAX_ID = 64;
/** UTF-16 units. */
const MAX_QUESTION = 10_000;
const MESSAGE_MS = 4_000;
