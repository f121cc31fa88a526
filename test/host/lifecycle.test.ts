/** Processes: none before the first use, none after the end, and one that is killed is started again. */
import { afterAll, expect, inject, test } from 'vitest';
import { gatedRipgrep } from './gatedRipgrep.ts';
import { startServer, stopServer } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import { editorTab, openFile } from './hostWindow.ts';
import { ask, askAndWait, button, ended, openPanel } from './panel.ts';
import { QUESTION, makeFolder, makeParcel, removeFolders } from './parcel.ts';
import { searchProcesses, serverProcesses } from './serverProcesses.ts';
import type { ServerProcess } from './serverProcesses.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const gate = gatedRipgrep(makeFolder());
let server: HostServer;
const window = useWindow(async () => {
  server = await startServer({ vsix: [inject('vsix')] });
  return { server, workspace: makeParcel({ 'spoor.ripgrepPath': gate.program }) };
});
afterAll(async () => {
  await stopServer(server);
  removeFolders();
});

test('an editor that nobody asks runs nothing of Spoor', async () => {
  await openFile(window(), 'src/upload/queue.ts');
  await editorTab(window(), 'queue.ts').waitFor();
  await window().page.locator('.statusbar-item', { hasText: 'Spoor' }).waitFor();
  expect(searchProcesses(server)).toEqual([]);
});

test('killed in the middle of a question, it says so; the next question works', async () => {
  const panel = await openPanel(window());
  await askAndWait(panel, QUESTION);
  gate.close();
  await ask(panel, 'who replays files that were given up on?');
  await gate.reached();
  for (const { pid } of searchProcesses(server)) process.kill(pid, 'SIGKILL');
  await panel.last.getByText(/The searching process was killed/).waitFor();
  gate.open();
  await button(panel.last, 'Try Again').click();
  await ended(panel);
  await panel.last.getByText('Sure:').waitFor();
  expect(await panel.exchanges.count()).toBe(2);
  await panel.exchanges.first().getByRole('heading', { name: QUESTION }).waitFor();
});

test('a window that is closed leaves no process', async () => {
  expect(searchProcesses(server)).toHaveLength(1);
  await window().page.goto('about:blank');
  const isOurs = ({ command }: ServerProcess): boolean => /spoor\.spoor-|gated-rg/.test(command);
  await until('end of all processes of Spoor', () => !serverProcesses(server).some(isOurs));
});
