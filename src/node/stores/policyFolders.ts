/** Where the versions of learned policies are kept: a folder for each workspace, and one for the user. */
import { join } from 'node:path';
import { folderKey } from './folderNames.ts';
import type { PolicyFolders } from './policyVersion.ts';

/**
 * @param directory of the policies of all workspaces.
 * @param folders URIs of the workspace's folders; their order does not count.
 */
export const policyFolders = (directory: string, folders: readonly string[]): PolicyFolders => ({
  workspace: join(directory, folderKey([...folders].sort().join('\n'))),
  user: join(directory, 'user'),
});
