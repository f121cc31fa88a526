/** The panel as a person uses it: what stands in it by its role and its name. */
import type { FrameLocator, Locator } from 'playwright-core';
import { openContainer, webview } from './hostWindow.ts';
import type { HostWindow } from './hostWindow.ts';
import { until } from './until.ts';

/** A question stands in the panel long before. */
const ASKED_MS = 10_000;

const EXTENSION = 'spoor.spoor';

export interface Panel {
  readonly frame: FrameLocator;
  readonly askBox: Locator;
  /** Of all questions, in their order. */
  readonly exchanges: Locator;
  /** Of the last question. */
  readonly last: Locator;
  readonly cards: Locator;
}

/** The panel in the side bar, or the one in an editor. */
export function panelIn(window: HostWindow, where: 'view' | 'editor' = 'view'): Panel {
  const frame = webview(window, EXTENSION, where);
  const exchanges = frame.locator('article');
  const last = exchanges.last();
  return {
    frame,
    askBox: frame.getByLabel('Ask about this code', { exact: true }),
    exchanges,
    last,
    cards: last.locator('ol.cards > li'),
  };
}

/** Opens the panel by its icon and waits for the ask box. */
export async function openPanel(window: HostWindow): Promise<Panel> {
  const panel = panelIn(window);
  await openContainer(window, 'Spoor');
  await panel.askBox.waitFor();
  return panel;
}

/** Asks and waits until the question is there. A panel that is drawn anew meanwhile may lose the key: then once more. */
export async function ask({ askBox, frame, exchanges }: Panel, question: string): Promise<void> {
  const before = await exchanges.count();
  const heading = exchanges.nth(before).getByRole('heading', { name: question });
  await until('question in the panel', async () => {
    if ((await exchanges.count()) > before) return true;
    await askBox.fill(question);
    await askBox.press('Enter');
    return heading.waitFor({ timeout: ASKED_MS }).then(
      () => true,
      () => false,
    );
  });
  await heading.waitFor();
  await frame.locator('article').nth(before).waitFor();
}

/** Asks and waits for the end. */
export async function askAndWait(panel: Panel, question: string): Promise<void> {
  await ask(panel, question);
  await ended(panel);
}

/** The last question has come to its end. */
export const ended = ({ frame }: Panel): Promise<void> =>
  frame.locator('article[aria-busy="false"]:last-of-type').waitFor({ timeout: 60_000 });

export const button = (inside: Locator | FrameLocator, name: string | RegExp): Locator =>
  inside.getByRole('button', { name, exact: typeof name === 'string' }).first();

/** A page of Spoor shown as Markdown: the doctor's, the policy card. */
export const shownPage = (window: HostWindow): FrameLocator =>
  webview(window, 'vscode.markdown-language-features', 'editor');

/** Unfolds the trail of the last question, and tells its tools in the order of their calls. */
export async function toolsUsed({ last }: Panel): Promise<string[]> {
  const fold = last.getByRole('button', { name: /^Searched/ });
  if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
  await last.getByRole('list', { name: 'Turn 1' }).waitFor();
  return last.locator('.trail .tool-name').allInnerTexts();
}
