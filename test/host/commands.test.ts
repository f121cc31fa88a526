/** Each command of package.json does what its title says. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { writeSettings } from './hostServer.ts';
import {
  activeEditor,
  clearNotifications,
  editorTab,
  enterPath,
  enterText,
  goTo,
  notification,
  openFile,
  quickInput,
  runCommand,
} from './hostWindow.ts';
import { shownHover } from './hover.ts';
import { askAndWait, button, openPanel, panelIn, shownPage } from './panel.ts';
import type { Panel } from './panel.ts';
import { QUESTION, makeFolder, makeParcel, removeFolders, writeText } from './parcel.ts';
import { serveDocs } from './serveDocs.ts';
import type { DocsServer } from './serveDocs.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const workspace = makeParcel();
const docs = makeFolder();
let site: DocsServer;
const window = useWindow(() => ({ workspace }));
let panel: Panel;

beforeAll(async () => {
  site = await serveDocs();
  panel = await openPanel(window());
  await askAndWait(panel, QUESTION);
});
afterAll(async () => {
  writeSettings(inject('server'), {});
  await site.close();
  removeFolders();
});

/** What a person sees after each command, by its title; in an order in which one leaves to the next what it needs. */
const SEEN: Readonly<Record<string, () => Promise<unknown>>> = {
  'Accept Last Answer': () => button(panel.last, 'Accepted · undo').waitFor(),
  Ask: () => panel.frame.locator('textarea:focus').waitFor(),
  'Ask About Selection': () => button(panel.frame, 'Remove the selection').click(),
  'Ask Within This File or Folder': () => button(panel.frame, 'Remove src/upload/queue.ts').click(),
  'Explain Symbol': () => shownHover(window()).getByText('Ask about this').waitFor(),
  'Show History': () => panel.frame.getByRole('heading', { name: 'Conversations' }).waitFor(),
  'New Conversation': () => panel.frame.getByText('Nothing leaves this machine.').waitFor(),
  'Pause Docs Index': () => panel.frame.getByText(/^docs: paused at/).waitFor(),
  'Resume Docs Index': () => panel.frame.getByText(/^docs: \d+ sections$/).waitFor(),
  'Rebuild Docs Index': () => notification(window(), 'The docs index is made anew').waitFor(),
  'Add Docs Folder': () => addDocsFolder(),
  'Add Docs Site': () => addDocsSite(),
  'Open Page in Browser': () => leavePage(),
  'Show Policy Card': () => shownPage(window()).getByRole('heading').first().waitFor(),
  Doctor: () => shownPage(window()).getByText('ripgrep').first().waitFor(),
  'Train From My Answers': () => tooLittle(),
  "Train On This Repository's History": () => tooLittle(),
  'Train On Both': () => tooLittle(),
  'Show Training Report': () => nothingLearned(),
  'Compare Policies': () => nothingLearned(),
  Promote: () => nothingLearned(),
  'Roll Back': () => notification(window(), 'There is nothing to go back to').waitFor(),
  'Reset To Shipped Policy': () => notification(window(), 'There is nothing to reset').waitFor(),
  'Choose Language Model…': () => chooseNoModel(),
  'Set Model Key…': () => setModelKey(),
  'Forget Model Keys': () => notification(window(), '1 key was deleted.').waitFor(),
  'Export Feedback': () => exportFeedback(),
  'Import Feedback': () => importFeedback(),
  'Open Chat in Editor': () =>
    panelIn(window(), 'editor').frame.getByLabel('Ask about this code', { exact: true }).first().waitFor(),
  'Delete My Data': () => deleteMyData(),
};

/** Those that are there only while a training goes on, or its report is shown: `training.test.ts` runs them. */
const WHILE_TRAINING = ['Pause Training', 'Resume Training', 'Stop Training', 'Save Training Report'];

describe('commands', () => {
  test('all of package.json are among them', () => {
    const texts = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Record<string, string>;
    const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      contributes: { commands: readonly { title: string; category: string }[] };
    };
    const titles = contributes.commands.map(({ title, category }) => `${category}: ${texts[title.slice(1, -1)]}`);
    expect(titles.sort()).toEqual([...Object.keys(SEEN), ...WHILE_TRAINING].map((title) => `Spoor: ${title}`).sort());
  });

  test.each(Object.entries(SEEN))('%s', async (title, seen) => {
    if (/Selection|Symbol|Within/.test(title)) {
      await openFile(window(), 'src/upload/queue.ts');
      await goTo(window(), 4, 12, title.includes('Selection') ? 6 : undefined);
    }
    await runCommand(window(), `Spoor: ${title}`);
    await seen();
    await clearNotifications(window());
  });
});

