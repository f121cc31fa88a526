/** Commands about what Spoor keeps. */
import * as vscode from 'vscode';
import { leftOutPatterns } from '#vscode/training/trainingSettings.ts';
import { deleteData, type DeletedData } from '#vscode/deleteData.ts';
import type { ImportedFeedback } from '#node/stores/feedbackStore.ts';
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
  const lines = await feedback().exportTo(target.fsPath, { leaveOut: leftOutPatterns() });
  void vscode.window.showInformationMessage(
    lines === 1
      ? t('1 event was written to {0}.', target.fsPath)
      : t('{0} events were written to {1}.', lines, target.fsPath),
  );
};

/** Of files that others, or other machines, have exported. */
export const importFeedback: Command = async ({ feedback, log }) => {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    filters: { 'JSON Lines': ['jsonl'] },
    openLabel: t('Import'),
    title: t('Import feedback'),
  });
  const files = chosen?.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath) ?? [];
  for (const file of files) {
    const imported = await feedback().importFrom(file);
    for (const note of imported.notes) log.warn(`${file}: ${note}`);
    void vscode.window.showInformationMessage(importedText(file, imported));
  }
};

function importedText(file: string, { answers, lines, leftOut }: ImportedFeedback): string {
  const added = lines
    ? t('Imported from {0}: answers ({1}) with what was said about them, in lines ({2}).', file, answers, lines)
    : t('There is nothing new in {0}.', file);
  const reasons = leftOut.map(({ reason, count }) => `${count} ${reason}`).join(', ');
  return reasons ? `${added} ${t('Left out: {0}.', reasons)}` : added;
}

export const deleteMyData: Command = async ({ search, chat, trainings, models, answers, storage }) => {
  const yes = t('Delete');
  const answer = await vscode.window.showWarningMessage(
    t('Delete everything that Spoor keeps on this machine?'),
    {
      modal: true,
      detail: t(
        'Conversations, feedback and learned policies of all workspaces, the pages of docs sites, all indexes and the keys of language models are deleted. Settings stay, except for the list of docs sites. This cannot be undone.',
      ),
    },
    yes,
  );
  if (answer !== yes) return;
  await chat().forgetAll();
  answers.clear();
  await trainings.end();
  await search.stop();
  await models.forget();
  const deleted = await deleteData(storage);
  const configuration = vscode.workspace.getConfiguration('spoor');
  if (configuration.inspect('docs.sites')?.globalValue !== undefined)
    await configuration.update('docs.sites', undefined, vscode.ConfigurationTarget.Global);
  await chat().show();
  void vscode.window.showInformationMessage(saidOf(deleted));
};

function saidOf({ conversations, sites, bytes, kept }: DeletedData): string {
  const counts = t(
    'Deleted: conversations ({0}), feedback, learned policies, docs sites ({1}) and all indexes, {2} MB in all.',
    conversations,
    sites,
    (bytes / 1e6).toFixed(1),
  );
  const left = kept.length
    ? t('In use by another window and still there: {0}. Close other windows and delete again.', kept.join(', '))
    : '';
  return `${counts} ${left}`.trim();
}
