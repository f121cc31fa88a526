/** Commands that say how Spoor is doing. */
import * as vscode from 'vscode';
import { inlineMarkdown } from '#core/answer/markdownText.ts';
import type { Check } from '#node/service/searchService.ts';
import type { Command, Parts } from './parts.ts';

const { t } = vscode.l10n;

export const showPolicyCard: Command = async ({ search, documents }) =>
  documents.show(`${t('Policy Card')}.md`, await search.service.card());

/** What works and what does not, with what to do about it. */
export const doctor: Command = async (parts) => {
  const checks = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Spoor checks what it needs') },
    () => parts.search.service.check(),
  );
  await parts.documents.show(`${t('Spoor Doctor')}.md`, reportOf(checks));
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) void vscode.window.showInformationMessage(t('Spoor has everything that it needs.'));
  for (const check of failed) void offer(parts, check);
};

/** What there is to do, from the status bar. */
export const showMenu: Command = async ({ chat, trainings }) => {
  const { docs, policy, model } = chat().status();
  const command = (label: string, name: string, description?: string) => ({
    label,
    command: `spoor.${name}`,
    ...(description && { description }),
  });
  const count = docs.sections === 1 ? t('1 section') : t('{0} sections', docs.sections);
  const chosen = await vscode.window.showQuickPick(
    [
      command(`$(search) ${t('Ask')}`, 'ask'),
      docs.paused
        ? command(`$(debug-continue) ${t('Resume docs index')}`, 'resumeDocsIndex', t('paused at {0}', count))
        : command(`$(debug-pause) ${t('Pause docs index')}`, 'pauseDocsIndex', count),
      command(`$(refresh) ${t('Rebuild docs index')}`, 'rebuildDocsIndex'),
      command(`$(folder) ${t('Add docs folder')}`, 'addDocsFolder'),
      command(`$(globe) ${t('Add docs site')}`, 'addDocsSite'),
      ...(trainings.state()
        ? [command(`$(sync) ${t('Show training')}`, 'showTrainingMenu')]
        : [
            command(`$(mortar-board) ${t('Train from my answers')}`, 'trainFromAnswers'),
            command(`$(mortar-board) ${t('Train on this repository’s history')}`, 'trainOnHistory'),
          ]),
      command(`$(graph) ${t('Show training report')}`, 'showTrainingReport'),
      command(`$(book) ${t('Show policy card')}`, 'showPolicyCard', policy),
      command(`$(sparkle) ${t('Choose language model')}`, 'chooseModel', model || t('off')),
      command(`$(pulse) ${t('Run doctor')}`, 'doctor'),
      command(`$(gear) ${t('Open settings')}`, 'openSettings'),
    ],
    { title: 'Spoor' },
  );
  if (chosen) await vscode.commands.executeCommand(chosen.command);
};

export const openSettings: Command = async ({ settingsQuery }) =>
  vscode.commands.executeCommand('workbench.action.openSettings', settingsQuery);

/** Paths and versions are shown as they are, whatever is in them. */
const reportOf = (checks: readonly Check[]): string =>
  [
    `# ${t('Spoor Doctor')}`,
    ...checks.map(({ name, ok, found, remedy }) => {
      const sentences = [found, ok ? '' : (remedy ?? '')].filter(Boolean).map(inlineMarkdown);
      return `${ok ? '✓' : '✗'} **${name}** — ${sentences.join(' ')}`;
    }),
  ].join('\n\n') + '\n';

async function offer({ log, settingsQuery }: Parts, { found, remedy = '' }: Check): Promise<void> {
  const [settings, showLog] = [t('Open Settings'), t('Show Log')];
  const answer = await vscode.window.showWarningMessage(`${found} ${remedy}`.trim(), settings, showLog);
  if (answer === settings) await vscode.commands.executeCommand('workbench.action.openSettings', settingsQuery);
  if (answer === showLog) log.show();
}
