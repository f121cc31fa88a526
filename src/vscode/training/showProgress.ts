/** Shows how far a run is: in a notification that can stop it, and in the status bar. */
import * as vscode from 'vscode';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import { doingText, leftText, phaseText } from './progressText.ts';
import type { Trainings, TrainingState } from './trainings.ts';

const { t } = vscode.l10n;

export function showProgress(trainings: Trainings, end: Promise<unknown>): void {
  void vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Spoor trains'), cancellable: true },
    async (progress, token) => {
      let shown = 0;
      token.onCancellationRequested(() => trainings.stop());
      const show = (state: TrainingState | undefined): void => {
        if (!state) return;
        const percent = Math.floor(100 * state.share);
        progress.report({ message: doingText(state, editorLanguage()), increment: percent - shown });
        shown = percent;
      };
      const stopListening = trainings.onChange(show);
      show(trainings.state());
      await end.catch(() => undefined);
      stopListening();
    },
  );
}

/** Beside Spoor's own item, for as long as a run goes on; a click offers to hold or stop it, and its report. */
export function trainingStatus(trainings: Trainings): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('spoor.training', vscode.StatusBarAlignment.Right, PRIORITY);
  item.name = t('Spoor training');
  item.command = 'spoor.showTrainingMenu';
  trainings.onChange((state) => {
    void vscode.commands.executeCommand('setContext', 'spoor.training', state !== undefined);
    void vscode.commands.executeCommand('setContext', 'spoor.trainingPaused', state?.activity === 'paused');
    if (!state) return item.hide();
    item.text = `$(${state.activity === 'paused' ? 'debug-pause' : 'sync~spin'}) ${shortText(state)}`;
    item.tooltip = `${t('Spoor trains')}: ${doingText(state, editorLanguage())}`;
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
  });
  return item;
}

/** Left of Spoor's own item. */
const PRIORITY = 21;

function shortText({ activity, progress }: TrainingState): string {
  if (activity === 'paused') return t('Training paused');
  if (!progress) return t('Training');
  const { phase, leftMs } = progress;
  return leftMs === undefined
    ? phaseText(phase, editorLanguage())
    : t('Training: {0}', leftText(leftMs, editorLanguage()));
}
