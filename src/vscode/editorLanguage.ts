/** The language that the editor speaks to its user. */
import { env, l10n } from 'vscode';
import type { Language } from './language.ts';

export const editorLanguage = (): Language => ({
  tag: env.language,
  t: l10n.t,
});
