/** Where the folders of a workspace stand when a question is asked, so that feedback says what it was about. */
import type { FolderState } from '#core/feedback/feedbackEvent.ts';
import { runGit } from '#node/history/git.ts';
import type { WorkspaceRoot } from '#node/workspace.ts';

/** One for each folder, in order. A folder without a repository, or a git that fails, has no commit. Never rejects. */
export function folderStates(roots: readonly WorkspaceRoot[], signal: AbortSignal): Promise<FolderState[]> {
  return Promise.all(
    roots.map(async ({ label, directory }) => {
      const commit = await headCommit(directory, signal);
      return { name: label, ...(commit !== undefined && { commit }) };
    }),
  );
}

async function headCommit(directory: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await runGit({ program: 'git', signal }, directory, ['rev-parse', '--quiet', '--verify', 'HEAD']);
  const id = found.stdout.trim();
  return found.outcome === 'ended' && found.code === 0 && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}
