/** The learned policies of the open workspace, and where they are kept. */
import { policyFolders } from '#node/stores/policyFolders.ts';
import type { PolicyFolders } from '#node/stores/policyVersion.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { policyShelf, type PolicyShelf } from './policyShelf.ts';

export interface WorkspacePolicies {
  readonly folders: PolicyFolders;
  readonly shelf: PolicyShelf;
}

/**
 * @param directory of the policies of all workspaces.
 * @param folders URIs of the workspace's folders.
 * @param tell gets a sentence for each version that is damaged and passed over.
 */
export function workspacePolicies(
  directory: string,
  folders: readonly string[],
  tell: (sentence: string) => void,
): WorkspacePolicies {
  const { workspace, user } = policyFolders(directory, folders);
  return {
    folders: { workspace, user },
    shelf: policyShelf({
      workspace: createPolicyStore({ directory: workspace, tell }),
      user: createPolicyStore({ directory: user, tell }),
    }),
  };
}
