/** What the editor puts into the ask box. The panel can ask all of it. */
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { Selection, ToPanel } from '#vscode/messages.ts';
import type { Language } from '#vscode/language.ts';
import { MAX_PATHS, MAX_TEXT } from './parseMessage.ts';

type Composed = Extract<ToPanel, { readonly type: 'compose' }>;

/** Of very long code the beginning is taken: no more than that is searched for. */
export function composeSelection({ lines, ...span }: PlaceText): Composed & { readonly selection: Selection } {
  return { type: 'compose', selection: { ...span, text: lines.join('\n').slice(0, MAX_TEXT) } };
}

/** Files and folders to narrow the question to; a sentence when they are too many, or none. */
export function composeScope(scope: readonly string[], { t }: Language): Composed | string {
  if (scope.length === 0) return t('Open a file of the workspace first, or choose a file or folder in the explorer.');
  if (scope.length <= MAX_PATHS) return { type: 'compose', scope };
  return t('A question can be narrowed to {0} files and folders at most. Choose a folder that holds them.', MAX_PATHS);
}
