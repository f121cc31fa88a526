/** The commands: a line for each, by its name in package.json without `spoor.`. */
import * as vscode from 'vscode';
import { acceptAnswer, openAnswer } from '#vscode/agents/answerCommands.ts';
import { doctor, openSettings, showMenu, showPolicyCard } from './aboutCommands.ts';
import { ask, askAboutSelection, narrow } from './askCommands.ts';
import { acceptLastAnswer, newConversation, openInEditor, openPlace, showHistory } from './chatCommands.ts';
import { deleteMyData, exportFeedback, importFeedback } from './dataCommands.ts';
import {
  addDocsFolder,
  addDocsSite,
  openPage,
  pauseDocsIndex,
  rebuildDocsIndex,
  resumeDocsIndex,
} from './docsCommands.ts';
import { chooseModel, forgetModelKeys, setModelKey } from './modelCommands.ts';
import type { Command, Parts } from './parts.ts';
import { comparePolicies, promotePolicy, resetPolicy, rollBackPolicy } from './policyCommands.ts';
import {
  pauseTraining,
  resumeTraining,
  saveTrainingReport,
  showTrainingMenu,
  showTrainingReport,
  stopTraining,
  trainFromAnswers,
  trainOnBoth,
  trainOnHistory,
} from './trainingCommands.ts';

/** In the palette; package.json has them all. `explainSymbol` is registered with the hover. */
const COMMANDS: Readonly<Record<string, Command>> = {
  ask,
  askAboutSelection,
  narrow,
  newConversation,
  showHistory,
  acceptLastAnswer,
  openInEditor,
  addDocsFolder,
  addDocsSite,
  openPage,
  rebuildDocsIndex,
  pauseDocsIndex,
  resumeDocsIndex,
  showPolicyCard,
  trainFromAnswers,
  trainOnHistory,
  trainOnBoth,
  pauseTraining,
  resumeTraining,
  stopTraining,
  showTrainingReport,
  saveTrainingReport,
  comparePolicies,
  promotePolicy,
  rollBackPolicy,
  resetPolicy,
  chooseModel,
  setModelKey,
  forgetModelKeys,
  exportFeedback,
  importFeedback,
  deleteMyData,
  doctor,
};

/** For links and menus of our own only. */
const INTERNAL: Readonly<Record<string, Command>> = {
  acceptAnswer,
  openAnswer,
  openPlace,
  openSettings,
  showMenu,
  showTrainingMenu,
};

export function registerCommands(parts: Parts): vscode.Disposable {
  const registered = Object.entries({ ...COMMANDS, ...INTERNAL }).map(([name, command]) =>
    vscode.commands.registerCommand(`spoor.${name}`, (...args: unknown[]) => run(parts, command, args)),
  );
  return vscode.Disposable.from(...registered);
}

/** Errors whose messages are sentences for people. */
const OURS = ['ServiceError', 'StoreError', 'LearningError', 'ModelFailure'];

/** A command that fails says why; a sentence of ours is shown as it is. */
async function run(parts: Parts, command: Command, args: readonly unknown[]): Promise<void> {
  try {
    await command(parts, ...args);
  } catch (error) {
    parts.log.error(error instanceof Error ? error : String(error));
    const showLog = vscode.l10n.t('Show Log');
    const sentence =
      error instanceof Error && OURS.includes(error.name)
        ? error.message
        : vscode.l10n.t('Something went wrong inside Spoor. See the log for what it was, and ask again.');
    if ((await vscode.window.showErrorMessage(sentence, showLog)) === showLog) parts.log.show();
  }
}
