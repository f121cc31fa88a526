/** German as the display language: commands, panel, answers of the editor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { startServer, stopServer } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import { openContainer, runCommand } from './hostWindow.ts';
import { panelIn } from './panel.ts';
import { makeParcel, removeFolders } from './parcel.ts';
import { useWindow } from './useWindow.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): Record<string, string> =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, string>;
const [commands, texts] = [read('package.nls.de.json'), read('l10n/bundle.l10n.de.json')];

let server: HostServer;
const window = useWindow(async () => {
  server = await startServer({ vsix: [inject('vsix')], locale: 'de' });
  return { server, workspace: makeParcel() };
});
afterAll(async () => {
  await stopServer(server);
  removeFolders();
});

test('the panel and the commands speak German', async () => {
  await openContainer(window(), 'Spoor');
  const { frame } = panelIn(window());
  const label = texts['Ask about this code'] ?? '';
  expect(label).not.toBe('');
  await frame.getByLabel(label, { exact: true }).waitFor();
  expect(await frame.locator('html').getAttribute('lang')).toBe('de');
  await runCommand(window(), `Spoor: ${commands['command.showHistory']}`);
  await frame.getByRole('heading', { name: texts['Conversations'] ?? '' }).waitFor();
});
