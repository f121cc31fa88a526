/** Conversations: several, kept over a reload and a crash, searched, renamed, exported, deleted. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editorTab, enterPath, openFile, goTo, reloadWindow, runCommand } from './hostWindow.ts';
import { ask, askAndWait, button, ended, openPanel } from './panel.ts';
import type { Panel } from './panel.ts';
import { QUESTION, makeFolder, makeParcel, removeFolders } from './parcel.ts';
import { gatedRipgrep } from './gatedRipgrep.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const gate = gatedRipgrep(makeFolder());
const workspace = makeParcel({ 'spoor.ripgrepPath': gate.program });
const window = useWindow(() => ({ workspace }));
let panel: Panel;

beforeAll(async () => {
  panel = await openPanel(window());
});
afterAll(removeFolders);

const conversations = (): Locator => panel.frame.getByRole('list', { name: 'Conversations' }).getByRole('listitem');

test('a conversation is there after a reload, with its answer and its feedback', async () => {
  await askAndWait(panel, QUESTION);
  await button(panel.last, 'Accept').click();
  await button(panel.last, 'Accepted · undo').waitFor();
  await reloadWindow(window());
  panel = await openPanel(window());
  await panel.last.getByRole('heading', { name: QUESTION }).waitFor();
  await button(panel.last, 'Accepted · undo').waitFor();
});

test('a question that ran when the editor went away is marked so, and can be asked again', async () => {
  gate.close();
  await ask(panel, 'who replays files that were given up on?');
  await gate.reached();
  await reloadWindow(window());
  gate.open();
  panel = await openPanel(window());
  await panel.last.getByText('Interrupted: the editor was closed during the search.').waitFor();
  await button(panel.last, 'Ask again').click();
  await ended(panel);
  await panel.last.getByText('Sure:').waitFor();
});

test('conversations are listed, searched, renamed, exported, deleted', async () => {
  await runCommand(window(), 'Spoor: New Conversation');
  await panel.frame.getByText('Nothing leaves this machine.').waitFor();
  await askAndWait(panel, 'where are settings read?');
  await runCommand(window(), 'Spoor: Show History');
  await conversations().nth(1).waitFor();
  expect(await conversations().count()).toBe(2);
  await panel.frame.getByLabel('Search conversations').fill('tried again');
  await conversations().nth(1).waitFor({ state: 'detached' });
  expect(await conversations().count()).toBe(1);
  await conversations().first().hover();
  await button(panel.frame, /^Rename /).click();
  await panel.frame.getByLabel('Title of the conversation').fill('Retries');
  await panel.frame.getByLabel('Title of the conversation').press('Enter');
  await panel.frame.getByText('Retries').first().waitFor();
  await conversations().first().hover();
  await button(panel.frame, /^Export Retries/).click();
  const file = join(workspace, 'Retries.md');
  await enterPath(window(), file);
  await until('exported conversation', () => existsSync(file) && readFileSync(file, 'utf8').includes(QUESTION));
  await panel.frame.getByLabel('Search conversations').fill('');
  await conversations().filter({ hasText: 'where are settings' }).hover();
  await button(panel.frame, /^Delete where are settings/).click();
  await button(panel.frame, 'Delete').click();
  await panel.frame.getByText('where are settings read?').first().waitFor({ state: 'detached' });
  await panel.frame.getByText('Retries').first().click();
  await panel.frame.getByRole('heading', { name: QUESTION }).waitFor();
});

test('a question about the selection shows and searches it', async () => {
  await openFile(window(), 'src/upload/queue.ts');
  await goTo(window(), 16, 1, 20);
  await runCommand(window(), 'Spoor: Ask About Selection');
  await panel.frame.getByRole('button', { name: 'Remove the selection' }).waitFor();
  await panel.askBox.fill('who calls this?');
  await panel.askBox.press('Enter');
  await panel.last.getByRole('heading', { name: 'who calls this?' }).waitFor();
  await ended(panel);
  await panel.last.getByText('src/upload/queue.ts, lines 16–20').waitFor();
  await editorTab(window(), 'queue.ts').waitFor();
});
