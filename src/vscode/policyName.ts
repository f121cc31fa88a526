/** What a policy is called in the user's language. */
import type { PolicyStatus } from '#node/service/searchService.ts';
import type { Language } from '#vscode/language.ts';

/** `shipped 1`, `this workspace 3`, `yours 2`, `team`, `by hand`, a file's name. */
export function policyName({ kind, number, version }: PolicyStatus, { t }: Language): string {
  switch (kind) {
    case 'shipped':
      return number === undefined ? t('shipped') : t('shipped {0}', number);
    case 'workspace':
      return number === undefined ? version : t('this workspace {0}', number);
    case 'user':
      return number === undefined ? version : t('yours {0}', number);
    case 'team':
      return t('team');
    case 'hand':
      return t('by hand');
    case 'uniform':
      return t('by chance');
    case 'file':
      return version;
  }
}
