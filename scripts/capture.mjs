/**
 * Makes the README's pictures, `media/readme/`: what a person sees who asks the small upload service of the fixtures, in
 * a real VS Code with the packaged extension. The animation has the speed that the panel had.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeParcelWorkspace } from '../test/fakes/parcelWorkspace.ts';
import { hoverOver, leaveHover, shownHover } from '../test/host/hover.ts';
import { startServer, stopServer } from '../test/host/hostServer.ts';
import { activeEditor, editorTab, enterText, openFile, openWindow, runCommand } from '../test/host/hostWindow.ts';
import { packedExtension } from '../test/host/packedExtension.ts';
import { askAndWait, ended, openPanel } from '../test/host/panel.ts';
import { ROOT } from './installation.mjs';
import { recordPage, writeGif } from './screenMovie.mjs';

const PICTURES = join(ROOT, 'media', 'readme');
const MOST_BYTES = 1_500_000;
const QUESTION = 'how long do we wait before a failed upload is tried again?';
const OTHER_QUESTION = 'what happens to files that were given up on?';
const VIEWPORT = { width: 1120, height: 720 };
const PANEL_WIDTH = 420;
const LIGHT = 'Light Modern';
const KEY_MS = 28;
/** Time for whoever watches. */
const LOOK_MS = 1_400;
/** It stays open, so that the editor knows it when it is asked for uses. */
const USING = 'src/upload/queue.ts';
const HOVERED = { path: 'src/upload/backoff.ts', line: 16, word: 'withBackoff' };
const SETTINGS = {
  'workbench.colorTheme': 'Dark Modern',
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
};

mkdirSync(PICTURES, { recursive: true });
const base = mkdtempSync(join(tmpdir(), 'spoor-capture-'));
const workspace = join(base, 'parcel');
makeParcelWorkspace(workspace);
const server = await startServer({ vsix: [packedExtension()], settings: SETTINGS });
try {
  const window = await openWindow(server.url, { workspace, viewport: VIEWPORT });
  try {
    await capture(window);
  } finally {
    await window.browser.close();
  }
} finally {
  await stopServer(server);
  rmSync(base, { recursive: true, force: true });
}
tellSizes();

async function capture(window) {
  const { page } = window;
  await page.addStyleTag({ content: '#status\\.host, .monaco-menu-container { display: none !important; }' });
  await openFile(window, USING);
  const panel = await openPanel(window);
  await widen(page);
  await panel.frame.getByRole('list', { name: 'Questions to begin with' }).getByRole('button').first().waitFor();
  await movie(window, panel);
  await panel.cards.first().locator('.preview .line span').first().waitFor();
  await picture(page, 'answer');
  await openFile(window, HOVERED.path);
  const offer = await hoverOver(window, HOVERED.line, HOVERED.word, /Explain with Spoor/);
  await offer.getByText('Explain with Spoor').click();
  await shownHover(window).getByText('Ask about this').first().waitFor();
  await picture(page, 'hover');
  await leaveHover(window);
  await runCommand(window, 'Preferences: Color Theme');
  await enterText(window, LIGHT);
  await page.locator('.monaco-workbench.vs:not(.vs-dark)').waitFor();
  await askAndWait(panel, OTHER_QUESTION);
  await panel.last.getByRole('button', { name: /^Searched / }).click();
  await panel.last.getByRole('heading', { name: OTHER_QUESTION }).scrollIntoViewIfNeeded();
  await panel.cards.first().locator('.preview .line span').first().waitFor();
  await picture(page, 'trail');
}

/** A question from its first key to the opened place. */
async function movie(window, panel) {
  const { page } = window;
  await panel.askBox.click();
  const recording = recordPage(page, { x: 0, y: 0, ...VIEWPORT });
  await page.keyboard.type(QUESTION, { delay: KEY_MS });
  await page.keyboard.press('Enter');
  await ended(panel);
  await panel.cards.first().waitFor();
  await page.waitForTimeout(LOOK_MS);
  await panel.cards.first().getByRole('button').first().click();
  await editorTab(window, 'backoff.ts').waitFor();
  await activeEditor(window).getByText('withBackoff').first().waitFor();
  await page.waitForTimeout(LOOK_MS);
  writeFileSync(join(PICTURES, 'ask.gif'), writeGif(await recording.stop()));
}

async function picture(page, name) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), scale: 'css' });
}

/** Draws the edge of the side bar to the width of the pictures. */
async function widen(page) {
  const box = await page.locator('.part.sidebar').boundingBox();
  const edge = box.x + box.width;
  await page.mouse.move(edge, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + PANEL_WIDTH, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
}

function tellSizes() {
  const sizes = readdirSync(PICTURES).map((name) => [name, statSync(join(PICTURES, name)).size]);
  for (const [name, bytes] of sizes) process.stdout.write(`media/readme/${name}  ${Math.round(bytes / 1000)} kB\n`);
  if (sizes.reduce((sum, [, bytes]) => sum + bytes, 0) <= MOST_BYTES) return;
  process.stderr.write(`The pictures take more than ${MOST_BYTES / 1e6} MB.\n`);
  process.exitCode = 1;
}
