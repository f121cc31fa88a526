/** The docs index in the status bar: how it is, in words, and the icon that goes with it. */
import type { StatusLine } from '#vscode/messages.ts';
import type { Language } from '#vscode/language.ts';

export interface StatusText {
  /** Name of an icon of the editor. */
  readonly icon: string;
  readonly text: string;
}

/** Without a status nothing was started yet. */
export function statusText(status: StatusLine | undefined, { t }: Language): StatusText {
  if (!status) return { icon: 'search', text: t('starts when it is first used') };
  const { sections, complete, paused } = status.docs;
  if (paused) return { icon: 'debug-pause', text: t('docs: paused at {0} sections', sections) };
  if (!complete) return { icon: 'sync~spin', text: t('docs: indexing, {0} sections', sections) };
  return { icon: 'search', text: sections === 1 ? t('docs: 1 section') : t('docs: {0} sections', sections) };
}
