/** `/find`: where names are defined, else the places that a question is about, without sentences. */
import * as vscode from 'vscode';
import type { Definition } from '#core/agent/tools.ts';
import { answerQuestion } from './answerQuestion.ts';
import { resultOf, type ChatTurn } from './agentParts.ts';
import { askedPlaces } from './askedPlaces.ts';
import { askedText } from './askedWords.ts';
import { askedNames } from './askedNames.ts';
import { chatCode, chatText, placeTitle } from './chatText.ts';
import { fileFinder, locationOf, placeText } from './streamAnswer.ts';

export async function findPlaces(turn: ChatTurn): Promise<vscode.ChatResult> {
  const text = askedText(turn.request);
  const names = askedNames(text);
  const found = names.length ? await definitionsOf(turn, names) : [];
  if (found.length === 0) return answerQuestion(turn, text, 'places');
  turn.stream.markdown(`${vscode.l10n.t('Defined in:')}\n\n`);
  await streamDefinitions(turn, found);
  return resultOf({ kind: 'definitions', names: [...new Set(found.map(({ name }) => name))] });
}

/** Names are told with what is found; those that are not in the workspace are left out. */
export async function definitionsOf(turn: ChatTurn, names: readonly string[]): Promise<readonly Definition[]> {
  const { parts, request, stream, signal } = turn;
  stream.progress(vscode.l10n.t('Looking for the definition of {0}', chatText(names.join(', '))));
  const { scope } = await askedPlaces(request.references, parts.paths());
  const { data } = await parts.search.service.agentTool('find_definitions', { names, scope }, signal);
  return data;
}

/** A line for each: where it is, how it begins. */
export async function streamDefinitions(
  { parts, stream }: Pick<ChatTurn, 'parts' | 'stream'>,
  found: readonly Definition[],
): Promise<void> {
  const find = fileFinder(parts);
  for (const { span, line, signature } of found) {
    const location = locationOf(await find(span.path), { ...span, start: line, end: Math.max(line, span.end) });
    stream.markdown('- ');
    if (location) {
      stream.anchor(location, placeTitle(span.path, line));
      stream.reference(location);
    } else stream.markdown(placeText(span));
    stream.markdown(` — ${chatCode(signature)}\n`);
  }
  stream.markdown('\n');
}
