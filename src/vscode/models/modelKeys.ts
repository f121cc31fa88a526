/** Keys of language models' servers, in the editor's secret storage: one for each origin. */
import type { SecretStorage } from 'vscode';

export interface ModelKeys {
  get(origin: string): Promise<string | undefined>;
  /** An empty key takes the one away that is there. */
  set(origin: string, key: string): Promise<void>;
  /** Deletes all; returns how many there were. */
  forget(): Promise<number>;
}

export const modelKeys = (secrets: Pick<SecretStorage, 'keys' | 'get' | 'store' | 'delete'>): ModelKeys => ({
  get: async (origin) => secrets.get(PREFIX + origin),
  async set(origin, key) {
    if (key === '') await secrets.delete(PREFIX + origin);
    else await secrets.store(PREFIX + origin, key);
  },
  async forget() {
    const ours = (await secrets.keys()).filter((name) => name.startsWith(PREFIX));
    for (const name of ours) await secrets.delete(name);
    return ours.length;
  },
});

const PREFIX = 'spoor.model.key ';
