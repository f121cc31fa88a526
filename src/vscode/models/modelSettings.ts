/** The settings that say which language model is chosen. */
import { homedir } from 'node:os';
import { workspace } from 'vscode';
import { writeSetting } from '#vscode/writeSetting.ts';
import { modelChoice, valuesOf, type ModelChoice, type ModelValues } from './modelChoice.ts';

export const chosenModel = (): ModelChoice => modelChoice(modelValues());

/** Values of a wrong form are taken for empty. */
export function modelValues(): ModelValues {
  return {
    source: getSetting('model.source'),
    endpoint: getSetting('model.endpoint'),
    name: getSetting('model.name'),
    folder: getSetting('model.folder').replace(/^~(?=[/\\])/, () => homedir()),
  };
}

/** The source is written last, it turns it on. */
export async function chooseModel(choice: ModelChoice): Promise<void> {
  const { source, ...rest } = valuesOf(choice);
  for (const [name, value] of Object.entries({ ...rest, source }))
    await writeSetting(workspace.getConfiguration('spoor'), `model.${name}`, value);
}

function getSetting(name: string): string {
  const value = workspace.getConfiguration('spoor').get<unknown>(name);
  return typeof value === 'string' ? value.trim() : '';
}
