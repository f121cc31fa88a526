/**
 * Writes settings where they are in effect: a workspace may have values of its own. Its lists take the place of the
 * user's, they are not added to them.
 */
import type { WorkspaceConfiguration } from 'vscode';

export type WrittenSettings = Pick<WorkspaceConfiguration, 'inspect' | 'update'>;

export async function writeSetting(settings: WrittenSettings, name: string, value: unknown): Promise<void> {
  const isOfUser = settings.inspect(name)?.workspaceValue === undefined;
  await settings.update(name, value, isOfUser);
}

/** Adds to a list. A value that is none is taken for an empty one. */
export async function addToList(settings: WrittenSettings, name: string, added: readonly string[]): Promise<void> {
  const { workspaceValue, globalValue } = settings.inspect<unknown>(name) ?? {};
  const inEffect = workspaceValue ?? globalValue;
  const before: readonly unknown[] = Array.isArray(inEffect) ? inEffect : [];
  const after = [...new Set([...before, ...added])];
  if (after.length > before.length) await writeSetting(settings, name, after);
}
