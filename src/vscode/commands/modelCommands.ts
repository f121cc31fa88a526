/** Commands about the language model that writes over answers. */
import * as vscode from 'vscode';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { endpointAddress } from '#node/llm/endpointAddress.ts';
import { listModels } from '#node/llm/listModels.ts';
import { OWN_VENDOR } from '#vscode/models/editorModel.ts';
import type { LanguageModels } from '#vscode/models/languageModels.ts';
import { choiceName, type ModelChoice } from '#vscode/models/modelChoice.ts';
import { chooseModel as keepChoice, chosenModel, modelValues } from '#vscode/models/modelSettings.ts';
import type { Command } from './parts.ts';

const { t } = vscode.l10n;

interface Offer extends vscode.QuickPickItem {
  /** What it leads to; undefined if the user has left on the way. */
  readonly choose?: () => Promise<ModelChoice | undefined> | ModelChoice;
}

export const chooseModel: Command = async ({ models }) => {
  const chosen = await vscode.window.showQuickPick(offers(models), {
    title: t('Which language model writes over answers?'),
    placeHolder: t('Answers are found without one. It adds prose to them.'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const choice = await chosen?.choose?.();
  if (!choice) return;
  await keepChoice(choice);
  const name = choiceName(choice);
  const said = name === '' ? t('No language model writes over answers.') : t('{0} writes over answers now.', name);
  void vscode.window.setStatusBarMessage(said, MESSAGE_MS);
};

/** For the server that is chosen, else for one that the user names. An empty key takes the one away that is there. */
export const setModelKey: Command = async ({ models }) => {
  const { endpoint } = modelValues();
  const url = chosenModel().source === 'endpoint' ? endpoint : await askAddress(endpoint);
  if (url === undefined) return;
  const { origin } = endpointAddress(url);
  const known = await models.keys.get(origin);
  const key = await askKey(origin, known === undefined ? t('There is none yet.') : t('An empty one takes it away.'));
  if (key === undefined) return;
  await models.keys.set(origin, key);
  void vscode.window.showInformationMessage(
    key === '' ? t('There is no key for {0} now.', origin) : t('The key for {0} is kept.', origin),
  );
};

/** With what servers were allowed: all are asked about again. */
export const forgetModelKeys: Command = async ({ models }) => {
  const count = await models.forget();
  void vscode.window.showInformationMessage(
    count === 1
      ? t('1 key was deleted. You are asked again before anything is sent to a server.')
      : t('{0} keys were deleted. You are asked again before anything is sent to a server.', count),
  );
};

const MESSAGE_MS = 5_000;

async function offers(models: LanguageModels): Promise<Offer[]> {
  const now = chosenModel();
  const inUse = (isIt: boolean): Partial<Offer> => (isIt ? { description: t('in use') } : {});
  const editorModels = (await vscode.lm.selectChatModels()).filter(({ vendor }) => vendor !== OWN_VENDOR);
  const isEditors = ({ vendor, id }: vscode.LanguageModelChat): boolean =>
    now.source === 'editor' && now.vendor === vendor && now.id === id;
  const separator = (label: string): Offer => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    {
      label: `$(circle-slash) ${t('Off')}`,
      detail: t('Answers come without prose. No connection is ever tried.'),
      ...inUse(now.source === 'off'),
      choose: () => ({ source: 'off' }),
    },
    ...(editorModels.length > 0 ? [separator(t('Models of the editor'))] : []),
    ...editorModels.map((model) => ({
      label: `$(sparkle) ${model.name}`,
      detail: `${model.vendor} · ${model.id}`,
      ...inUse(isEditors(model)),
      choose: () => ({ source: 'editor' as const, vendor: model.vendor, id: model.id }),
    })),
    separator(t('Models of your own')),
    {
      label: `$(server) ${t('A server…')}`,
      detail: t('Ollama, llama.cpp, vLLM, LM Studio, or any other that speaks the OpenAI protocol'),
      ...(now.source === 'endpoint' && { description: now.name }),
      choose: () => chooseServer(models),
    },
    {
      label: `$(folder) ${t('A folder…')}`,
      detail: t('An ONNX language model on this disk'),
      ...(now.source === 'folder' && { description: choiceName(now) }),
      choose: chooseFolder,
    },
  ];
}

async function chooseServer(models: LanguageModels): Promise<ModelChoice | undefined> {
  const url = await askAddress(modelValues().endpoint);
  if (url === undefined) return undefined;
  const { origin } = endpointAddress(url);
  if (!(await models.consent.isGiven(origin, true))) return undefined;
  const known = await models.keys.get(origin);
  const prompt =
    known === undefined
      ? t('Leave this empty if the server wants no key.')
      : t('A key is kept already. Leave this empty to go on with it.');
  const key = await askKey(origin, prompt);
  if (key === undefined) return undefined;
  if (key !== '') await models.keys.set(origin, key);
  const name = await askName(url, key || known);
  return name === undefined ? undefined : { source: 'endpoint', url, name };
}

async function chooseFolder(): Promise<ModelChoice | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: t('Choose'),
      title: t('Folder of an ONNX language model'),
    })) ?? [];
  return folder?.scheme === 'file' ? { source: 'folder', folder: folder.fsPath } : undefined;
}

async function askAddress(before: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Address of the server'),
    value: before || 'http://localhost:11434/v1',
    prompt: t('Ollama’s is http://localhost:11434/v1, LM Studio’s http://localhost:1234/v1.'),
    ignoreFocusOut: true,
    validateInput: faultOf,
  });
  return text?.trim();
}

function faultOf(url: string): string | undefined {
  try {
    endpointAddress(url);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Undefined if the user has left. */
async function askKey(origin: string, prompt: string): Promise<string | undefined> {
  const key = await vscode.window.showInputBox({
    title: t('Key for {0}', origin),
    password: true,
    ignoreFocusOut: true,
    prompt: `${prompt} ${t('Keys are kept in the editor’s secret storage.')}`,
  });
  return key?.trim();
}

/** One that the server names, or one that the user types. */
async function askName(url: string, key: string | undefined): Promise<string | undefined> {
  const type: vscode.QuickPickItem = { label: `$(edit) ${t('Another name…')}` };
  const names = await namesAt(url, key);
  if (names.length > 0) {
    const title = t('Which model of the server?');
    const chosen = await vscode.window.showQuickPick([...names.map((label) => ({ label })), type], { title });
    if (chosen !== type) return chosen?.label;
  }
  const name = await vscode.window.showInputBox({
    title: t('Name of the model, as the server calls it'),
    value: modelValues().name,
    ignoreFocusOut: true,
  });
  return name?.trim() || undefined;
}

/** None where the server does not say, which the user is told. */
async function namesAt(url: string, key: string | undefined): Promise<readonly string[]> {
  const progress = { location: vscode.ProgressLocation.Notification, title: t('Asking the server for its models') };
  try {
    return await vscode.window.withProgress(progress, () => listModels(url, key));
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    void vscode.window.showWarningMessage(error.message);
    return [];
  }
}
