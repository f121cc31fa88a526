/** Documents that Spoor writes for reading: the policy card, what the doctor found. */
import * as vscode from 'vscode';

export interface ReadOnlyDocuments extends vscode.Disposable {
  /** Shows Markdown as it is read, not as it is written. `name` is what the tab says, with `.md`. */
  show(name: string, markdown: string): Promise<void>;
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
    async show(name, markdown) {
      const uri = put(name, markdown);
      // A preview of a document that is not loaded yet may stay empty.
      await vscode.workspace.openTextDocument(uri);
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    },
    dispose: () => void vscode.Disposable.from(provider, changed).dispose(),
  };
}
