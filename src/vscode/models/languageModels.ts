/** The language model that the user has chosen, opened when it is needed. With none chosen nothing is opened or asked. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Remedy } from '#core/answer/conversation.ts';
import type { ChatModel } from '#core/llm/chatModel.ts';
import { ModelFailure, type ModelFailureKind } from '#core/llm/modelFailure.ts';
import { endpointAddress } from '#node/llm/endpointAddress.ts';
import { endpointModel, type EndpointOptions } from '#node/llm/endpointModel.ts';
import { folderModel } from '#node/llm/folderModel.ts';
import { editorModel } from './editorModel.ts';
import { choiceName, type ModelChoice } from './modelChoice.ts';
import { modelConsent, type ModelConsent } from './modelConsent.ts';
import { modelKeys, type ModelKeys } from './modelKeys.ts';
import { chosenModel } from './modelSettings.ts';
import { openFolder } from './openFolder.ts';

export interface LanguageModels {
  readonly keys: ModelKeys;
  readonly consent: ModelConsent;
  /** To be shown; empty when none is chosen. */
  name(): string;
  /**
   * Rejects with a `ModelFailure`, also when the user does not allow it. To be called in answer to something that the
   * user did; `again`: it was just this.
   */
  open(again: boolean): Promise<ChatModel>;
  /** What helps after such a failure of the chosen model, besides trying again. */
  remedyFor(kind: ModelFailureKind): Remedy;
  /** Deletes keys and what was allowed; returns how many keys there were. */
  forget(): Promise<number>;
  /** Ends what was opened. */
  close(): Promise<void>;
}

export function languageModels(context: vscode.ExtensionContext): LanguageModels {
  const keys = modelKeys(context.secrets);
  const consent = modelConsent(context.globalState, askConsent);
  const servers = openServers();
  const modulePath = join(context.extensionPath, 'dist', 'modelProcess.mjs');
  const folders = openFolder((directory) => folderModel({ directory, modulePath }));
  const open = async (choice: ModelChoice, again: boolean): Promise<ChatModel> => {
    switch (choice.source) {
      case 'off':
        throw new ModelFailure('no-model', vscode.l10n.t('No language model is chosen.'));
      case 'editor':
        return openEditorModel(choice);
      case 'endpoint':
        return openEndpoint(choice, again);
      case 'folder':
        return folders.open(choice.folder);
    }
  };
  const openEndpoint = async (
    { url, name }: Extract<ModelChoice, { readonly source: 'endpoint' }>,
    again: boolean,
  ): Promise<ChatModel> => {
    const { origin } = endpointAddress(url);
    if (!(await consent.isGiven(origin, again)))
      throw new ModelFailure('key', vscode.l10n.t('Nothing was sent: you have not allowed {0} to be asked.', origin));
    const key = await keys.get(origin);
    return servers.open({ url, name, ...(key !== undefined && { key }) });
  };

  const leave = (event: vscode.ConfigurationChangeEvent): void => {
    const choice = chosenModel();
    if (event.affectsConfiguration('spoor.model'))
      void folders.leaveFor(choice.source === 'folder' ? choice.folder : undefined);
  };
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration(leave));

  return {
    keys,
    consent,
    name: () => choiceName(chosenModel()),
    open: (again) => open(chosenModel(), again),
    remedyFor(kind) {
      if (TRANSIENT.has(kind)) return 'retry';
      return kind === 'key' && isAllowedServer(chosenModel(), consent) ? 'set-model-key' : 'choose-model';
    },
    async forget() {
      await consent.forget();
      return keys.forget();
    },
    close: folders.close,
  };
}

/** These may be over when it is tried again. */
const TRANSIENT: ReadonlySet<ModelFailureKind> = new Set(['limit', 'timeout', 'broken', 'cancelled']);

/** Only a server that may be asked can want a key. */
const isAllowedServer = (choice: ModelChoice, consent: ModelConsent): boolean =>
  choice.source === 'endpoint' && URL.canParse(choice.url) && consent.isKnown(new URL(choice.url).origin);

/** What is sent where, before anything is. */
async function askConsent(origin: string): Promise<boolean> {
  const { t } = vscode.l10n;
  const yes = t('Allow');
  const detail = t(
    'With each question that you ask, the question, the earlier questions of its conversation and the lines of your code and docs that were found for it are sent there, with your key if you set one. Nothing else is sent, and nothing to anyone else. Answers are found on this machine as before.',
  );
  const title = t('Send questions and cited code to {0}?', origin);
  return (await vscode.window.showWarningMessage(title, { modal: true, detail }, yes)) === yes;
}

async function openEditorModel({ vendor, id }: { readonly vendor: string; readonly id: string }): Promise<ChatModel> {
  const [model] = await vscode.lm.selectChatModels({ vendor, id });
  if (model) return editorModel(model);
  throw new ModelFailure(
    'no-model',
    vscode.l10n.t('The editor has no model {0} any more. Choose another one.', `${vendor}/${id}`),
  );
}

/** The same object for the same server: it learns what the server does not take. */
function openServers() {
  let opened: { readonly options: string; readonly model: ChatModel } | undefined;
  return {
    open(options: EndpointOptions): ChatModel {
      const same = JSON.stringify(options);
      if (opened?.options !== same) opened = { options: same, model: endpointModel(options) };
      return opened.model;
    },
  };
}
