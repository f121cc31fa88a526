/** Commands that put something into the ask box. */
import * as vscode from 'vscode';
import { selectedLines } from '#vscode/chat/editorHost.ts';
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
  const { lines, ...span } = selected;
  await panels.show({ type: 'compose', selection: { ...span, text: lines.join('\n') } });
};

/** From the explorer with the chosen entries, else with the active editor's file. */
export const narrow: Command = async (parts, clicked, chosen) => {
  const given = (Array.isArray(chosen) ? chosen : [clicked]).filter((uri) => uri instanceof vscode.Uri);
  const active = vscode.window.activeTextEditor?.document.uri;
  const scope = (given.length ? given : active ? [active] : []).flatMap((uri) => pathOf(parts, uri) ?? []);
  if (scope.length) await parts.panels.show({ type: 'compose', scope });
  else
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a file of the workspace first, or choose a file or folder in the explorer.'),
    );
};

const pathOf = ({ paths }: Parts, uri: vscode.Uri): string | undefined =>
  uri.scheme === 'file' ? paths().pathOf(uri.fsPath) || undefined : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
