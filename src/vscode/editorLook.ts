/** What the editor knows of its languages and its theme, so that previews have the editor's own colours. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { EditorGrammar, EditorLook } from '#node/service/searchService.ts';

/** The parts of `vscode.workspace` and `vscode.extensions` that this needs. */
export interface LookSources {
  readonly kind: EditorLook['kind'];
  /** The installed extensions, those of the editor among them. */
  readonly extensions: readonly Pick<vscode.Extension<unknown>, 'extensionPath' | 'packageJSON'>[];
  setting(name: string): unknown;
}

/** Nothing of an extension is taken for granted: a manifest may hold anything. */
export function editorLook(sources: LookSources): EditorLook {
  const theme = themeFile(sources);
  return { kind: sources.kind, ...(theme && { theme }), grammars: grammarsOf(sources.extensions) };
}

/** Names of settings that decide which theme is shown. */
export const LOOK_SETTINGS = [
  'workbench.colorTheme',
  'workbench.preferredDarkColorTheme',
  'workbench.preferredLightColorTheme',
  'workbench.preferredHighContrastColorTheme',
  'workbench.preferredHighContrastLightColorTheme',
  'window.autoDetectColorScheme',
  'window.autoDetectHighContrast',
] as const;

const PREFERRED = {
  dark: 'workbench.preferredDarkColorTheme',
  light: 'workbench.preferredLightColorTheme',
  'high-contrast': 'workbench.preferredHighContrastColorTheme',
  'high-contrast-light': 'workbench.preferredHighContrastLightColorTheme',
} as const;

const UI_THEMES: Readonly<Record<string, EditorLook['kind']>> = {
  vs: 'light',
  'vs-dark': 'dark',
  'hc-black': 'high-contrast',
  'hc-light': 'high-contrast-light',
};

/** The theme of the kind that is shown: the one chosen, or the one preferred where the editor follows the system. */
function themeFile({ kind, extensions, setting }: LookSources): string | undefined {
  const named = new Map<string, string>();
  for (const { extensionPath, packageJSON } of extensions)
    for (const theme of listOf(packageJSON, 'themes')) {
      if (UI_THEMES[String(theme['uiTheme'])] !== kind || !isJson(theme['path'])) continue;
      for (const name of [theme['label'], theme['id']])
        if (typeof name === 'string') named.set(name, join(extensionPath, theme['path']));
    }
  const names = [setting('workbench.colorTheme'), setting(PREFERRED[kind])];
  const followed = setting('window.autoDetectColorScheme') === true ? names.toReversed() : names;
  return followed.map((name) => named.get(String(name))).find((file) => file !== undefined);
}

const isJson = (path: unknown): path is string => typeof path === 'string' && path.endsWith('.json');

function grammarsOf(extensions: LookSources['extensions']): EditorGrammar[] {
  const files = filesByLanguage(extensions);
  return extensions.flatMap(({ extensionPath, packageJSON }) =>
    listOf(packageJSON, 'grammars').flatMap(({ scopeName, path, language }) =>
      typeof scopeName === 'string' && typeof path === 'string'
        ? [{ scope: scopeName, file: join(extensionPath, path), files: files.get(String(language)) ?? [] }]
        : [],
    ),
  );
}

/** Endings and whole names of the files of each language, from all extensions that say something about it. */
function filesByLanguage(extensions: LookSources['extensions']): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const { packageJSON } of extensions)
    for (const language of listOf(packageJSON, 'languages')) {
      const id = String(language['id']);
      const known = files.get(id) ?? [];
      files.set(id, [...known, ...texts(language['extensions']), ...texts(language['filenames'])]);
    }
  return files;
}

function listOf(manifest: unknown, point: string): Record<string, unknown>[] {
  const contributes = isRecord(manifest) ? manifest['contributes'] : undefined;
  const list = isRecord(contributes) ? contributes[point] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
