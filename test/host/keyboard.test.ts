/** All of it without a mouse: asking, going through places, opening, judging, the list of conversations. */
import { afterAll, expect, test } from 'vitest';
import { editorTab, focusedEditor, runByKeyboard } from './hostWindow.ts';
import { ended, panelIn } from './panel.ts';
import type { Panel } from './panel.ts';
import { QUESTION, makeParcel, removeFolders } from './parcel.ts';
import { useWindow } from './useWindow.ts';

const window = useWindow(() => ({ workspace: makeParcel() }));
afterAll(removeFolders);

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await window().page.keyboard.press(key);
};
/** The control that has the focus, by its name. */
const focused = (panel: Panel, name: RegExp): Promise<void> =>
  panel.frame.getByRole('button', { name }).and(panel.frame.locator(':focus')).waitFor();

/** Goes on by Tab until a control has the focus; there are not many on the way. */
async function tabTo(panel: Panel, key: 'Tab' | 'Shift+Tab', name: RegExp): Promise<void> {
  const wanted = panel.frame.getByRole('button', { name }).and(panel.frame.locator(':focus'));
  for (let presses = 0; presses < 20; presses++) {
    await press(key);
    if ((await wanted.count()) > 0) return;
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

test('a question is asked, its places are gone through and opened, its answer accepted', async () => {
  const panel = panelIn(window());
  await press('Control+K', 'Control+A');
  await panel.frame.locator('textarea:focus').waitFor();
  await window().page.keyboard.type(QUESTION);
  await press('Enter');
  await panel.last.waitFor();
  await ended(panel);
  await tabTo(panel, 'Shift+Tab', /^Accept$/);
  await press('Enter');
  await focused(panel, /^Accepted/);
  await tabTo(panel, 'Shift+Tab', /^Place 1: /);
  await press('ArrowDown');
  await focused(panel, /^Place 2: /);
  await press('Enter');
  await editorTab(window(), 'queue.ts').waitFor();
  await focusedEditor(window()).waitFor();
  await press('Control+K', 'Control+A');
  await panel.frame.locator('textarea:focus').waitFor();
});

test('the list of conversations is opened, searched and left', async () => {
  const panel = panelIn(window());
  await runByKeyboard(window(), 'Spoor: Show History');
  await panel.frame.locator('input[type=search]:focus').waitFor();
  await press('ArrowDown');
  await focused(panel, /how long do we wait/);
  await press('F2');
  await panel.frame.getByLabel('Title of the conversation').and(panel.frame.locator(':focus')).waitFor();
  await window().page.keyboard.type('Waiting');
  await press('Enter');
  await focused(panel, /Waiting/);
  await press('Escape');
  await panel.frame.getByRole('heading', { name: QUESTION }).waitFor();
  expect(await panel.exchanges.count()).toBe(1);
});
