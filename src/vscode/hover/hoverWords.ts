/** The hover's texts in the user's language. */
import { l10n } from 'vscode';
import type { ExplainWords } from '#core/answer/explainText.ts';

export const explainWords = (): ExplainWords => ({
  ask: l10n.t('Ask about this'),
  read: l10n.t('Read'),
  usedOnce: l10n.t('Used in 1 place'),
  used: l10n.t('Used in {0} places'),
  lastChanged: l10n.t('Last changed'),
  justNow: l10n.t('just now'),
  ages: [
    [l10n.t('1 year ago'), l10n.t('{0} years ago')],
    [l10n.t('1 month ago'), l10n.t('{0} months ago')],
    [l10n.t('1 week ago'), l10n.t('{0} weeks ago')],
    [l10n.t('1 day ago'), l10n.t('{0} days ago')],
    [l10n.t('1 hour ago'), l10n.t('{0} hours ago')],
    [l10n.t('1 minute ago'), l10n.t('{0} minutes ago')],
  ],
});
