/** Rests the pointer on a word of the active editor, as a person does, and reads what appears. */
import type { Locator } from 'playwright-core';
import { activeEditor, goTo } from './hostWindow.ts';
import type { HostWindow } from './hostWindow.ts';
import { until } from './until.ts';

/** The hover, once it says what is expected. */
export async function hoverOver(window: HostWindow, line: number, word: string, expected: RegExp): Promise<Locator> {
  await goTo(window, line);
  const card = shownHover(window).filter({ hasText: expected }).first();
  await until(`hover with ${expected}`, async () => {
    await window.page.mouse.move(3, 3);
    const place = await wordPlace(window, line, word);
    if (!place) return false;
    await window.page.mouse.move(place.x - 1, place.y);
    await window.page.mouse.move(place.x, place.y);
    return appears(card, 3_000);
  });
  return card;
}

/**
 * Follows the link to an explanation and gives its card. While a language's own hover comes in, the link moves, and the
 * pointer may come to rest on something else: then the link is followed once more.
 */
export async function explainOver(window: HostWindow, line: number, word: string): Promise<Locator> {
  const card = shownHover(window).filter({ hasText: 'Ask about this' }).first();
  await until(`explanation of ${word}`, async () => {
    const hover = await hoverOver(window, line, word, /Explain with Spoor|Ask about this/);
    if (await card.isVisible()) return true;
    await hover.getByText('Explain with Spoor').click();
    return appears(card, 10_000);
  });
  return card;
}

const appears = (card: Locator, timeout: number): Promise<boolean> =>
  card.waitFor({ timeout }).then(
    () => true,
    () => false,
  );

export const shownHover = ({ page }: HostWindow): Locator => page.locator('.monaco-hover:visible');

/** Moves the pointer away and waits until nothing is shown. */
export async function leaveHover(window: HostWindow): Promise<void> {
  await window.page.mouse.move(3, 3);
  await window.page.keyboard.press('Escape');
  await shownHover(window).first().waitFor({ state: 'hidden' });
}

/** Middle of the word's first occurrence on the line, in pixels of the window. */
async function wordPlace(
  window: HostWindow,
  line: number,
  word: string,
): Promise<{ x: number; y: number } | undefined> {
  const place = await activeEditor(window).evaluate(
    (editor, { line, word }) => {
      const numbers = [...editor.querySelectorAll('.line-numbers')];
      const number = numbers.find((element) => element.textContent.trim() === String(line));
      const top = number?.parentElement?.getBoundingClientRect().top;
      const rows = [...editor.querySelectorAll('.view-line')];
      const row = rows.find((element) => Math.abs(element.getBoundingClientRect().top - (top ?? -99)) < 2);
      if (!row) return undefined;
      const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      let seen = '';
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const before = seen.length;
        seen += (node.nodeValue ?? '').replaceAll('\u00a0', ' ');
        const middle = seen.indexOf(word) + Math.floor(word.length / 2);
        if (!seen.includes(word) || middle < before) continue;
        const range = document.createRange();
        range.setStart(node, middle - before);
        range.setEnd(node, middle - before + 1);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
      return undefined;
    },
    { line, word },
  );
  return place;
}
