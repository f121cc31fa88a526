/** `npm run vscode`: a VS Code for people without one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWindow } from './hostWindow.ts';
import { openPanel } from './panel.ts';
import { makeParcel, removeFolders } from './parcel.ts';
import { until } from './until.ts';

const ROOT = join(import.meta.dirname, '..', '..');

afterAll(removeFolders);

test('it starts with the extension on a folder, prints where, and ends on Ctrl+C', async () => {
  const child = spawn(process.execPath, ['scripts/vscode.mjs', makeParcel()], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const url = await until('address', () => /http:\/\/127\.0\.0\.1:\d+\/\?folder=\S+/.exec(printed)?.[0], 90_000);
  const { origin, searchParams } = new URL(url);
  const window = await openWindow(origin, { workspace: searchParams.get('folder')! });
  await openPanel(window);
  await window.browser.close();
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  await expect(fetch(origin)).rejects.toThrow();
});
