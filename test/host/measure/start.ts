/** What Spoor costs before anybody asks: its activation, what it loads, what it starts. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { reloadWindow, runCommand } from '../hostWindow.ts';
import type { HostWindow } from '../hostWindow.ts';
import { searchProcesses } from '../serverProcesses.ts';
import type { MeasuredServer } from './measuredServer.ts';

export interface StartCosts {
  /** Of each start: loading the code and activating it, as VS Code itself counts them. */
  readonly activationMs: readonly number[];
  /** Of the files that were loaded: `extension.cjs, 190 kB`. */
  readonly loaded: readonly string[];
  readonly processes: number;
}

export async function measureStart({ server, window, probe }: MeasuredServer, starts: number): Promise<StartCosts> {
  const activationMs: number[] = [];
  // High enough for the list of all extensions: what is scrolled out of a list is not there.
  await window.page.setViewportSize({ width: 1280, height: 2400 });
  for (let start = 0; start < starts; start++) {
    if (start > 0) await reloadWindow(window);
    await window.page.locator('.statusbar-item', { hasText: 'Spoor' }).waitFor();
    activationMs.push(await activationTime(window));
  }
  const files = (await probe.loaded()).filter((name) => name.startsWith('/'));
  const loaded = [...new Set(files)].map((file) => `${basename(file)}, ${Math.round(statSync(file).size / 1000)} kB`);
  return { activationMs, loaded, processes: searchProcesses(server).length };
}

async function activationTime(window: HostWindow): Promise<number> {
  await runCommand(window, 'Developer: Show Running Extensions');
  const name = window.page.locator('.name', { hasText: /^Spoor$/ });
  const row = window.page.locator('.runtime-extensions-editor .monaco-list-row').filter({ has: name });
  const text = await row.locator('.activation-time').filter({ hasText: /\d/ }).innerText();
  return Number(/(\d+)\s*ms/.exec(text)?.[1]);
}
