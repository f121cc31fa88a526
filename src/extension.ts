/** Builds the parts and registers them. Nothing of Spoor searches, indexes or reads before it is first used. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import { registerAgents } from '#vscode/agents/agents.ts';
import { keptAnswers } from '#vscode/agents/keptAnswers.ts';
import { chatPanels } from '#vscode/chat/chatPanels.ts';
import { registerCommands } from '#vscode/commands/commands.ts';
import { offerMissingSites } from '#vscode/commands/docsCommands.ts';
import type { Parts } from '#vscode/commands/parts.ts';
import { editorTheme } from '#vscode/editorTheme.ts';
import { registerHover } from '#vscode/hover/hoverProvider.ts';
import { languageModels } from '#vscode/models/languageModels.ts';
import { openWorkspace } from '#vscode/openWorkspace.ts';
import { placeOpener } from '#vscode/placeOpener.ts';
import { readOnlyDocuments } from '#vscode/readOnlyDocuments.ts';
import { searchProcess } from '#vscode/searchProcess.ts';
import { readSettings } from '#vscode/settings.ts';
import { statusBar } from '#vscode/statusBar.ts';
import { storagePaths } from '#vscode/storagePaths.ts';
import { offerToGoOn } from '#vscode/training/train.ts';
import { training } from '#vscode/training/training.ts';
import { watchEditor } from '#vscode/watchEditor.ts';

let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Spoor', { log: true });
  const storage = storagePaths(context.globalStorageUri.fsPath);
  const settingsQuery = `@ext:${context.extension.id}`;
  const search = searchProcess({
    modulePath: join(context.extensionPath, 'dist', 'searchService.mjs'),
    settings: readSettings([], storage),
    log: (text) => log.info(text),
    onEvent: ({ status }) => now.chat.docsChanged(status),
    onStart: () => void offerMissingSites(parts),
  });
  const panels = chatPanels(
    context.extensionUri,
    (message, answer) => {
      const { chat } = now;
      // When the folders have changed meanwhile, the page has a newer state than that of a chat that is closed.
      void chat.receive(message, (reply) => {
        if (chat === now.chat) answer(reply);
      });
    },
    (error) => log.error(String(error)),
  );
  const theme = editorTheme(() => void now.chat.lookChanged());
  const places = placeOpener(async (path) => now.paths.fileOf(path) ?? (await search.service.resolve([path]))[0]?.file);
  const status = statusBar();
  const models = languageModels(context);
  const learning = training({
    extension: context.extensionPath,
    log: (text) => log.info(text),
    readReport: (place) => now.policies.shelf.readReport(place),
  });
  const editor = {
    post: panels.post,
    look: theme.look,
    openPlaces: (found: readonly PlaceText[], beside: boolean) => places.open(found, { beside }),
    memory: context.workspaceState,
    log,
    settingsQuery,
  };
  const open = () => openWorkspace({ search, storage, models, editor, showStatus: status.show });
  let now = open();
  const configure = (): void => search.configure(readSettings(now.paths.folders, storage));
  const parts: Parts = {
    search,
    panels,
    places,
    documents: readOnlyDocuments(),
    answers: keptAnswers(),
    trainings: learning.trainings,
    report: learning.report,
    models,
    storage,
    log,
    settingsQuery,
    chat: () => now.chat,
    paths: () => now.paths,
    feedback: () => now.feedback,
    policies: () => now.policies,
    configure,
    async policyChanged() {
      configure();
      await now.chat.settingsChanged({ start: search.isStarted() });
    },
  };
  const watched = watchEditor({
    now: () => now,
    configure,
    isStarted: search.isStarted,
    async reopen() {
      const before = now;
      now = open();
      await before.chat.close();
      await now.chat.show();
      await now.chat.settingsChanged({ start: search.isStarted() || panels.isOpen() });
    },
  });
  context.subscriptions.push(log, panels, theme, places, status, learning, parts.documents, watched);
  const agents = registerAgents({ ...parts, extension: context.extension });
  context.subscriptions.push(registerCommands(parts), registerHover(parts), agents);
  close = async () => {
    await now.chat.close();
    await Promise.all([search.stop(), learning.stop(), models.close()]);
  };
  void offerToGoOn(parts).catch((error: unknown) => log.error(String(error)));
}

/** Waits until all is saved and the searching process is gone. */
export const deactivate = (): Promise<void> | undefined => close?.();
