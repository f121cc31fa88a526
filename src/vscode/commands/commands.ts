/** The commands: a line for each, by its name in package.json without `spoor.`. */
import * as vscode from 'vscode';
import { ServiceError } from '#node/service/searchService.ts';
import { doctor, openSettings, showMenu, showPolicyCard } from './aboutCommands.ts';
import { ask, askAboutSelection, narrow } from './askCommands.ts';
import { acceptLastAnswer, newConversation, openInEditor, openPlace, showHistory } from './chatCommands.ts';
import { deleteMyData, exportFeedback } from './dataCommands.ts';
import {
  addDocsFolder,
  addDocsSite,
  openPage,
  pauseDocsIndex,
  rebuildDocsIndex,
  resumeDocsIndex,
} from './docsCommands.ts';
import type { Command, Parts } from './parts.ts';

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
  exportFeedback,
  deleteMyData,
  doctor,
};

/** For links and menus of our own only. */
const INTERNAL: Readonly<Record<string, Command>> = { openPlace, openSettings, showMenu };

export function registerCommands(parts: Parts): vscode.Disposable {
  const registered = Object.entries({ ...COMMANDS, ...INTERNAL }).map(([name, command]) =>
    vscode.commands.registerCommand(`spoor.${name}`, (...args: unknown[]) => run(parts, command, args)),
  );
  return vscode.Disposable.from(...registered);
}

/** A command that fails says why; a sentence of ours is shown as it is. */
async function run(parts: Parts, command: Command, args: readonly unknown[]): Promise<void> {
  try {
    await command(parts, ...args);
  } catch (error) {
    parts.log.error(error instanceof Error ? error : String(error));
    const showLog = vscode.l10n.t('Show Log');
    const sentence =
      error instanceof ServiceError || (error instanceof Error && error.name === 'StoreError')
        ? error.message
        : vscode.l10n.t('Something went wrong inside Spoor. See the log for what it was, and ask again.');
    if ((await vscode.window.showErrorMessage(sentence, showLog)) === showLog) parts.log.show();
  }
}
