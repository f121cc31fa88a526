/** The look of this editor, worked out once and again when something of it changes. */
import * as vscode from 'vscode';
import type { EditorLook } from '#node/service/searchService.ts';
import { editorLook, LOOK_SETTINGS } from '#vscode/editorLook.ts';

export interface EditorTheme extends vscode.Disposable {
  /** The same object until the look changes. */
  look(): EditorLook;
}

export function editorTheme(changed: () => void): EditorTheme {
  let known: EditorLook | undefined;
  const forget = (): void => {
    if (!known) return;
    known = undefined;
    changed();
  };
  const listeners = [
    vscode.window.onDidChangeActiveColorTheme(forget),
    vscode.extensions.onDidChange(forget),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (LOOK_SETTINGS.some((name) => event.affectsConfiguration(name))) forget();
    }),
  ];
  return {
    look: () =>
      (known ??= editorLook({
        kind: KINDS[vscode.window.activeColorTheme.kind],
        extensions: vscode.extensions.all,
        setting: (name) => vscode.workspace.getConfiguration().get(name),
      })),
    dispose: () => void vscode.Disposable.from(...listeners).dispose(),
  };
}

const KINDS: Readonly<Record<vscode.ColorThemeKind, EditorLook['kind']>> = {
  [vscode.ColorThemeKind.Light]: 'light',
  [vscode.ColorThemeKind.Dark]: 'dark',
  [vscode.ColorThemeKind.HighContrast]: 'high-contrast',
  [vscode.ColorThemeKind.HighContrastLight]: 'high-contrast-light',
};
