/** Commands about runs that learn. */
import * as vscode from 'vscode';
import { train } from '#vscode/training/train.ts';
import { chooseVersion } from './policyCommands.ts';
import type { Command } from './parts.ts';

const { t } = vscode.l10n;

export const trainFromAnswers: Command = (parts) => train(parts, { answers: true, history: false });

export const trainOnHistory: Command = (parts) => train(parts, { answers: false, history: true });

export const trainOnBoth: Command = (parts) => train(parts, { answers: true, history: true });

export const pauseTraining: Command = ({ trainings }) => trainings.pause();

export const resumeTraining: Command = ({ trainings }) => trainings.resume();

export const stopTraining: Command = ({ trainings }) => trainings.stop();

/** The live one while a run goes on; else the one that is chosen. */
export const showTrainingReport: Command = async (parts) => {
  if (parts.trainings.state()) return parts.report.showLive();
  const place = await chooseVersion(parts, t('Show which report?'));
  if (place) await parts.report.show(place, { reveal: true });
};

export const saveTrainingReport: Command = ({ report }) => report.save();

/** From the status bar while a run goes on. */
export const showTrainingMenu: Command = async ({ trainings }) => {
  const state = trainings.state();
  if (!state) return;
  const command = (label: string, name: string) => ({ label, command: `spoor.${name}` });
  const chosen = await vscode.window.showQuickPick(
    [
      command(`$(graph-line) ${t('Show report')}`, 'showTrainingReport'),
      state.activity === 'paused'
        ? command(`$(debug-continue) ${t('Resume training')}`, 'resumeTraining')
        : command(`$(debug-pause) ${t('Pause training')}`, 'pauseTraining'),
      command(`$(debug-stop) ${t('Stop training')}`, 'stopTraining'),
    ],
    { title: t('Spoor trains') },
  );
  if (chosen) await vscode.commands.executeCommand(chosen.command);
};
