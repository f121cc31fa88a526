/** The places where the chat is shown: the view in the side bar, and panels among the editors. All show the same. */
import * as vscode from 'vscode';
import type { FromPanel, ToPanel } from '#vscode/messages.ts';
import { batchEvents } from './batchEvents.ts';
import { panelPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import { parseMessage } from './parseMessage.ts';

export const CHAT_VIEW = 'spoor.chat';
export const CHAT_EDITOR = 'spoor.chatEditor';

export interface ChatPanels extends vscode.Disposable {
  /** To every panel that is open. One that does not listen yet is told a new state after the one that it asked for. */
  post(message: ToPanel): void;
  /** Whether there is any, shown or not. */
  isOpen(): boolean;
  /** Shows a panel and says this to it as soon as it listens. */
  show(message?: ToPanel): Promise<void>;
  openInEditor(): void;
}

export type Receive = (message: FromPanel, answer: (message: ToPanel) => void) => void;

/** A page that may not listen yet. */
interface Link {
  readonly webview: vscode.Webview;
  isReady: boolean;
  readonly waiting: ToPanel[];
}

export function chatPanels(extension: vscode.Uri, receive: Receive, log: (error: unknown) => void): ChatPanels {
  const links = new Set<Link>();
  const editors = new Map<vscode.WebviewPanel, Link>();
  let view: Link | undefined;
  /** For the view, which the editor makes when it is first shown. */
  const forView: ToPanel[] = [];
  const batches = batchEvents((message) => {
    for (const link of links)
      if (link.isReady) void link.webview.postMessage(message);
      else if (message.type === 'state') link.waiting.push(message);
  });

  const connect = (webview: vscode.Webview, ended: vscode.Event<void>): Link => {
    const link: Link = { webview, isReady: false, waiting: [] };
    links.add(link);
    const answer = (message: ToPanel): void => void webview.postMessage(message);
    const listener = webview.onDidReceiveMessage((value: unknown) => {
      const message = parseMessage(value);
      if (!message) return log(new Error('The panel said something that is not understood.'));
      receive(message, (reply) => {
        batches.flush();
        answer(reply);
        if (reply.type === 'state') hand(link, answer);
      });
    });
    ended(() => {
      listener.dispose();
      links.delete(link);
    });
    showPage(webview, extension);
    return link;
  };
  const say = (link: Link | undefined, message: ToPanel): void => {
    if (!link) forView.push(message);
    else if (link.isReady) void link.webview.postMessage(message);
    else link.waiting.push(message);
  };
  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(shown) {
      const link = connect(shown.webview, shown.onDidDispose);
      link.waiting.push(...forView.splice(0));
      view = link;
      // A hidden view loses its page, and gets it anew when it is shown.
      shown.onDidChangeVisibility(() => {
        if (!shown.visible) link.isReady = false;
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
      if (!panel.visible) link.isReady = false;
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
    post: batches.post,
    isOpen: () => links.size > 0,
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

/** The page has what it shows now; what waited for it comes after. */
function hand(link: Link, answer: (message: ToPanel) => void): void {
  link.isReady = true;
  for (const message of link.waiting.splice(0)) answer(message);
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
