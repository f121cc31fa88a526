/** Tells the chat what changes around it: settings, trust, folders, files. */
import * as vscode from 'vscode';
import type { OpenWorkspace } from '#vscode/openWorkspace.ts';

export interface WatchedParts {
  now(): OpenWorkspace;
  /** The folders are others: everything that hangs on them is made anew. */
  reopen(): Promise<void>;
  /** The searching process is to know the settings as they are. */
  configure(): void;
  /** Nothing has to be shown anew before something was asked for. */
  isStarted(): boolean;
}

export function watchEditor({ now, reopen, configure, isStarted }: WatchedParts): vscode.Disposable {
  const settingsChanged = (): void => {
    configure();
    void now().chat.settingsChanged({ start: isStarted() });
  };
  const filesChanged = (path?: string): void => {
    if (isStarted()) void now().chat.filesChanged(path);
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('spoor')) settingsChanged();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(settingsChanged),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void reopen()),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const path = uri.scheme === 'file' ? now().paths.pathOf(uri.fsPath) : undefined;
      if (path !== undefined) filesChanged(path);
    }),
    vscode.workspace.onDidRenameFiles(() => filesChanged()),
    vscode.workspace.onDidDeleteFiles(() => filesChanged()),
    // While the window was in the background, a checkout may have changed any file.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) filesChanged();
    }),
  );
}
