/** Documents that Spoor writes for reading: the policy card, what the doctor found. */
import * as vscode from 'vscode';

export interface ReadOnlyDocuments extends vscode.Disposable {
  /** @param name what the tab says, with the ending of its language. */
  show(name: string, text: string): Promise<void>;
  /** Markdown, as it is read and not as it is written. */
  showRendered(name: string, markdown: string): Promise<void>;
}

const SCHEME = 'spoor';

export function readOnlyDocuments(): ReadOnlyDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
  });
  const put = (name: string, text: string): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    texts.set(uri.path, text);
    changed.fire(uri);
    return uri;
  };
  return {
    async show(name, text) {
      const document = await vscode.workspace.openTextDocument(put(name, text));
      await vscode.window.showTextDocument(document, { preview: true });
    },
    async showRendered(name, markdown) {
      await vscode.commands.executeCommand('markdown.showPreview', put(name, markdown));
    },
    dispose: () => void vscode.Disposable.from(provider, changed).dispose(),
  };
}
