/** The editor as the chat sees it. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Remedy } from '#core/answer/conversation.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { EditorLook } from '#node/service/searchService.ts';
import type { ToPanel } from '#vscode/messages.ts';
import { policyName } from '#vscode/policyName.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import type { ChatHost } from './chatHost.ts';

export interface EditorParts {
  readonly post: (message: ToPanel) => void;
  readonly look: () => EditorLook;
  readonly openPlaces: (places: readonly PlaceText[], beside: boolean) => Promise<void>;
  /** Workspace path of a file. */
  readonly pathOf: (file: string) => string | undefined;
  readonly hasFolder: () => boolean;
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  readonly settingsQuery: string;
}

export function editorHost(parts: EditorParts): ChatHost {
  return {
    nowMs: () => Date.now(),
    newId: () => randomUUID(),
    workspace() {
      if (!parts.hasFolder()) return 'no-folder';
      return vscode.workspace.isTrusted ? 'ready' : 'untrusted';
    },
    post: parts.post,
    look: parts.look,
    selection: () => selectedLines(parts.pathOf),
    async openPlaces(places, beside) {
      await parts.openPlaces(places, beside);
      void vscode.commands.executeCommand('setContext', 'spoor.opened', true);
    },
    copy: async (text) => vscode.env.clipboard.writeText(text),
    saveAs,
    remedy: (remedy) => runRemedy(remedy, parts),
    showPolicy: async () => vscode.commands.executeCommand('spoor.showPolicyCard'),
    chooseModel: async () => vscode.commands.executeCommand('spoor.chooseModel'),
    showDocs: async () => vscode.commands.executeCommand('spoor.showMenu'),
    policyName: (status) => policyName(status, editorLanguage()),
    setFact: (fact, value) => void vscode.commands.executeCommand('setContext', `spoor.${fact}`, value),
    lastConversation: {
      get: () => parts.memory.get<string>(LAST_CONVERSATION),
      set: (id) => void parts.memory.update(LAST_CONVERSATION, id),
    },
    tell: (sentence) => void vscode.window.showInformationMessage(sentence),
    log: (error) => parts.log.error(error instanceof Error ? error : String(error)),
    sentences: {
      unexpected: vscode.l10n.t('Something went wrong inside Spoor. See the log for what it was, and ask again.'),
      notSaved: vscode.l10n.t('The conversation could not be saved. See the log for the reason.'),
      feedbackNotSaved: vscode.l10n.t('What you said about answers could not be saved. See the log for the reason.'),
      nothingToAccept: vscode.l10n.t('There is no answer to accept. Ask a question first.'),
      selectFirst: vscode.l10n.t('Select the right lines in a file of the workspace first.'),
    },
  };
}

const LAST_CONVERSATION = 'lastConversation';

/** Whole lines. A click into the panel takes the focus from the editor, not its selection. */
export function selectedLines(pathOf: (file: string) => string | undefined): PlaceText | undefined {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor || editor.selection.isEmpty || editor.document.uri.scheme !== 'file') return undefined;
  const path = pathOf(editor.document.uri.fsPath);
  if (path === undefined) return undefined;
  const { start, end } = editor.selection;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const lines = Array.from({ length: last - start.line + 1 }, (_, i) => editor.document.lineAt(start.line + i).text);
  return { path, start: start.line + 1, end: last + 1, lines };
}

async function saveAs(name: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { Markdown: ['md'] },
  });
  if (target?.scheme === 'file') await writeFile(target.fsPath, text);
  else if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

async function runRemedy(remedy: Remedy, { log, settingsQuery }: EditorParts): Promise<void> {
  if (remedy === 'show-log') return log.show();
  const [command, ...args] = commandOf(remedy, settingsQuery);
  if (command) await vscode.commands.executeCommand(command, ...args);
}

function commandOf(remedy: Exclude<Remedy, 'show-log'>, settingsQuery: string): string[] {
  switch (remedy) {
    case 'open-folder':
      return ['vscode.openFolder'];
    case 'manage-trust':
      return ['workbench.trust.manage'];
    case 'run-doctor':
      return ['spoor.doctor'];
    case 'open-settings':
      return ['workbench.action.openSettings', settingsQuery];
    case 'resume-docs':
      return ['spoor.resumeDocsIndex'];
    case 'choose-model':
      return ['spoor.chooseModel'];
    case 'set-model-key':
      return ['spoor.setModelKey'];
    case 'retry':
      return [];
  }
}
