/** Commands that put something into the ask box. */
import * as vscode from 'vscode';
import { composeScope, composeSelection } from '#vscode/chat/composed.ts';
import { selectedLines } from '#vscode/chat/editorHost.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import type { Command, Parts } from './parts.ts';

/** The cursor goes into the ask box, with a text if one is given. */
export const ask: Command = async ({ panels }, given) => {
  const text = isRecord(given) && typeof given['text'] === 'string' ? given['text'] : undefined;
  await panels.show({ type: 'compose', ...(text !== undefined && { text }) });
};

export const askAboutSelection: Command = async ({ panels, paths }) => {
  const selected = selectedLines((file) => paths().pathOf(file));
  if (!selected) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select some lines in a file of the workspace first.'));
    return;
  }
  await panels.show(composeSelection(selected));
};

/** From the explorer with the chosen entries, else with the active editor's file. */
export const narrow: Command = async (parts, clicked, chosen) => {
  const given = (Array.isArray(chosen) ? chosen : [clicked]).filter((uri) => uri instanceof vscode.Uri);
  const active = vscode.window.activeTextEditor?.document.uri;
  const scope = (given.length ? given : active ? [active] : []).flatMap((uri) => pathOf(parts, uri) ?? []);
  const composed = composeScope(scope, editorLanguage());
  if (typeof composed === 'string') void vscode.window.showInformationMessage(composed);
  else await parts.panels.show(composed);
};

const pathOf = ({ paths }: Parts, uri: vscode.Uri): string | undefined =>
  uri.scheme === 'file' ? paths().pathOf(uri.fsPath) || undefined : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
