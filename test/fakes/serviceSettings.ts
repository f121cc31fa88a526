/** Settings of the searching process for tests, and its module from the sources. */
import { fileURLToPath } from 'node:url';
import type { ServiceSettings } from '../../src/node/service/searchService.ts';

export const serviceModule = fileURLToPath(new URL('../../src/node/service/serviceProcess.ts', import.meta.url));

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
