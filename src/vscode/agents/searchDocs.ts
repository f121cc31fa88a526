/** `/docs`: sections of the docs that fit, with how they begin. */
import * as vscode from 'vscode';
import type { DocsPlace } from '#node/agentTools/agentTools.ts';
import { resultOf, type ChatTurn } from './agentParts.ts';
import { askedText } from './askedWords.ts';
import { chatText, placeTitle } from './chatText.ts';
import { fileFinder, locationOf, placeText } from './streamAnswer.ts';

export async function searchDocs(turn: ChatTurn): Promise<vscode.ChatResult> {
  const { parts, request, stream, signal } = turn;
  const query = askedText(request);
  stream.progress(vscode.l10n.t('Searching the docs: {0}', chatText(query)));
  const { data, notes } = await parts.search.service.agentTool('search_docs', { query }, signal);
  if (data.length === 0) stream.markdown(`${vscode.l10n.t('No section of the docs fits.')}\n\n`);
  const find = fileFinder(parts);
  for (const section of data) {
    const location = locationOf(await find(section.path), section);
    stream.markdown(`**${chatText(section.title)}** `);
    if (location) {
      stream.anchor(location, placeTitle(section.path, section.start));
      stream.reference(location);
    } else stream.markdown(placeText(section));
    stream.markdown(`\n\n> ${chatText(beginning(section))}\n\n`);
  }
  for (const note of notes) stream.markdown(`*${chatText(note)}*\n\n`);
  return resultOf({ kind: 'docs', query });
}

/** UTF-16 units. */
const MAX_BEGINNING = 300;

/** The section's text behind its heading, in one line. */
function beginning({ text }: DocsPlace): string {
  const behind = text.replace(/^\s*(?:#{1,6}\s[^\n]*|[^\n]*\n[=-]{3,}[ \t]*)\n/, '');
  const line = behind.replace(/\s+/g, ' ').trim();
  return line.length > MAX_BEGINNING ? `${line.slice(0, MAX_BEGINNING).toWellFormed()}…` : line;
}
