/** Commands about what Spoor keeps. */
import * as vscode from 'vscode';
import { deleteData, type DeletedData } from '#vscode/deleteData.ts';
import type { Command } from './parts.ts';

const { t } = vscode.l10n;

export const exportFeedback: Command = async ({ feedback }) => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'spoor-feedback.jsonl') }),
    filters: { 'JSON Lines': ['jsonl'] },
    title: t('Export feedback'),
  });
  if (!target) return;
  const lines = await feedback().exportTo(target.fsPath);
  void vscode.window.showInformationMessage(
    lines === 1
      ? t('1 event was written to {0}.', target.fsPath)
      : t('{0} events were written to {1}.', lines, target.fsPath),
  );
};

export const deleteMyData: Command = async ({ search, chat, storage }) => {
  const yes = t('Delete');
  const answer = await vscode.window.showWarningMessage(
    t('Delete everything that Spoor keeps on this machine?'),
    {
      modal: true,
      detail: t(
        'Conversations and feedback of all workspaces, the pages of docs sites, and all indexes are deleted. Settings stay, except for the list of docs sites. This cannot be undone.',
      ),
    },
    yes,
  );
  if (answer !== yes) return;
  await chat().forgetAll();
  await search.stop();
  const deleted = await deleteData(storage);
  const configuration = vscode.workspace.getConfiguration('spoor');
  if (configuration.inspect('docs.sites')?.globalValue !== undefined)
    await configuration.update('docs.sites', undefined, vscode.ConfigurationTarget.Global);
  await chat().show();
  void vscode.window.showInformationMessage(saidOf(deleted));
};

function saidOf({ conversations, sites, bytes, kept }: DeletedData): string {
  const counts = t(
    'Deleted: conversations ({0}), feedback, docs sites ({1}) and all indexes, {2} MB in all.',
    conversations,
    sites,
    (bytes / 1e6).toFixed(1),
  );
  const left = kept.length
    ? t('In use by another window and still there: {0}. Close other windows and delete again.', kept.join(', '))
    : '';
  return `${counts} ${left}`.trim();
}
