/** Hover explanations: a link at first, the card after it, its links, and the switches. */
import { afterAll, expect, test } from 'vitest';
import { activeEditor, cursorText, editorTab, goTo, openFile, runCommand } from './hostWindow.ts';
import { explainOver, hoverOver, leaveHover, shownHover } from './hover.ts';
import { ended, panelIn } from './panel.ts';
import { makeParcel, removeFolders, writeWorkspaceSettings } from './parcel.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const workspace = makeParcel();
const window = useWindow(() => ({ workspace }));
afterAll(removeFolders);

/** Line of `queue.ts` on which `withBackoff` is called. */
const LINE = 44;

test('a name is explained when its link is clicked, and from then on at once', async () => {
  await openFile(window(), 'src/upload/queue.ts');
  const card = await explainOver(window(), LINE, 'withBackoff');
  const text = await card.innerText();
  expect(text).toContain('src/upload/backoff.ts:16');
  expect(text).toContain('Runs a task until it succeeds.');
  expect(text).toContain('Try failed uploads again');
  await leaveHover(window());
  await hoverOver(window(), LINE, 'withBackoff', /Ask about this/);
});

test('a card names the most telling uses', async () => {
  await leaveHover(window());
  expect(await (await explainOver(window(), LINE + 1, 'log')).innerText()).toMatch(/Used in \d+ places/);
});

test('the lines of the card lead to places, to the commit and into the chat', async () => {
  await leaveHover(window());
  let card = await hoverOver(window(), LINE, 'withBackoff', /Ask about this/);
  await card.getByText('src/upload/backoff.ts:16').click();
  await editorTab(window(), 'backoff.ts').waitFor();
  await cursorText(window(), /^Ln 16/).waitFor();
  await openFile(window(), 'src/upload/queue.ts');
  card = await hoverOver(window(), LINE, 'withBackoff', /Ask about this/);
  await card.getByText('Try failed uploads again').click();
  await activeEditor(window()).getByText('Try failed uploads again').first().waitFor();
  await openFile(window(), 'src/upload/queue.ts');
  card = await hoverOver(window(), LINE, 'withBackoff', /Ask about this/);
  await card.getByText('Ask about this').click();
  const panel = panelIn(window());
  await until('question in the ask box', async () => (await panel.askBox.inputValue()).includes('withBackoff'));
  await panel.askBox.press('Enter');
  await panel.last.waitFor();
  await ended(panel);
});

test('a name in a language without a provider of the editor is explained too', async () => {
  await openFile(window(), 'tools/replay.py');
  await goTo(window(), 15, 6);
  await runCommand(window(), 'Spoor: Explain Symbol');
  const card = shownHover(window()).filter({ hasText: 'Ask about this' }).first();
  await card.waitFor();
  expect(await card.innerText()).toContain('Posts one file to the service');
});

test('the settings turn it off for a language, and for all', async () => {
  await openFile(window(), 'src/upload/queue.ts');
  writeWorkspaceSettings(workspace, { 'spoor.hover.languages': { typescript: false } });
  await hoverIsGone();
  writeWorkspaceSettings(workspace, {});
  await leaveHover(window());
  await hoverOver(window(), LINE, 'withBackoff', /Explain with Spoor|Ask about this/);
  writeWorkspaceSettings(workspace, { 'spoor.hover.enabled': false });
  await hoverIsGone();
});

/** The language's own hover is there, without a line of ours. */
async function hoverIsGone(): Promise<void> {
  await until('hover without Spoor', async () => {
    await leaveHover(window());
    const hover = await hoverOver(window(), LINE, 'withBackoff', /withBackoff/);
    return !/Explain with Spoor|Ask about this/.test(await hover.innerText());
  });
}
