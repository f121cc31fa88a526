/** What commands work with. */
import type * as vscode from 'vscode';
import type { LanguageModels } from '#vscode/models/languageModels.ts';
import type { SearchProcess } from '#vscode/searchProcess.ts';
import type { ChatController } from '#vscode/chat/chatController.ts';
import type { KeptAnswers } from '#vscode/agents/keptAnswers.ts';
import type { ChatPanels } from '#vscode/chat/chatPanels.ts';
import type { PlaceOpener } from '#vscode/placeOpener.ts';
import type { ReadOnlyDocuments } from '#vscode/readOnlyDocuments.ts';
import type { StoragePaths } from '#vscode/storagePaths.ts';
import type { WorkspacePaths } from '#vscode/workspacePaths.ts';
import type { FeedbackStore } from '#node/stores/feedbackStore.ts';
import type { ReportView } from '#vscode/training/reportView.ts';
import type { Trainings } from '#vscode/training/trainings.ts';
import type { WorkspacePolicies } from '#vscode/training/workspacePolicies.ts';

export interface Parts {
  readonly search: SearchProcess;
  readonly panels: ChatPanels;
  readonly places: PlaceOpener;
  readonly documents: ReadOnlyDocuments;
  readonly trainings: Trainings;
  readonly report: ReportView;
  readonly models: LanguageModels;
  readonly storage: StoragePaths;
  readonly log: vscode.LogOutputChannel;
  /** Those of the editor's own chat. */
  readonly answers: KeptAnswers;
  /** These change with the workspace's folders. */
  chat(): ChatController;
  paths(): WorkspacePaths;
  feedback(): FeedbackStore;
  policies(): WorkspacePolicies;
  /** The searching process is to know the settings as they are. */
  configure(): void;
  /** To be called after another policy was put in use. */
  policyChanged(): Promise<void>;
  /** Search string of Spoor's settings in the settings view. */
  readonly settingsQuery: string;
}

/** What a command does; arguments come from menus, key bindings and links, and may be anything. */
export type Command = (parts: Parts, ...args: readonly unknown[]) => Promise<void> | void;
