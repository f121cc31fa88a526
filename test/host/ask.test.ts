/** Asking in the panel, as a person does it: question, trail, answer, places, feedback. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  activeEditor,
  cursorText,
  editorTab,
  focusedEditor,
  goTo,
  notification,
  openFile,
  runCommand,
} from './hostWindow.ts';
import { ask, askAndWait, button, ended, openPanel } from './panel.ts';
import type { Panel } from './panel.ts';
import { ANSWER_PATH, QUESTION, makeFolder, makeParcel, removeFolders, writeText } from './parcel.ts';
import { gatedRipgrep } from './gatedRipgrep.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const gate = gatedRipgrep(makeFolder());
const workspace = makeParcel({ 'spoor.ripgrepPath': gate.program });
const answerText = readFileSync(join(workspace, ANSWER_PATH), 'utf8');
const window = useWindow(() => ({ workspace }));
let panel: Panel;

beforeAll(async () => {
  panel = await openPanel(window());
});
afterAll(removeFolders);

const clipboard = (): Promise<string> => window().page.evaluate(() => navigator.clipboard.readText());

test('the empty panel says what it does, and asks questions that the workspace answers', async () => {
  await panel.frame.getByText('Nothing leaves this machine.').waitFor();
  const examples = panel.frame.getByRole('list', { name: 'Questions to begin with' }).getByRole('button');
  await examples.first().waitFor();
  expect(await examples.count()).toBe(3);
});

test('an example is asked with a click', async () => {
  const examples = panel.frame.getByRole('list', { name: 'Questions to begin with' }).getByRole('button');
  await examples.first().click();
  await ended(panel);
  expect(await panel.cards.count()).toBeGreaterThan(0);
});

test('the trail fills while it searches; the answer has sentences with numbers, places and how sure it is', async () => {
  gate.close();
  await ask(panel, QUESTION);
  await gate.reached();
  await panel.last.getByRole('progressbar', { name: 'Searching' }).waitFor();
  await panel.last.getByRole('list', { name: 'Turn 1' }).getByText('grep').waitFor();
  expect(await panel.last.getAttribute('aria-busy')).toBe('true');
  gate.open();
  await ended(panel);
  await panel.last.getByText('Sure:').waitFor();
  await panel.last.locator('.answer code', { hasText: 'withBackoff' }).first().waitFor();
  expect(await panel.cards.first().getByRole('button').first().innerText()).toContain('backoff.ts');
  const fold = panel.last.getByRole('button', { name: /^Searched \d+ turns? · \d+ search/ });
  expect(await fold.getAttribute('aria-expanded')).toBe('false');
  await fold.click();
  await panel.last.getByRole('list', { name: 'Turn 1' }).waitFor();
});

test('a place opens at its lines, with them highlighted; with Ctrl beside', async () => {
  await panel.cards
    .first()
    .getByRole('button', { name: /^Place 1: / })
    .click();
  await editorTab(window(), 'backoff.ts').waitFor();
  await activeEditor(window()).getByText('withBackoff').first().waitFor();
  await panel.cards
    .nth(1)
    .getByRole('button', { name: /^Place 2: / })
    .click({ modifiers: ['Control'] });
  await until(
    'second group of editors',
    async () => (await window().page.locator('.editor-group-container').count()) === 2,
  );
});

test('numbers in sentences lead to their places, arrows to the next', async () => {
  await button(panel.last, 'Place 1').click();
  const focused = panel.frame.locator('ol.cards button:focus');
  await panel.frame
    .getByRole('button', { name: /^Place 1: / })
    .last()
    .and(focused)
    .waitFor();
  await window().page.keyboard.press('ArrowDown');
  await panel.frame
    .getByRole('button', { name: /^Place 2: / })
    .last()
    .and(focused)
    .waitFor();
  await window().page.keyboard.press('ArrowUp');
  await panel.frame
    .getByRole('button', { name: /^Place 1: / })
    .last()
    .and(focused)
    .waitFor();
});

test('the answer is copied as Markdown with links', async () => {
  await button(panel.last, 'Copy').click();
  const text = await until('copied answer', async () => {
    const copied = await clipboard();
    return copied.includes(QUESTION) && copied;
  });
  expect(text).toMatch(/\]\(.*backoff\.ts/);
});

test('accepting, ticks and right places are shown as done, and undone', async () => {
  await button(panel.last, 'Accept').click();
  await button(panel.last, 'Accepted · undo').click();
  await button(panel.last, 'Not right…').click();
  await openFile(window(), 'src/config.ts');
  await goTo(window(), 5, 1, 8);
  await button(panel.last, 'The selection is the right place').click();
  await button(panel.last, /^Remove src\/config\.ts 5–8/).click();
  await panel.last.getByRole('list', { name: 'Right places' }).waitFor({ state: 'detached' });
  await button(panel.last, 'Not right · undo').click();
  await button(panel.last, 'Accept').waitFor();
  const right = panel.cards.first().getByRole('button', { name: 'This is the place' });
  await right.click();
  await panel.cards.first().getByRole('button', { name: 'This is the place', pressed: true }).click();
  await panel.cards.first().getByRole('button', { name: 'This is the place', pressed: false }).waitFor();
});

test('a follow-up keeps the topic', async () => {
  await askAndWait(panel, 'where is delayBefore defined?');
  await askAndWait(panel, 'and where is it tested?');
  await panel.cards
    .first()
    .getByRole('button', { name: /^Place 1: test\/backoff\.test\.ts/ })
    .waitFor();
});

test('Escape stops a question; it can be asked again', async () => {
  gate.close();
  await ask(panel, 'who replays files that were given up on?');
  await gate.reached();
  await window().page.keyboard.press('Escape');
  await panel.last.getByText('Stopped.').waitFor();
  gate.open();
  await button(panel.last, 'Ask again').click();
  await panel.last.getByText('Sure:').waitFor();
});

test('the stop button stops; what was asked meanwhile waits and is then asked', async () => {
  gate.close();
  await ask(panel, 'where are settings read?');
  await gate.reached();
  await panel.askBox.fill('what is a spool?');
  await panel.askBox.press('Enter');
  await panel.frame
    .getByRole('list', { name: 'Asked when the answer before is there.' })
    .getByText('what is a spool?')
    .waitFor();
  await button(panel.frame, 'Stop (Esc)').click();
  gate.open();
  await panel.last.getByRole('heading', { name: 'what is a spool?' }).waitFor();
  await ended(panel);
});

test('up and down go through earlier questions', async () => {
  await panel.askBox.press('ArrowUp');
  expect(await panel.askBox.inputValue()).toBe('what is a spool?');
  await panel.askBox.press('ArrowUp');
  expect(await panel.askBox.inputValue()).toBe('where are settings read?');
  await panel.askBox.press('ArrowDown');
  await panel.askBox.press('ArrowDown');
  expect(await panel.askBox.inputValue()).toBe('');
});

test('a question may have several lines', async () => {
  await panel.askBox.fill('where is the bucket');
  await panel.askBox.press('Shift+Enter');
  await panel.askBox.pressSequentially('written to?');
  await panel.askBox.press('Enter');
  await panel.last.getByRole('heading', { name: 'where is the bucket written to?' }).waitFor();
  await ended(panel);
});

test('@ narrows to a folder', async () => {
  await panel.askBox.pressSequentially('@agent');
  await panel.frame.getByRole('option', { name: /agent/ }).first().waitFor();
  await panel.askBox.press('Enter');
  await panel.askBox.pressSequentially('how are files posted to the service?');
  await panel.askBox.press('Enter');
  await panel.last.getByRole('list', { name: 'Narrowed to' }).getByText('agent').waitFor();
  await ended(panel);
  const paths = await panel.cards.getByRole('button', { name: /^Place \d+:/ }).allInnerTexts();
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !path.includes('agent'))).toEqual([]);
});

test('all places open at once', async () => {
  await askAndWait(panel, QUESTION);
  await button(panel.last, 'Open all').click();
  for (const name of ['backoff.ts', 'queue.ts', 'config.ts'])
    await window().page.locator('.tab', { hasText: name }).first().waitFor();
});

test('lines that moved are found again, lines that are gone are marked', async () => {
  onTestFinished(restoreAnswer);
  await askAndWait(panel, 'where is delayBefore defined?');
  await openFile(window(), ANSWER_PATH);
  await goTo(window(), 1);
  await focusedEditor(window()).waitFor();
  await window().page.keyboard.insertText('// one\n// two\n');
  await save();
  await panel.cards.first().getByText('moved').waitFor();
  await panel.cards
    .first()
    .getByRole('button', { name: /^Place 1: src\/upload\/backoff\.ts, lines 3–36/ })
    .click();
  await cursorText(window(), /^Ln 3, Col 1$/).waitFor();
  await focusedEditor(window()).waitFor();
  await window().page.keyboard.press('Control+A');
  await window().page.keyboard.insertText('// all is gone');
  await save();
  await panel.cards.first().getByText('changed since').waitFor();
  await panel.cards
    .first()
    .getByRole('button', { name: /^Place 1: / })
    .click();
  await notification(window(), 'have changed since the answer').waitFor();
});

/** Whatever a test, or a try of it that failed, did to the file that has the answer. */
async function restoreAnswer(): Promise<void> {
  await openFile(window(), ANSWER_PATH);
  await focusedEditor(window()).waitFor();
  await runCommand(window(), 'File: Revert File');
  await window().page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  writeText(join(workspace, ANSWER_PATH), answerText);
  await activeEditor(window()).getByText('withBackoff').first().waitFor();
}

/** Saves the active editor and waits until its tab has no dot. */
async function save(): Promise<void> {
  await window().page.keyboard.press('Control+S');
  await window().page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
}

test('nothing found says what was searched', async () => {
  await askAndWait(panel, 'zebra quantum flux capacitor?');
  await panel.last.getByText('Nothing in this workspace answers that').waitFor();
  await panel.last.getByRole('list', { name: 'Turn 1' }).waitFor();
});
