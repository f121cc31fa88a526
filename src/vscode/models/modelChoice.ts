/** Which language model the user has chosen, as the settings say it. */
import { basename } from 'node:path';

export type ModelChoice =
  | { readonly source: 'off' }
  /** `id` as `vscode.lm` knows it. */
  | { readonly source: 'editor'; readonly vendor: string; readonly id: string }
  | { readonly source: 'endpoint'; readonly url: string; readonly name: string }
  | { readonly source: 'folder'; readonly folder: string };

/** Values of the settings below `spoor.model.`. */
export interface ModelValues {
  readonly source: string;
  readonly endpoint: string;
  /** `VENDOR/ID` of a model of the editor. */
  readonly name: string;
  readonly folder: string;
}

/** What is not whole is as good as off: there is nothing that could be asked. */
export function modelChoice({ source, endpoint, name, folder }: ModelValues): ModelChoice {
  if (source === 'editor') {
    const [, vendor, id] = /^([^/]+)\/(.+)$/s.exec(name) ?? [];
    if (vendor !== undefined && id !== undefined) return { source, vendor, id };
  }
  if (source === 'endpoint' && endpoint !== '' && name !== '') return { source, url: endpoint, name };
  if (source === 'folder' && folder !== '') return { source, folder };
  return { source: 'off' };
}

/** The settings that make this choice; the others may stay as they are. */
export function valuesOf(choice: ModelChoice): Partial<ModelValues> & Pick<ModelValues, 'source'> {
  switch (choice.source) {
    case 'off':
      return { source: 'off' };
    case 'editor':
      return { source: 'editor', name: `${choice.vendor}/${choice.id}` };
    case 'endpoint':
      return { source: 'endpoint', endpoint: choice.url, name: choice.name };
    case 'folder':
      return { source: 'folder', folder: choice.folder };
  }
}

/** What the model is called, to be shown; empty when none is chosen. */
export function choiceName(choice: ModelChoice): string {
  switch (choice.source) {
    case 'off':
      return '';
    case 'editor':
      return choice.id;
    case 'endpoint':
      return choice.name;
    case 'folder':
      return basename(choice.folder) || choice.folder;
  }
}
