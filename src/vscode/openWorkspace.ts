/** What hangs on the workspace's folders: the names of its files, what is kept of it, and the chat about it. */
import * as vscode from 'vscode';
import { createConversationStore } from '#node/stores/conversationStore.ts';
import { createFeedbackStore, type FeedbackStore } from '#node/stores/feedbackStore.ts';
import { chatController, type ChatController } from '#vscode/chat/chatController.ts';
import { editorHost, type EditorParts } from '#vscode/chat/editorHost.ts';
import type { StatusLine } from '#vscode/messages.ts';
import type { LanguageModels } from '#vscode/models/languageModels.ts';
import type { SearchProcess } from '#vscode/searchProcess.ts';
import { readSettings } from '#vscode/settings.ts';
import type { StoragePaths } from '#vscode/storagePaths.ts';
import { workspacePolicies, type WorkspacePolicies } from '#vscode/training/workspacePolicies.ts';
import { createWorkspacePaths, type WorkspacePaths } from '#vscode/workspacePaths.ts';

export interface OpenWorkspace {
  readonly paths: WorkspacePaths;
  readonly chat: ChatController;
  readonly feedback: FeedbackStore;
  readonly policies: WorkspacePolicies;
}

export interface WorkspaceParts {
  readonly search: SearchProcess;
  readonly storage: StoragePaths;
  readonly models: LanguageModels;
  readonly editor: Omit<EditorParts, 'pathOf' | 'hasFolder'>;
  readonly showStatus: (status: StatusLine) => void;
}

export function openWorkspace({ search, storage, models, editor, showStatus }: WorkspaceParts): OpenWorkspace {
  const paths = workspacePaths();
  const folders = paths.folders.map((folder) => vscode.Uri.file(folder).toString());
  const tell = (sentence: string): void => void vscode.window.showWarningMessage(sentence);
  const feedback = createFeedbackStore({ directory: storage.feedback, folders });
  const chat = chatController({
    service: search.service,
    conversations: createConversationStore({ directory: storage.conversations, folders, tell }),
    feedback,
    models,
    host: editorHost({ ...editor, pathOf: paths.pathOf, hasFolder: () => paths.folders.length > 0 }),
  });
  chat.onStatus(showStatus);
  search.configure(readSettings(paths.folders, storage));
  return { paths, chat, feedback, policies: workspacePolicies(storage.policies, folders, editor.log.warn) };
}

/** Only folders on disk can be searched. */
const workspacePaths = (): WorkspacePaths =>
  createWorkspacePaths(
    (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
  );
