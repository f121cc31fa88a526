/** Settings of the searching process for tests, and its module from the sources. */
import { join } from 'node:path';
import type { ServiceSettings } from '../../src/node/service/searchService.ts';

export const serviceModule = join(import.meta.dirname, '../../src/node/service/serviceProcess.ts');

export const serviceSettings = (
  given: Partial<ServiceSettings> & Pick<ServiceSettings, 'folders' | 'storage'>,
): ServiceSettings => ({
  docsFolders: [],
  docs: true,
  history: true,
  policy: 'learned',
  turns: 4,
  runtime: 'auto',
  ...given,
});
