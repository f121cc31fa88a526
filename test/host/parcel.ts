/** The small upload service of the fixtures as a workspace on disk, with settings of its own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeParcelWorkspace } from '../fakes/parcelWorkspace.ts';

/** What the fixture surely answers, and from where. */
export const QUESTION = 'how long do we wait before a failed upload is tried again?';
export const ANSWER_PATH = 'src/upload/backoff.ts';

const made: string[] = [];

export function makeParcel(settings: Readonly<Record<string, unknown>> = {}): string {
  const folder = makeFolder();
  makeParcelWorkspace(folder);
  if (Object.keys(settings).length > 0) writeWorkspaceSettings(folder, settings);
  return folder;
}

export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-workspace-')));
  made.push(folder);
  return folder;
}

export function writeWorkspaceSettings(folder: string, settings: Readonly<Record<string, unknown>>): void {
  writeText(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
}

export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** For `afterAll`. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
