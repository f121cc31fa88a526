/** The places where the chat is shown: the view in the side bar, and panels among the editors. All show the same. */
import * as vscode from 'vscode';
import type { ToPanel } from '#vscode/messages.ts';
import { panelLinks, type PanelLink, type PanelLinks, type Receive } from './panelLinks.ts';
import { panelPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';

export const CHAT_VIEW = 'spoor.chat';
export const CHAT_EDITOR = 'spoor.chatEditor';

export interface ChatPanels extends vscode.Disposable, Pick<PanelLinks, 'post' | 'isOpen'> {
  /** Shows a panel and says this to it as soon as it listens. */
  show(message?: ToPanel): Promise<void>;
  openInEditor(): void;
}

export function chatPanels(extension: vscode.Uri, receive: Receive, log: (error: unknown) => void): ChatPanels {
  const refusal = vscode.l10n.t(
    'This is more than can be asked at once. Shorten the question, or narrow it to fewer files and folders.',
  );
  const links = panelLinks({ receive, log, refusal });
  const editors = new Map<vscode.WebviewPanel, PanelLink>();
  let view: PanelLink | undefined;
  /** For the view, which the editor makes when it is first shown. */
  const forView: ToPanel[] = [];

  const connect = (webview: vscode.Webview, ended: vscode.Event<void>): PanelLink => {
    const link = links.connect((message) => void webview.postMessage(message));
    const listener = webview.onDidReceiveMessage(link.receive);
    ended(() => {
      listener.dispose();
      link.end();
    });
    showPage(webview, extension);
    return link;
  };
  const say = (link: PanelLink | undefined, message: ToPanel): void => {
    if (link) link.say(message);
    else forView.push(message);
  };
  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(shown) {
      const link = connect(shown.webview, shown.onDidDispose);
      forView.splice(0).forEach(link.say);
      view = link;
      // A hidden view loses its page, and gets it anew when it is shown.
      shown.onDidChangeVisibility(() => {
        if (!shown.visible) link.hide();
      });
      shown.onDidDispose(() => {
        if (view === link) view = undefined;
      });
    },
  };
  const adopt = (panel: vscode.WebviewPanel): void => {
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'activity-bar.svg');
    const link = connect(panel.webview, panel.onDidDispose);
    editors.set(panel, link);
    panel.onDidChangeViewState(() => {
      if (!panel.visible) link.hide();
    });
    panel.onDidDispose(() => editors.delete(panel));
  };
  const registered = [
    vscode.window.registerWebviewViewProvider(CHAT_VIEW, provider),
    vscode.window.registerWebviewPanelSerializer(CHAT_EDITOR, {
      deserializeWebviewPanel: (panel) => Promise.resolve(adopt(panel)),
    }),
  ];

  return {
    post: links.post,
    isOpen: links.isOpen,
    async show(message) {
      const front = [...editors.keys()].find(({ active }) => active) ?? [...editors.keys()].find((one) => one.visible);
      if (front) front.reveal();
      else await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
      if (message) say(front ? editors.get(front) : view, message);
    },
    openInEditor() {
      const open = [...editors.keys()][0];
      if (open) return open.reveal();
      const options = { enableFindWidget: true };
      adopt(vscode.window.createWebviewPanel(CHAT_EDITOR, 'Spoor', vscode.ViewColumn.Active, options));
    },
    dispose() {
      for (const panel of editors.keys()) panel.dispose();
      vscode.Disposable.from(...registered).dispose();
    },
  };
}

function showPage(webview: vscode.Webview, extension: vscode.Uri): void {
  const [dist, media] = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extension, folder)) as [
    vscode.Uri,
    vscode.Uri,
  ];
  webview.options = { enableScripts: true, localResourceRoots: [dist, media] };
  webview.html = panelPage({
    language: vscode.env.language,
    source: webview.cspSource,
    style: webview.asWebviewUri(vscode.Uri.joinPath(media, 'panel.css')).toString(),
    script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.js')).toString(),
    strings: panelStrings(),
  });
}
