import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { editorLook } from './editorLook.ts';

const themes = {
  extensionPath: join('/ext', 'themes'),
  packageJSON: {
    contributes: {
      themes: [
        { id: 'Default Dark', label: 'Dark', uiTheme: 'vs-dark', path: './dark.json' },
        { label: 'Other Dark', uiTheme: 'vs-dark', path: './other.json' },
        { id: 'Default Light', label: 'Light', uiTheme: 'vs', path: './light.json' },
        { label: 'Old', uiTheme: 'vs-dark', path: './old.tmTheme' },
        'nonsense',
      ],
    },
  },
};
const languages = {
  extensionPath: join('/ext', 'ts'),
  packageJSON: {
    contributes: {
      languages: [{ id: 'typescript', extensions: ['.ts', 7], filenames: ['tsfile'] }],
      grammars: [
        { language: 'typescript', scopeName: 'source.ts', path: './ts.json' },
        { scopeName: 'text.extra', path: './extra.json' },
        { language: 'broken' },
      ],
    },
  },
};
const extensions = [
  themes,
  languages,
  {
    extensionPath: '/ext/more',
    packageJSON: { contributes: { languages: [{ id: 'typescript', extensions: ['.mts'] }] } },
  },
  { extensionPath: '/ext/odd', packageJSON: { contributes: { themes: 5, languages: null } } },
  { extensionPath: '/ext/none', packageJSON: undefined },
];
const look = (kind: 'dark' | 'light' | 'high-contrast', settings: Record<string, unknown>) =>
  editorLook({ kind, extensions, setting: (name) => settings[name] });

describe('the theme', () => {
  test.each([
    ['is the chosen one by its id', 'dark', { 'workbench.colorTheme': 'Default Dark' }, 'dark.json'],
    ['is the chosen one by its label', 'dark', { 'workbench.colorTheme': 'Other Dark' }, 'other.json'],
    [
      'is the preferred one where the editor follows the system',
      'light',
      {
        'workbench.colorTheme': 'Default Dark',
        'window.autoDetectColorScheme': true,
        'workbench.preferredLightColorTheme': 'Default Light',
      },
      'light.json',
    ],
    ['is of the kind that is shown', 'light', { 'workbench.colorTheme': 'Default Dark' }, undefined],
    ['is none that is not JSON', 'dark', { 'workbench.colorTheme': 'Old' }, undefined],
    ['is none that is not there', 'high-contrast', { 'workbench.colorTheme': 'Gone' }, undefined],
  ] as const)('%s', (_, kind, settings, file) => {
    expect(look(kind, settings).theme).toBe(file && join('/ext/themes', file));
  });
});

test('grammars know the files of their language from all extensions', () => {
  expect(look('dark', {}).grammars).toEqual([
    { scope: 'source.ts', file: join('/ext/ts', 'ts.json'), files: ['.ts', 'tsfile', '.mts'] },
    { scope: 'text.extra', file: join('/ext/ts', 'extra.json'), files: [] },
  ]);
});
