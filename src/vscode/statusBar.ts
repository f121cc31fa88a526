/** Policy and docs index in the status bar; a click opens the menu of what there is to do. */
import * as vscode from 'vscode';
import type { StatusLine } from '#vscode/messages.ts';
import { statusText } from '#vscode/statusText.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';

export interface StatusBar extends vscode.Disposable {
  /** Without a status, as before the panel is opened for the first time. */
  show(status?: StatusLine): void;
}

const { t } = vscode.l10n;

export function statusBar(): StatusBar {
  const item = vscode.window.createStatusBarItem('spoor.status', vscode.StatusBarAlignment.Right, PRIORITY);
  item.name = 'Spoor';
  item.command = 'spoor.showMenu';
  const show = (status?: StatusLine): void => {
    const { icon, text } = statusText(status, editorLanguage());
    const policy = status?.policy ? t('policy: {0}', status.policy) : '';
    item.text = status?.policy ? `$(${icon}) Spoor: ${status.policy}` : `$(${icon}) Spoor`;
    item.tooltip = ['Spoor', policy, text].filter(Boolean).join(' · ');
    item.accessibilityInformation = { label: item.tooltip };
  };
  show();
  item.show();
  return { show, dispose: () => item.dispose() };
}

const PRIORITY = 20;