async function addDocsFolder(): Promise<void> {
  writeText(join(docs, 'stamps.md'), '# Perforated stamps\n\nStamps are perforated by a wheel.\n');
  await enterPath(window(), docs, 'Add');
  await notification(window(), 'is searched from now on').waitFor();
  await panel.frame.getByText('docs: 13 sections').waitFor();
  await askAndWait(panel, 'how are stamps perforated?');
  await panel.cards.getByText('stamps.md').first().waitFor();
}

async function addDocsSite(): Promise<void> {
  await enterText(window(), site.url);
  await panel.frame.getByText('docs: 15 sections').waitFor();
  await notification(window(), /\d+ pages? of .* searched from now on/).waitFor();
  await askAndWait(panel, 'where is a zeppelin moored?');
  await panel.cards.first().getByText('zeppelin').first().waitFor();
  await panel.cards
    .first()
    .getByRole('button', { name: /^Place 1: / })
    .click();
  await activeEditor(window()).getByText('zeppelin').first().waitFor();
  expect(site.asked()).toContain('/robots.txt');
  expect(site.asked().filter((path) => path.startsWith('/private'))).toEqual([]);
}

/** VS Code in the browser opens a tab. */
async function leavePage(): Promise<void> {
  const isPage = (page: Page): boolean => page.url().endsWith('/guide/mooring.html');
  const page = await until('tab with the page', () => window().page.context().pages().find(isPage));
  await page.close();
}

async function chooseNoModel(): Promise<void> {
  await quickInput(window()).locator('.monaco-list-row', { hasText: 'No connection is ever tried' }).click();
  await button(panel.frame, 'model: off').waitFor();
}

async function setModelKey(): Promise<void> {
  await quickInput(window()).getByText('Address of the server').waitFor();
  await enterText(window(), 'http://localhost:11434/v1');
  await quickInput(window()).getByText('Key for http://localhost:11434').waitFor();
  await enterText(window(), 'open-sesame');
  await notification(window(), 'The key for http://localhost:11434 is kept.').waitFor();
}

async function exportFeedback(): Promise<void> {
  const file = join(docs, 'feedback.jsonl');
  await enterPath(window(), file);
  await notification(window(), /events? w(as|ere) written to/).waitFor();
  const events = readFileSync(file, 'utf8').trim().split('\n');
  expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('verdict');
}

/** The workspace has six commits and one judged answer. */
const tooLittle = (): Promise<void> => notification(window(), /\d+ more/).waitFor({ timeout: 60_000 });

const nothingLearned = (): Promise<void> => notification(window(), 'No policy was learned here yet').waitFor();

/** Of the file that was exported before: all of it is there. */
async function importFeedback(): Promise<void> {
  await enterPath(window(), join(docs, 'feedback.jsonl'), 'Import');
  await notification(window(), /^There is nothing new in .*feedback\.jsonl/).waitFor();
}

async function deleteMyData(): Promise<void> {
  const storage = join(inject('server').userData, 'User', 'globalStorage', 'spoor.spoor');
  expect(existsSync(storage)).toBe(true);
  await window().page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete', exact: true }).click();
  await notification(window(), /^Deleted: /).waitFor();
  await until('empty storage', () => !existsSync(storage) || filesBelow(storage).length === 0);
  await panel.frame.getByText('Nothing leaves this machine.').waitFor();
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [entry.name] : [],
  );

test('the key binding leads into the ask box, the status bar to the menu', async () => {
  await openFile(window(), 'src/server.ts');
  await activeEditor(window()).click();
  await window().page.keyboard.press('Control+K');
  await window().page.keyboard.press('Control+A');
  await panel.frame.locator('textarea:focus').waitFor();
  await window().page.locator('.statusbar-item', { hasText: 'Spoor' }).click();
  await window().page.locator('.quick-input-widget:visible').getByText('Run doctor').click();
  await shownPage(window()).getByText('ripgrep').first().waitFor();
  await editorTab(window(), 'Spoor Doctor').waitFor();
});
