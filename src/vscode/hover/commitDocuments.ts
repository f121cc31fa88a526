/** Commits as read-only documents: the message and the diff. */
import * as vscode from 'vscode';
import type { SearchService } from '#node/service/searchService.ts';

const SCHEME = 'spoor-commit';
const SHORT_ID = 10;

/** Also registers `spoor.openCommit`, which takes `{ id }`. */
export function commitDocuments(service: Pick<SearchService, 'commit'>): vscode.Disposable {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri, token) => commitContent(service, uri.query, token),
  });
  const open = vscode.commands.registerCommand('spoor.openCommit', async (given: unknown) => {
    const id = (given as { id?: unknown } | undefined)?.id;
    if (typeof id !== 'string' || !/^[0-9a-f]{40,64}$/.test(id)) return;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${id.slice(0, SHORT_ID)}.diff`, query: id });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  });
  return vscode.Disposable.from(provider, open);
}

async function commitContent(
  service: Pick<SearchService, 'commit'>,
  id: string,
  token: vscode.CancellationToken,
): Promise<string> {
  const stop = new AbortController();
  const listener = token.onCancellationRequested(() => stop.abort());
  try {
    const text = await service.commit(id, stop.signal);
    return text ?? vscode.l10n.t('Git does not find this commit any more. It may have been rewritten.');
  } finally {
    listener.dispose();
  }
}
